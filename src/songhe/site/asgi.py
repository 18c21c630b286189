"""The door for the web server."""

import os
from importlib import import_module
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "songhe.site.settings")

from django.conf import settings
from django.core.asgi import get_asgi_application

from songhe.core.kept import keep_in, keep_streets_in
from songhe.site.kernels import Folder
from songhe.site.memory import settled
from songhe.site.networks import Networks
from songhe.site.postgres import home

POOL = {"min_size": 2, "max_size": 16, "timeout": 10.0}
"""Connections of one web process; a request waits at most so many seconds for one."""

ALONE = "-c max_parallel_workers_per_gather=0"
"""Pages share the machine's cores with each other; a page that took them all would let the others wait."""

# Every request is answered on a thread of its own, and a connection kept by a thread would outlive its request:
# after a hundred pages the server would turn everybody away. So the requests of a process share a few.
database: dict[str, Any] = settings.DATABASES["default"]
database["CONN_MAX_AGE"] = 0
database["OPTIONS"] |= {"pool": POOL, "options": ALONE}

application = get_asgi_application()
keep_in(Folder(home() / "kernels"))
keep_streets_in(Networks(home() / "networks"))
import_module(
    settings.ROOT_URLCONF
)  # else the first to ask would wait until every address and the API are made
settled()
