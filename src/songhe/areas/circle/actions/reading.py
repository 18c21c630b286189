"""Reading who is not covered: names of people, so it is recorded."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import numpy as np
from django.utils import timezone

from songhe.areas.circle.queries.held import held
from songhe.areas.registry.api import Person
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, add_detail
from songhe.engines.regions.models import Region

MOST = 500


@act("circle.persons", locks=False)
def list_uncovered(
    region: Region, *, actor: Actor, at: datetime, kind: str, group: str, minutes: int | None, purpose: str
) -> tuple[int, list[Person]]:
    """How many people of a group no site of a service is near, and the first of them by village and name.

    They are those whom the actor may see in the registry: the list goes through the same locks.
    """
    found = held(timezone.localdate(at))
    scope = actor.scope("circle.persons").narrowed(region.code, region.upper)
    rows = found.homes.mask(scope) & (found.weights[group] > 0) & (found.near(kind, minutes) == 0)
    keys = [UUID(bytes=bytes(key)) for key in found.homes.ids[np.flatnonzero(rows)]]
    seen = Person.objects.within(actor.scope("registry.view")).filter(pk__among=keys, state="alive")
    people = list(seen.order_by("region_id", "name_pinyin", "id")[:MOST])
    add_detail(
        kind=kind, group=group, minutes=minutes, people=len(keys), shown=len(people), purpose=purpose[:200]
    )
    return len(keys), people
