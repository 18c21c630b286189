"""The door for the web server."""

import os
from importlib import import_module
from typing import Any, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "songhe.site.settings")

import django
from django.conf import settings
from django.db import connections
from psycopg_pool import ConnectionPool

from songhe.core.kept import keep_in, keep_streets_in
from songhe.site.handler import Handler
from songhe.site.kernels import Folder
from songhe.site.memory import settled
from songhe.site.networks import Networks
from songhe.site.postgres import home

POOL = {"min_size": 4, "max_size": 16, "timeout": 10.0}
"""Connections of one web process; a request waits at most so many seconds for one."""


class Warm(ConnectionPool[Any]):
    """Hands out the connection that came back last: a server process of the database that has not yet met the tables of a page
    takes 40 ms longer for it, and with all in turn there are as many of those as there ever were requests at once."""

    def _get_ready_connection(self, timeout: float | None) -> Any:
        self._pool.rotate(1)
        return super()._get_ready_connection(timeout)


ALONE = "-c max_parallel_workers_per_gather=0"
"""Pages share the machine's cores with each other; a page that took them all would let the others wait."""

# Every request is answered on a thread of its own, and a connection kept by a thread would outlive its request:
# after a hundred pages the server would turn everybody away. So the requests of a process share a few.
database: dict[str, Any] = settings.DATABASES["default"]
database["CONN_MAX_AGE"] = 0
database["OPTIONS"] |= {"pool": POOL, "options": ALONE}

django.setup(set_prefix=False)
application = Handler()
cast("Any", connections["default"]).pool.__class__ = Warm
keep_in(Folder(home() / "kernels"))
keep_streets_in(Networks(home() / "networks"))
import_module(
    settings.ROOT_URLCONF
)  # else the first to ask would wait until every address and the API are made
settled()
