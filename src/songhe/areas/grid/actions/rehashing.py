"""Telephone numbers of helpers under the newest search key, batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db import transaction

from songhe.areas.grid.models import Helper
from songhe.areas.grid.queries.books import phone_hash
from songhe.engines.access.api import update_many
from songhe.engines.vault.api import open_keys, rehashes, reveal_with

BATCH = 2_000


@rehashes("grid.helpers")
def helpers() -> Iterator[tuple[int, int]]:
    """Numbers by which helpers are found in lists."""
    last, seen = UUID(int=0), 0
    while True:
        with transaction.atomic():
            later = Helper.everywhere.filter(pk__gt=last).order_by("pk")
            rows = list(later.select_for_update(no_key=True)[:BATCH])
            if not rows:
                return
            keys = open_keys(row.pk for row in rows)
            fresh = [
                (row.pk, made)
                for row in rows
                if row.phone_hash
                and row.pk in keys
                and (made := phone_hash(reveal_with(keys[row.pk], row.pk, row.phone_sealed)))
                != bytes(row.phone_hash)
            ]
            update_many(Helper, ("id", "phone_hash"), fresh)
        last, seen = rows[-1].pk, seen + len(rows)
        yield seen, len(fresh)
