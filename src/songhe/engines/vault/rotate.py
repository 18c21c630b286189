"""Rotating the keys that seal data keys."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from songhe.engines.vault.cipher import key_id
from songhe.engines.vault.keyring import keyring
from songhe.engines.vault.models import DataKey
from songhe.engines.vault.safe import unwrap, wrap

BATCH = 5000


def rewrap(progress: Callable[[int], None] = lambda done: None) -> int:
    """Seal every data key with the newest key of the ring; returns how many needed it. May be run again at any time."""
    newest, changed, last = keyring().seal.active, 0, UUID(int=0)
    while rows := list(DataKey.objects.filter(owner_id__gt=last).order_by("owner_id")[:BATCH]):
        last = rows[-1].owner_id
        stale = [row for row in rows if key_id(bytes(row.wrapped)) != newest]
        for row in stale:
            row.wrapped = wrap(row.owner_id, unwrap(row.owner_id, row.wrapped))
        DataKey.objects.bulk_update(stale, ["wrapped"], batch_size=1000)
        changed += len(stale)
        progress(changed)
    return changed
