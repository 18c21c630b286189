"""Put a backup in place of the database.

Refused without the key file that the backup's data was sealed with, when a digest does not fit, and over a database
with tables unless --force is given. Whoever was erased since the backup (erased.ids beside the key file) is erased again.
"""

import argparse
import os
from pathlib import Path
from typing import Any

from songhe.site.installation import opened
from songhe.site.postgres.roles import OWNER

GROUP = "data"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("folder", type=Path, help="the folder that songhe backup printed")
    parser.add_argument("--force", action="store_true", help="replace the tables that are there")


def run(options: Any) -> int:
    """Restore."""
    with opened(role=OWNER) as here:
        from django.db.migrations.loader import MigrationLoader

        from songhe.site.backups import restore

        known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations or ()}
        manifest = restore(
            options.folder.absolute(),
            here.url(OWNER),
            key_file=Path(os.environ["SONGHE_KEY_FILE"]),
            force=options.force,
            known=known,
        )
        print(f"Restored what was there at {manifest.made_at}.")
        if known - set(manifest.migrations):
            print("This Songhe is newer than the backup. Now: songhe upgrade")
        else:
            erase_again()
    return 0


def erase_again() -> None:
    """Erase whom the backup brought back, and say how many."""
    from django.utils import timezone

    from songhe.site.backups import erased

    if count := erased.again(timezone.now()):
        print(f"{count} persons who were erased after the backup are erased again.")
