"""Write a backup folder: the database and a manifest with digests.

Pages may be served meanwhile. The key file is left out on purpose: whoever finds the backup cannot read it.
"""

import argparse
import os
from pathlib import Path
from typing import Any

from songhe.site.installation import Installation, opened
from songhe.site.postgres.roles import BACKUP

GROUP = "data"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "into", nargs="?", type=Path, help="folder for backups (default: SONGHE_HOME/backups)"
    )


def run(options: Any) -> int:
    """Back up and print the folder."""
    with opened() as here:
        print(write(here, into=options.into))
    return 0


def write(here: Installation, *, into: Path | None) -> Path:
    """Write a backup of an open installation; return its folder."""
    from django.utils import timezone

    from songhe.site.backups import save
    from songhe.site.commands.migrate import key_file

    key_file(fresh=False)
    return save(
        here.url(BACKUP),
        into=(into or here.home / "backups").absolute(),
        key_file=Path(os.environ["SONGHE_KEY_FILE"]),
        at=timezone.now(),
    )
