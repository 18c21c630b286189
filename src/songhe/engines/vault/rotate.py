"""Rotating keys: data keys sealed anew, search hashes and tokens made anew, and then old keys dropped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

from django.db import transaction

from songhe.engines.access.bulk import update_many
from songhe.engines.vault.cipher import key_id
from songhe.engines.vault.keyring import keyring
from songhe.engines.vault.models import DataKey
from songhe.engines.vault.safe import unwrap, wrap

BATCH = 5000
Progress = Callable[[int], object]
Rehash = Callable[[], Iterator[tuple[int, int]]]
_REHASHES: dict[str, Rehash] = {}


def rewrap(progress: Progress = lambda done: None) -> int:
    """Seal every data key with the newest key of the ring; returns how many needed it. May be run again at any time.

    One transaction for each batch, in the order of owners: pages go on being served meanwhile.
    """
    newest, changed, last = keyring().seal.active, 0, UUID(int=0)
    while True:
        with transaction.atomic():
            later = DataKey.objects.filter(owner_id__gt=last).order_by("owner_id").select_for_update()
            rows = list(later.values_list("owner_id", "wrapped")[:BATCH])
            if not rows:
                return changed
            last = rows[-1][0]
            stale = [(owner, wrapped) for owner, wrapped in rows if key_id(bytes(wrapped)) != newest]
            fresh = [(owner, wrap(owner, unwrap(owner, wrapped))) for owner, wrapped in stale]
            update_many(DataKey, ("owner_id", "wrapped"), fresh)
        changed += len(stale)
        progress(changed)


def rehashes(name: str) -> Callable[[Rehash], Rehash]:
    """Register how one table's search hashes are brought under the newest search key.

    The function works in batches of one transaction each and yields (rows seen, rows changed) after every one of
    them; a second run changes nothing.
    """

    def register(found: Rehash) -> Rehash:
        _REHASHES[name] = found
        return found

    return register


def rehash(progress: Progress = lambda done: None) -> int:
    """Make every registered search hash and token anew; returns how many rows needed it. May be run again."""
    changed = 0
    for work in _REHASHES.values():
        for seen, news in work():
            changed += news
            progress(seen)
    return changed
