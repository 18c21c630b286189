"""Rotating keys: data keys sealed anew, search hashes and tokens made anew, and then old keys dropped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.db.models.functions import Coalesce

from songhe.engines.access.bulk import update_many
from songhe.engines.access.scope import Scope, entered
from songhe.engines.vault.cipher import key_id
from songhe.engines.vault.keyring import keyring
from songhe.engines.vault.models import DataKey
from songhe.engines.vault.safe import open_keys, reveal_with, unwrap, wrap

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
        with entered(Scope.EVERYTHING):
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

    The function works in batches, enters a scope and so a transaction for each, and yields (rows seen, rows changed)
    after every one of them; what is done stays done, and a second run changes nothing.
    """

    def register(found: Rehash) -> Rehash:
        _REHASHES[name] = found
        return found

    return register


def hashed_anew(
    model: Any, hashed: str, *, sealed: str, owner: str | Coalesce = "id", make: Callable[[str], bytes]
) -> Iterator[tuple[int, int]]:
    """Bring one column of search hashes under the newest key, from the sealed text beside it.

    ``owner`` is whose key sealed it. A hash that is empty stays so, and so does one whose text was erased: nobody can find it any more.
    """
    last, seen = UUID(int=0), 0
    while True:
        with entered(Scope.EVERYTHING):
            later = (
                model.everywhere.filter(pk__gt=last)
                .order_by("pk")
                .select_for_update(no_key=True, of=("self",))
            )
            rows = list(later.values_list("pk", hashed, sealed, owner)[:BATCH])
            if not rows:
                return
            keys = open_keys(of for _pk, old, _text, of in rows if old)
            held = {pk: bytes(old) for pk, old, _text, of in rows if old and of in keys}
            texts = {pk: reveal_with(keys[of], of, text) for pk, _old, text, of in rows if pk in held}
            fresh = [(pk, new) for pk, text in texts.items() if text and (new := make(text)) != held[pk]]
            update_many(model, ("id", hashed), fresh)
        last, seen = rows[-1][0], seen + len(rows)
        yield seen, len(fresh)


def rehash(progress: Progress = lambda done: None) -> int:
    """Make every registered search hash and token anew; returns how many rows needed it. May be run again."""
    changed = 0
    for work in _REHASHES.values():
        for seen, news in work():
            changed += news
            progress(seen)
    return changed
