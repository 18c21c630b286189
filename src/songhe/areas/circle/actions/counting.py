"""Keeping what was counted, so that no process has to count it again for its first map."""

from __future__ import annotations

from songhe.areas.circle.models import Counted
from songhe.areas.circle.queries.counted import bytes_of
from songhe.areas.circle.queries.held import Held
from songhe.areas.providers.api import service_kinds
from songhe.engines.vault.api import make_keys, seal_bytes


def keep_counts(city: int, found: Held) -> None:
    """Keep the counts of every service, in the place of those before."""
    rows = {row.kind: row for row in Counted.everywhere.filter(region_id=city).only("pk", "kind")}
    for kind in service_kinds():
        cover = found.cover(kind)
        body = bytes_of(cover, found.loads(kind), found.day)
        row = rows.get(kind) or Counted(region_id=city, kind=kind)
        make_keys([row.pk])
        row.basis, row.sealed = found.basis, seal_bytes(row.pk, body)
        row.save(force_insert=kind not in rows)
