"""Bring the database's tables to this version of Songhe.

Runs as the role that owns the tables; the role that serves pages cannot change them.
A database with no tables also gets its key file: the keys that names, numbers and health answers are sealed with.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg

from songhe.core.refusal import Refused
from songhe.site.installation import Installation, opened
from songhe.site.postgres.roles import APP, OWNER

GROUP = "care"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--plan", action="store_true", help="show what would be done, and do nothing")


def run(options: Any) -> int:
    """Migrate."""
    with opened(role=OWNER) as here:
        from django.core.management import call_command

        from songhe.site.migrating import migrate

        if options.plan:
            call_command("migrate", plan=True, interactive=False, verbosity=1)
            return 0
        key_file(fresh=is_empty(here))
        made = migrate(told=lambda name: print(f"  {name}", flush=True))
        print("Done." if made else "There is nothing to do.")
    return 0


def is_empty(here: Installation) -> bool:
    """Say whether the database has no tables of ours yet."""
    with psycopg.connect(here.url(APP)) as connection:
        row = connection.execute("SELECT to_regclass('public.django_migrations') IS NULL").fetchone()
    return bool(row and row[0])


def apart() -> None:
    """Migrate in a process of its own, which connects as the owner while this one stays the application."""
    done = subprocess.run(
        [sys.executable, "-m", "songhe.site.cli", "migrate"], check=False, stdout=subprocess.PIPE
    )
    if done.returncode:
        raise Refused(
            "migrate.failed",
            "The tables could not be brought to this version. What the migration said is above; the database is as "
            "it was before the step that failed.",
        )


def key_file(*, fresh: bool) -> Path:
    """Return the key file; make it for a fresh database; refuse to go on when a used database has lost it."""
    from songhe.engines.vault import keyring

    file = Path(os.environ["SONGHE_KEY_FILE"])
    if file.exists():
        return file
    if not fresh:
        raise Refused(
            "keys.missing",
            "The key file {file} is not there, and without it nothing personal in this database can be read. "
            "Put it back, or name its place in SONGHE_KEY_FILE.",
            file=str(file),
        )
    keyring.create(file)
    print(
        f"Made the key file {file}. Keep a copy apart from every backup: without it, nobody can read the data."
    )
    return file
