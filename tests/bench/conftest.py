"""One measured city for all benchmarks; every test here is a `bench` and asserts nothing about time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from tests.bench import home

from songhe.site.env import database
from songhe.site.postgres import Cluster


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in this folder."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.bench)


@pytest.fixture(scope="session")
def city(django_db_blocker: Any) -> Iterator[Cluster]:
    """The loaded city's server; Django is connected to it as the application, nothing is rolled back."""
    with home.running() as cluster, django_db_blocker.unblock():
        settings.KEY_FILE = home.HOME / "keys.json"
        settings.STATIC_ROOT = home.HOME / "static"
        connect(cluster, "songhe_app")
        yield cluster
        connections.close_all()


def connect(cluster: Cluster, role: str) -> None:
    """Let Django connect as another role."""
    connections["default"].close()
    connections["default"].settings_dict.update(database(cluster.url(role)))
