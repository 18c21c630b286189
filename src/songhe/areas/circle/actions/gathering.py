"""Gathering where people live: the registry's sealed places, opened once and kept sealed town by town."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import numpy as np
from django.utils import timezone

from songhe.areas.circle.book import book
from songhe.areas.circle.models import Block
from songhe.areas.circle.queries import homes as kept
from songhe.areas.registry.api import Person, living, middles, places_of, tagged
from songhe.core.codes import Point, at_level, span
from songhe.core.codes.region import COUNTY, TOWN
from songhe.engines.access.api import SYSTEM, Actor, Scope, entered
from songhe.engines.acts.api import record_bulk
from songhe.engines.vault.api import make_keys, seal_bytes


def gather(low: int, high: int, *, at: datetime, actor: Actor = SYSTEM) -> int:
    """Gather all counties of a range of codes at once; how many people were counted."""
    everything = Scope.EVERYTHING.narrowed(low, high)
    codes = living(everything).order_by("region_id").values_list("region_id", flat=True).distinct()
    return sum(
        gather_county(code, at=at, actor=actor) for code in sorted({at_level(one, COUNTY) for one in codes})
    )


def gather_county(county: int, *, at: datetime, actor: Actor = SYSTEM) -> int:
    """Gather one county, town by town. Whoever is not known to be born on a day is not counted."""
    low, high = span(county)
    total = 0
    with entered(Scope.EVERYTHING.narrowed(low, high)) as scope:
        day = timezone.localdate(at)
        tags = _tags(day)
        middle = middles(scope, low, high)
        rows = living(scope).filter(born__isnull=False)
        towns = sorted(
            {at_level(code, TOWN) for code in rows.order_by().values_list("region_id", flat=True).distinct()}
        )
        blocks = {
            row.region_id: row for row in Block.everywhere.filter(region_id__gte=low, region_id__lt=high)
        }
        for gone in set(blocks) - set(towns):
            blocks[gone].delete()
        for town in towns:
            inside = rows.filter(region_id__gte=town, region_id__lt=town + 1000)
            people = list(inside.order_by("region_id", "id").only("id", "region_id", "born", "place_sealed"))
            total += _keep(town, blocks.get(town), _columns(people, tags, middle), at)
        record_bulk(
            "circle.gather", model=Block, count=total, digest="", actor=actor, at=at, region_id=county
        )
    return total


def _tags(day: object) -> list[set[UUID]]:
    """For each group the persons who carry one of its tags, within the scope that is entered."""
    return [
        {key for tag in sorted(group.tags) for key in tagged(tag, day).values_list("person_id", flat=True)}  # type: ignore[arg-type]
        for group in book().groups
    ]


def _columns(people: list[Person], tags: list[set[UUID]], middle: dict[int, Point]) -> kept.Homes:
    own = places_of(people)
    point = [own.get(person.id) or middle.get(person.region_id) for person in people]
    how = [
        kept.EXACT if person.id in own else kept.MIDDLE if person.region_id in middle else kept.NOWHERE
        for person in people
    ]
    return kept.made(
        {
            "ids": np.array([person.id.bytes for person in people], "V16"),
            "lon": [one.lon if one else np.nan for one in point],
            "lat": [one.lat if one else np.nan for one in point],
            "region": [person.region_id for person in people],
            "born": [person.born.toordinal() if person.born else 0 for person in people],
            "tags": [
                sum((person.id in carriers) << place for place, carriers in enumerate(tags))
                for person in people
            ],
            "how": how,
        }
    )


def _keep(town: int, block: Block | None, homes: kept.Homes, at: datetime) -> int:
    row = block or Block(region_id=town)
    make_keys([row.pk])
    row.people, row.gathered_at = len(homes), at
    row.exact, row.middle = (int((homes.how == how).sum()) for how in (kept.EXACT, kept.MIDDLE))
    row.sealed = seal_bytes(row.pk, kept.bytes_of(homes))
    row.save(force_insert=block is None)
    return len(homes)


def counties(low: int, high: int) -> Iterable[int]:
    """The counties of a range in which anybody lives, in order."""
    scope = Scope.EVERYTHING.narrowed(low, high)
    codes = living(scope).order_by().values_list("region_id", flat=True).distinct()
    return sorted({at_level(code, COUNTY) for code in codes})
