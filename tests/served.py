"""A server of its own process and database for journeys through a browser: parent (`served`) and child (`serve`)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.db import connections

from songhe.site.postgres import Temporary

ROOT = Path(__file__).parents[1]


@contextmanager
def served(module: str, cluster: Temporary, key_file: Path, blocker: Any) -> Iterator[str]:
    """The address of ``python -m MODULE`` on a copy of the tests' database; begun before there is a browser."""
    name = module.replace(".", "_")
    with blocker.unblock():
        connections["default"].close()  # nobody may be in a database that is copied
    cluster.drop_database(name)  # the module may have been left and come back to
    cluster.create_database(name, template="songhe_test")
    env = {
        **os.environ,
        "JOURNEY_APP": cluster.dsn("songhe_app", name),
        "JOURNEY_KEYS": str(key_file),
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    with subprocess.Popen(
        [sys.executable, "-m", module], env=env, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        word, _space, port = server.stdout.readline().partition(" ")
        assert word == "ready"
        yield f"http://127.0.0.1:{int(port)}"
        server.kill()


class Quiet(WSGIRequestHandler):
    """Says nothing."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the standard library's
        """Keep still."""


class Server(ThreadingMixIn, WSGIServer):
    """Answers several requests at a time, as browsers ask."""

    daemon_threads = True


def serve(prepare: Callable[[], None]) -> None:
    """Put rows into a database that has its tables and regions, then serve on a free port until killed."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "songhe.site.settings"
    os.environ["SONGHE_DEMO"] = "1"
    django.setup()
    from django.conf import settings
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.wsgi import get_wsgi_application

    from songhe.engines.access.api import Scope, entered
    from songhe.site.env import database

    settings.KEY_FILE = Path(os.environ["JOURNEY_KEYS"])
    own = {"CONN_MAX_AGE": 0}  # a thread for each request: a connection kept would be one lost
    connections["default"].settings_dict.update(database(os.environ["JOURNEY_APP"]) | own)
    with entered(Scope.EVERYTHING):
        prepare()
    app = StaticFilesHandler(get_wsgi_application())
    server = make_server("127.0.0.1", 0, app, server_class=Server, handler_class=Quiet)
    sys.stdout.write(f"ready {server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()
