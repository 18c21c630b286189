"""A server with a town and an agent at the desk: ``python -m tests.journeys.desk_serve``."""

from __future__ import annotations

from tests.served import serve


def desk() -> None:
    """A known caller with hours left, an organisation with a free worker, the articles, and two agents."""
    from django.utils import timezone
    from tests import make
    from tests.areas.visits import made

    from songhe.areas.hotline.api import load_knowledge
    from songhe.engines.access.api import SYSTEM, User

    town = made.town()
    made.at_any_hour(town)
    load_knowledge(make.CITY, actor=SYSTEM, at=timezone.now())
    for name in ("孙坐席", "李坐席"):
        agent = town.user("hotline_agent")
        User.objects.filter(pk=agent.pk).update(is_demo=True, name=name)


if __name__ == "__main__":
    serve(desk)
