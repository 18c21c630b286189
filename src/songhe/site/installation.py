"""One installation on this machine: its folder, its secrets and its database, ready for a command to use.

What the environment names is used as it is; what it does not name is made once and kept under `SONGHE_HOME`.
"""

import contextlib
import gc
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from songhe.core.kept import keep_in, keep_streets_in
from songhe.core.refusal import Refused
from songhe.site.kernels import Folder
from songhe.site.memory import settled
from songhe.site.networks import Networks
from songhe.site.postgres import Cluster, home
from songhe.site.postgres.folders import make
from songhe.site.postgres.roles import APP, BACKUP, OWNER

URLS = {APP: "DATABASE_URL", OWNER: "DATABASE_OWNER_URL", BACKUP: "DATABASE_BACKUP_URL"}


@dataclass(frozen=True)
class Installation:
    """The folder, the server when it is ours, and the addresses of the database for each role."""

    home: Path
    cluster: Cluster | None

    def url(self, role: str) -> str:
        """Return the database's address for `role`, from our own server or from the environment."""
        if self.cluster is not None:
            return self.cluster.url(role)
        try:
            return os.environ[URLS[role]]
        except KeyError:
            raise Refused(
                "database.role",
                "DATABASE_URL names a server of your own, so {variable} must name the same database "
                "for the role {role}.",
                variable=URLS[role],
                role=role,
            ) from None


@contextlib.contextmanager
def opened(*, role: str = APP, django: bool = True) -> Iterator[Installation]:
    """Start what is needed, let Django connect as `role`, and at the end stop the server if nobody else uses it."""
    cluster = None if os.environ.get("DATABASE_URL") else Cluster(home() / "postgres")
    here = Installation(home(), cluster)
    given = dict(os.environ)
    try:
        if cluster is not None:
            cluster.ensure()
        _environment(here, role)
        if django:
            set_up()
        yield here
    finally:
        _disconnect()
        os.environ.clear()
        os.environ.update(given)
        if cluster is not None:
            cluster.release()


def set_up() -> None:
    """Load Django with the environment as it is now."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "songhe.site.settings")
    gc.disable()  # nothing that is loaded is thrown away again
    import django

    django.setup()
    keep_in(Folder(home() / "kernels"))
    keep_streets_in(Networks(home() / "networks"))
    settled()


def _environment(here: Installation, role: str) -> None:
    folder = make(here.home)
    if here.cluster is not None:
        for each, variable in URLS.items():
            os.environ[variable] = here.url(each)
    os.environ[URLS[APP]] = here.url(role)
    if not os.environ.get("SONGHE_SECRET_KEY"):
        os.environ["SONGHE_SECRET_KEY"] = _kept(folder / "secret-key", secrets.token_urlsafe(48))
    os.environ.setdefault("SONGHE_KEY_FILE", str(folder / "keys.json"))


def _kept(file: Path, fresh: str) -> str:
    """Return what `file` holds; write `fresh` into it first when there is no file."""
    if not file.exists():
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600), "w") as out:
            out.write(fresh + "\n")
    return file.read_text().strip()


def _disconnect() -> None:
    from django.conf import settings

    if settings.configured:
        from django.db import connections

        connections.close_all()
