"""Rotating the keys that seal data keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from django.db import connection, transaction

from songhe.engines.vault.cipher import key_id
from songhe.engines.vault.keyring import keyring
from songhe.engines.vault.models import DataKey
from songhe.engines.vault.safe import unwrap, wrap

BATCH = 5000


def rewrap(progress: Callable[[int], object] = lambda done: None) -> int:
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
            _replace([(owner, wrap(owner, unwrap(owner, wrapped))) for owner, wrapped in stale])
        changed += len(stale)
        progress(changed)


def _replace(rows: Sequence[tuple[UUID, bytes]]) -> None:
    if not rows:
        return
    owners, wrapped = zip(*rows, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE vault_datakey SET wrapped = fresh.wrapped"
            " FROM unnest(%s::uuid[], %s::bytea[]) AS fresh (owner_id, wrapped)"
            " WHERE vault_datakey.owner_id = fresh.owner_id",
            [list(owners), list(wrapped)],
        )
