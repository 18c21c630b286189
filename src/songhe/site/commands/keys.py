"""Make and rotate the keys that personal data is sealed with.

`rotate` adds new keys and seals every person's data key anew; the data itself stays where it is, and pages are served
meanwhile. Keep the key file apart from every backup.
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
    parser.add_argument("what", choices=("create", "rotate", "show"))


def run(options: Any) -> int:
    """Create, rotate or show (numbers only, never keys)."""
    with opened():
        from songhe.engines.vault import keyring

        file = Path(os.environ["SONGHE_KEY_FILE"])
        if options.what == "create":
            create(file)
        elif options.what == "rotate":
            keyring.add_keys(file)
            print(f"{rewrap(print)} data keys sealed anew.")
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


def rewrap(say: Callable[[str], object] = lambda _: None) -> int:
    """Seal every data key with the newest key of the ring; return how many were sealed anew. Safe to repeat."""
    from songhe.engines.vault import rotate

    return rotate.rewrap(lambda done: say(f"{done} …") if done and done % SAID_EVERY == 0 else None)
