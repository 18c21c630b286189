"""The installation that measurements run on: its own folder and server, kept between runs.

`SONGHE_BENCH_HOME` names the folder (default: a folder under .cache for each size), `SONGHE_BENCH_PEOPLE` the size.
The server has the settings of a city's own one, with fsync on; only the history of service is left out.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from songhe.site.postgres import Cluster
from songhe.site.postgres.roles import APP, BACKUP, OWNER

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = int(os.environ.get("SONGHE_BENCH_PEOPLE") or 1_630_000)
HOME = Path(os.environ.get("SONGHE_BENCH_HOME") or ROOT / ".cache" / "bench" / str(PEOPLE))
CITY = "371000"
SEED = 1


def environment(cluster: Cluster, database: str | None = None) -> dict[str, str]:
    """What child processes need to see of this installation."""
    given = {name: text for name, text in os.environ.items() if not name.startswith(("DATABASE_", "SONGHE_"))}
    return given | {
        "SONGHE_HOME": str(HOME),
        "SONGHE_BENCH_HOME": str(HOME),
        "SONGHE_BENCH_PEOPLE": str(PEOPLE),
        "SONGHE_SECRET_KEY": "only-for-measurements-" * 3,
        "SONGHE_KEY_FILE": str(HOME / "keys.json"),
        "SONGHE_STATIC": str(HOME / "static"),
        "DATABASE_URL": cluster.url(APP, database),
        "DATABASE_OWNER_URL": cluster.url(OWNER, database),
        "DATABASE_BACKUP_URL": cluster.url(BACKUP, database),
        "PYTHONPATH": os.pathsep.join(map(str, (ROOT, ROOT / "src"))),
    }


@contextlib.contextmanager
def running() -> Iterator[Cluster]:
    """The server with its city in it; the first call loads the city, which takes minutes."""
    cluster = Cluster(HOME / "postgres")
    cluster.ensure()
    try:
        mark = HOME / "built"
        wanted = f"city {CITY}, {PEOPLE} people, seed {SEED}\n"
        if not mark.exists():
            _child(cluster, "-m", "tests.bench.load")
            mark.write_text(wanted)
        elif mark.read_text() != wanted:
            raise SystemExit(f"{HOME} holds {mark.read_text().strip()}; remove it or name another folder")
        else:
            _child(cluster, "-m", "songhe.site.cli", "migrate")
        yield cluster
    finally:
        cluster.release()


@contextlib.contextmanager
def copied(cluster: Cluster) -> Iterator[str]:
    """The name of a copy of the city's database, for what writes to it; it is dropped, and the city stays as it was loaded."""
    name = f"{cluster.database}_copy"
    with cluster.superuser() as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(
            f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE {cluster.database} STRATEGY file_copy"
        )
        try:
            connection.execute("CHECKPOINT")
            yield name
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def warm(cluster: Cluster, database: str) -> None:
    """Bring the registry's indices into the server's memory, where they are in a server that did not just start."""
    with cluster.superuser(database) as connection:
        connection.execute("CREATE EXTENSION pg_prewarm")
        connection.execute(
            "SELECT pg_prewarm(indexrelid) FROM pg_stat_user_indexes"
            " WHERE relname ~ '^(registry|vault)_' ORDER BY pg_relation_size(indexrelid) DESC"
        )
        connection.execute("DROP EXTENSION pg_prewarm")


def _child(cluster: Cluster, *arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], env=environment(cluster), cwd=ROOT, check=True)
