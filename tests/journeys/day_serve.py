"""A server with one worker's day of three visits: ``python -m tests.journeys.day_serve``."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.served import serve


def day() -> None:
    """Three visits of one worker around this moment and one of another, a tag at the first home, and a dispatcher."""
    from django.utils import timezone
    from tests.areas.visits import made

    from songhe.areas.registry.api import set_tags  # noqa: F401  the registry has to be loaded
    from songhe.areas.visits import actions
    from songhe.areas.visits.models import Visit
    from songhe.engines.access.api import SYSTEM, User

    town = made.town()
    made.at_any_hour(town)
    now = timezone.now().replace(second=0, microsecond=0)
    for at, name in enumerate(("刘长河", "陈海燕", "孙德福", "赵玉珍")):
        here = replace(town, person=made.person(name), worker=town.second if at == 3 else town.worker)
        visit = made.visit(
            here, start=made.morning(hour=8 + 2 * at), note="家里有狗，请先打电话" if not at else ""
        )
        start = now + timedelta(minutes=20 * (at - 2))
        Visit.everywhere.filter(pk=visit.pk).update(
            starts_at=start, ends_at=start + timedelta(minutes=60), accepted_at=now
        )
        if not at:
            actions.issue_tag(actor=SYSTEM, at=now, person=here.person)
    users = [
        made.make.user("worker", made.make.COUNTY, holder_id=town.worker.pk, name="王秀英"),
        made.make.user("worker", made.make.COUNTY, holder_id=town.second.pk, name="张桂兰"),
        made.make.user("dispatcher", made.make.COUNTY, holder_id=town.organisation.pk, name="李调度"),
    ]
    User.objects.filter(pk__in=[user.pk for user in users]).update(is_demo=True)


if __name__ == "__main__":
    serve(day)
