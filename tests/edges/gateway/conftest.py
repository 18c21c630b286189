"""One database for all stories of the gateway, in which everything is really committed: it is written from many threads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from tests.conftest import point_at

from songhe.site.postgres import Temporary

NAME = "songhe_gateway"


@pytest.fixture(scope="session")
def _copied(cluster: Temporary, django_db_setup: None) -> Iterator[None]:
    connection.close()
    cluster.drop_database(NAME)
    cluster.create_database(NAME, template="songhe_test")
    yield
    cluster.drop_database(NAME)


@pytest.fixture
def ground(cluster: Temporary, _copied: None, django_db_blocker: Any) -> Iterator[None]:
    """The gateway's database; each story has devices of its own there."""
    with django_db_blocker.unblock():
        point_at(cluster, "songhe_app", NAME)
        yield
        point_at(cluster, "songhe_app", "songhe_test")
