"""A server of its own process and database for journeys through a browser: ``python -m tests.kit.serve PORT``."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server


class Quiet(WSGIRequestHandler):
    """Says nothing."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the standard library's
        """Keep still."""


class Server(ThreadingMixIn, WSGIServer):
    """Answers several requests at a time, as browsers ask."""

    daemon_threads = True


def main(port: int) -> None:
    """Put the rows into a database that has its tables and regions, then serve until killed."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "songhe.site.settings"
    os.environ["SONGHE_DEMO"] = "1"
    django.setup()
    from django.conf import settings
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.wsgi import get_wsgi_application
    from django.db import connections
    from tests import make
    from tests.kit import conftest

    from songhe.engines.access.api import Scope, User, entered
    from songhe.site.env import database

    settings.KEY_FILE = Path(os.environ["JOURNEY_KEYS"])
    own = {"CONN_MAX_AGE": 0}  # a thread for each request: a connection kept would be one lost
    connections["default"].settings_dict.update(database(os.environ["JOURNEY_APP"]) | own)
    with entered(Scope.EVERYTHING):
        user = make.user("county_officer", make.COUNTY, name="陈静")
        User.objects.filter(pk=user.pk).update(is_demo=True)
        conftest.ties(70, make.village())
    app = StaticFilesHandler(get_wsgi_application())
    server = make_server("127.0.0.1", port, app, server_class=Server, handler_class=Quiet)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
