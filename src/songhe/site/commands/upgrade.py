"""After installing a newer Songhe: back up, migrate, check.

When a migration fails, the database stays as it was before that step, and the backup's folder is printed first.
"""

import argparse
from pathlib import Path
from typing import Any

from songhe.site.commands import backup, check, migrate, restore
from songhe.site.installation import opened

GROUP = "care"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--into", type=Path, help="folder for the backup (default: SONGHE_HOME/backups)")


def run(options: Any) -> int:
    """Upgrade."""
    with opened() as here:
        if migrate.is_empty(here):
            print("The database is new; there is nothing to back up.")
        else:
            print(f"Backup: {backup.write(here, into=options.into)}")
        migrate.apart()
        restore.erase_again()
        found = check.faults(public=False)
    for fault in found:
        print(fault)
    print("Upgraded." if not found else f"Upgraded, with {len(found)} faults to mend (songhe check).")
    return 1 if found else 0
