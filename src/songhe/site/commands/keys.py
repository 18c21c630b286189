"""Make and rotate the keys that personal data is sealed with.

`rotate` adds new keys, seals every person's data key anew and makes the search hashes anew; the sealed data itself
stays where it is, and pages are served meanwhile. Stopped half-way, `finish` goes on without adding keys. `drop` takes
the old keys off the file once nothing is left under them: older backups then need the older copy of the file. Keep the
key file apart from every backup.
"""

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from songhe.core.refusal import Refused
from songhe.site.installation import opened

GROUP = "care"
SAID_EVERY = 100_000


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("what", choices=("create", "rotate", "finish", "drop", "show"))


def run(options: Any) -> int:
    """Create, rotate, finish a rotation, drop old keys, or show (numbers only, never keys)."""
    with opened():
        from songhe.engines.vault import keyring

        file = Path(os.environ["SONGHE_KEY_FILE"])
        if options.what == "create":
            create(file)
        elif options.what != "show":
            if options.what == "rotate":
                keyring.add_keys(file)
            sealed, hashed = renewed(print)
            print(f"{sealed:,} data keys sealed anew, search hashes of {hashed:,} rows made anew.")
            if options.what == "drop":
                drop(file, sealed + hashed)
        ring = keyring.keyring()
        print(f"{file}: sealing with key {ring.seal.active} of {len(ring.seal.keys)}, ", end="")
        print(f"searching with key {ring.search.active} of {len(ring.search.keys)}.")
    return 0


def create(file: Path) -> None:
    """Write a new key file where there is none."""
    from songhe.engines.vault import keyring

    try:
        keyring.create(file)
    except FileExistsError:
        raise Refused(
            "keys.exists",
            "The key file {file} is there already; it is never overwritten. For new keys: songhe keys rotate",
            file=str(file),
        ) from None


def renewed(say: Callable[[str], object] = lambda _: None) -> tuple[int, int]:
    """Bring everything under the newest keys; (data keys, rows with hashes) that needed it. Safe to stop and to repeat.

    Each batch is a transaction of its own: no row is held longer than its batch takes, and a stop keeps what was done.
    """
    from django.utils.module_loading import autodiscover_modules

    from songhe.engines.vault import rotate

    autodiscover_modules("tasks")

    def told(done: int) -> None:
        if done and done % SAID_EVERY == 0:
            say(f"{done:,} …")

    return rotate.rewrap(told), rotate.rehash(told)


def drop(file: Path, found: int) -> None:
    """Take the old keys off the file, unless the pass before has still found something under them."""
    from songhe.engines.vault import keyring

    if found:
        raise Refused(
            "keys.in_use",
            "{count} rows were still under an old key and are under the new one now. "
            "Run songhe keys drop once more, to be certain that nothing was written meanwhile.",
            count=found,
        )
    keyring.drop_old_keys(file)
