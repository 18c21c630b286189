"""What the registry itself says in codes of regions: facts about where somebody lives, and transfers under way."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import BigIntegerField, ExpressionWrapper, F, Model, Q

from songhe.areas.registry.models import Fact, Kind, Move
from songhe.engines.access.api import Actor, insert_many
from songhe.engines.acts.api import record_bulk
from songhe.engines.regions.ids import uuid7

VERB = "registry.recode"
CHUNK = 5_000
_NEW = {"id", "value", "recorded_at", "recorded_until"}
_KEPT = tuple(one.attname for one in Fact._meta.concrete_fields if one.attname not in _NEW)


def end_idle_moves(codes: Sequence[int], by: int, *, region_id: int, actor: Actor, at: datetime) -> None:
    """Withdraw the transfers between a region and the one whose code it takes: there is nothing left to transfer."""
    target, source = (
        ExpressionWrapper(F(name) + by, BigIntegerField()) for name in ("region_id", "to_region_id")
    )
    idle = Q(region__in=codes, to_region_id=target) | Q(to_region__in=codes, region_id=source)
    rows = Move.everywhere.filter(idle, state=Move.State.PROPOSED)
    keys = sorted(str(pk) for pk in rows.values_list("pk", flat=True))
    rows.update(state=Move.State.WITHDRAWN, decided_by_id=actor.id, decided_at=at)
    _noted(Move, keys, region_id, actor, at)


def renew_homes(codes: Sequence[int], by: int, *, region_id: int, actor: Actor, at: datetime) -> None:
    """Believe from now on that whoever lived or was registered under an old code did so under the new one, on all days: nobody
    moved. What was believed until now stays known."""
    homes = Fact.everywhere.filter(
        kind__in=(Kind.RESIDENCE, Kind.REGISTERED), recorded_until=None, value__in=list(codes)
    )
    keys: list[str] = []
    rows = homes.values_list("id", *_KEPT, "value").iterator(CHUNK)
    while some := list(islice(rows, CHUNK)):
        Fact.everywhere.filter(pk__among=[row[0] for row in some]).update(recorded_until=at)
        fresh = [(uuid7(), *kept, value + by, at) for _old, *kept, value in some]
        insert_many(Fact, ("id", *_KEPT, "value", "recorded_at"), fresh)
        keys += [str(row[0]) for row in some]
    _noted(Fact, sorted(keys), region_id, actor, at)


def _noted(model: type[Model], keys: Sequence[Any], region_id: int, actor: Actor, at: datetime) -> None:
    if keys:
        digest = hashlib.sha256(" ".join(keys).encode()).hexdigest()
        record_bulk(
            VERB, model=model, count=len(keys), digest=digest, actor=actor, at=at, region_id=region_id
        )
