"""A server with one worker's day of three visits: ``python -m tests.journeys.day_serve PORT``."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path


def main(port: int, prepare: Callable[[], None]) -> None:
    """Prepare the database as its owner, then serve as the application until killed."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "songhe.site.settings"
    os.environ["SONGHE_DEMO"] = "1"
    django.setup()
    from wsgiref.simple_server import make_server

    from django.conf import settings
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.wsgi import get_wsgi_application
    from django.db import connections
    from tests.kit.serve import Quiet, Server

    from songhe.engines.access.api import Scope, entered
    from songhe.engines.regions.load import load_table
    from songhe.site.env import database
    from songhe.site.migrating import migrate

    def point(url: str) -> None:
        connections["default"].close()
        connections["default"].settings_dict.update(database(url) | {"CONN_MAX_AGE": 0})

    settings.KEY_FILE = Path(os.environ["JOURNEY_KEYS"])
    point(os.environ["JOURNEY_OWNER"])
    migrate()
    with entered(Scope.EVERYTHING):
        load_table(settings.DATA / "regions/371000.csv.gz")
    point(os.environ["JOURNEY_APP"])
    with entered(Scope.EVERYTHING):
        prepare()
    app = StaticFilesHandler(get_wsgi_application())
    server = make_server("127.0.0.1", port, app, server_class=Server, handler_class=Quiet)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    server.serve_forever()


def day() -> None:
    """Three visits of one worker around this moment, a tag at the first home, and a dispatcher."""
    from django.utils import timezone
    from tests.areas.visits import made

    from songhe.areas.registry.api import set_tags  # noqa: F401  the registry has to be loaded
    from songhe.areas.visits import actions
    from songhe.areas.visits.models import Visit
    from songhe.engines.access.api import SYSTEM, User

    town = made.town()
    made.at_any_hour(town)
    now = timezone.now().replace(second=0, microsecond=0)
    for at, name in enumerate(("刘长河", "陈海燕", "孙德福")):
        here = replace(town, person=made.person(name))
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
    main(int(sys.argv[1]), day)
