"""A throw-away server for tests: own folder, quick settings, gone at the end."""

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from psycopg import sql

from songhe.site.postgres import roles, tuning
from songhe.site.postgres.account import Account
from songhe.site.postgres.binaries import Binaries
from songhe.site.postgres.cluster import Cluster
from songhe.site.postgres.folders import make

PREFIX = "songhe-pg-"
SETTLING_SECONDS = 60  # a younger folder may belong to a run that has not opened its `users` file yet


class Temporary(Cluster):
    """A cluster without durability, unless `fsync` is asked for."""

    fsync = False

    def _settings(self) -> dict[str, str]:
        safe = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"} if self.fsync else {}
        return tuning.COMMON | tuning.QUICK | safe

    def _initdb(self, fresh: Path, word: Path) -> list[str | Path]:
        return [*super()._initdb(fresh, word), "--no-sync"]

    def remove(self) -> None:
        """Remove every folder of a stopped server."""
        shutil.rmtree(self._sockets(), ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def dsn(self, role: str = roles.APP, database: str | None = None) -> str:
        """Return the connection URL of `role` for `database`."""
        return self.url(role, database)

    def drop_database(self, name: str) -> None:
        """Drop a database together with its connections."""
        with self.superuser() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} (FORCE)").format(sql.Identifier(name)))


@contextlib.contextmanager
def temporary(
    folder: Path | None = None,
    *,
    fsync: bool = False,
    binaries: Binaries | None = None,
    account: Account | None = None,
) -> Iterator[Temporary]:
    """Run a server in `folder` (default: a new one under $TMPDIR) for the length of the block, then remove it."""
    sweep()
    root = Path(tempfile.mkdtemp(prefix=PREFIX)) if folder is None else make(Path(folder))
    if folder is None:
        root.chmod(0o711)  # the server's account must pass through
    cluster = Temporary(root, binaries=binaries, account=account)
    cluster.fsync = fsync
    try:
        cluster.ensure()
        yield cluster
    finally:
        cluster.stop(seconds=0)  # nothing in it is worth an orderly end
        cluster.remove()


def sweep() -> None:
    """Stop and remove the servers of test runs that were killed: nobody holds their `users` file any more."""
    for root in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if time.time() - root.stat().st_mtime < SETTLING_SECONDS:
                continue
            handle = os.open(root / "users", os.O_RDWR)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                left = Temporary(root)
                left.stop(seconds=2)
                left.remove()
            finally:
                os.close(handle)
