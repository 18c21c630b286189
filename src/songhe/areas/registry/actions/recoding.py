"""What the registry itself says in codes of regions: facts about where somebody lives, and transfers under way."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, ExpressionWrapper, F, Model, Q

from songhe.areas.registry.models import Fact, Kind, Move
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import record_bulk
from songhe.engines.regions.ids import uuid7

VERB = "registry.recode"


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
    old = list(homes)
    Fact.everywhere.filter(pk__in=[fact.pk for fact in old]).update(recorded_until=at)
    Fact.everywhere.bulk_create([_renewed(fact, by, at) for fact in old])
    _noted(Fact, sorted(str(fact.pk) for fact in old), region_id, actor, at)


def _renewed(fact: Fact, by: int, at: datetime) -> Fact:
    kept = {one.attname: getattr(fact, one.attname) for one in Fact._meta.concrete_fields}
    return Fact(**kept | {"id": uuid7(), "value": fact.value + by, "recorded_at": at, "recorded_until": None})


def _noted(model: type[Model], keys: Sequence[Any], region_id: int, actor: Actor, at: datetime) -> None:
    if keys:
        digest = hashlib.sha256(" ".join(keys).encode()).hexdigest()
        record_bulk(
            VERB, model=model, count=len(keys), digest=digest, actor=actor, at=at, region_id=region_id
        )
