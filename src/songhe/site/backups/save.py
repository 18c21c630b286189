"""Write a backup."""

import os
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psycopg

from songhe.core.refusal import Refused
from songhe.site.backups import tools
from songhe.site.backups.manifest import DUMP, Manifest, digest, fingerprints
from songhe.site.postgres.folders import make


def save(url: str, *, into: Path, key_file: Path, at: datetime) -> Path:
    """Write the database behind `url` (the backup role's) as a new folder under `into`; return that folder.

    The dump is one consistent moment, taken while pages are served. The key file is read for fingerprints only.
    """
    folder = make(into, mode=0o700) / f"songhe-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        raise Refused(
            "backup.exists", "{folder} is there already. Wait a second.", folder=str(folder)
        ) from None
    command = [tools.program(url, "pg_dump"), "--format=custom", "--no-password", f"--file={folder / DUMP}"]
    tools.run(command, url, code="backup.dump", cwd=folder)
    _flush(folder / DUMP)
    Manifest(
        songhe=version("songhe"),
        made_at=at.isoformat(),
        server=tools.server_major(url),
        migrations=migrations(url),
        keys=fingerprints(key_file),
        files={DUMP: digest(folder / DUMP)},
    ).write(folder)
    return folder


def migrations(url: str) -> list[str]:
    """Return the migrations made in the database behind `url`, as `app.name`."""
    with psycopg.connect(url) as connection:
        if connection.execute("SELECT to_regclass('public.django_migrations')").fetchone() == (None,):
            return []
        rows = connection.execute("SELECT app || '.' || name FROM django_migrations ORDER BY id").fetchall()
    return [name for (name,) in rows]


def _flush(file: Path) -> None:
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
