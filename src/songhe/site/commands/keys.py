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
BATCH = 5000


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
    from django.db import transaction

    from songhe.engines.vault.cipher import key_id
    from songhe.engines.vault.keyring import keyring
    from songhe.engines.vault.models import DataKey
    from songhe.engines.vault.safe import unwrap, wrap

    newest, count, last = keyring().seal.active, 0, None
    while True:
        with transaction.atomic():
            later = DataKey.objects.order_by("owner_id").select_for_update()
            rows = list((later.filter(owner_id__gt=last) if last else later)[:BATCH])
            if not rows:
                return count
            last = rows[-1].owner_id
            stale = [row for row in rows if key_id(bytes(row.wrapped)) != newest]
            for row in stale:
                row.wrapped = wrap(row.owner_id, unwrap(row.owner_id, row.wrapped))
            DataKey.objects.bulk_update(stale, ["wrapped"], batch_size=1000)
        count += len(stale)
        if stale and count % (BATCH * 20) == 0:
            say(f"{count} …")
