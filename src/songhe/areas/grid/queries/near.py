"""Who can be with somebody soonest."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from songhe.areas.grid.models import Helper, HelperKind, Pair
from songhe.areas.grid.queries.ground import ways
from songhe.areas.grid.rules import Candidate, State, in_order
from songhe.areas.registry.api import Person, secrets_of
from songhe.core.codes import Point, distance_metres
from songhe.core.codes.region import CITY, TOWN, at_level, level_of, span
from songhe.engines.access.api import Scope, asked, current
from songhe.engines.regions.models import Region
from songhe.engines.vault.api import open_keys, reveal_with

MOST = 12
LOOKED_AT = 2000


@dataclass(frozen=True, slots=True)
class Responder:
    """A helper as whoever sends one sees it, in the order of the list. ``minutes`` and ``metres`` are None where a place is
    not known; ``approximate`` marks a straight line times the detour. The full number is ``phones_of``, which is to be logged.
    """

    helper_id: UUID
    name: str
    kind: HelperKind
    region_id: int
    user_id: UUID | None
    person_id: UUID | None
    phone_masked: str
    paired: bool
    role: str
    holds_key: bool
    state: State
    busy_with: str
    skills: tuple[str, ...]
    lacks: tuple[str, ...]
    travels: str
    minutes: int | None
    metres: int | None
    approximate: bool

    @property
    def is_free(self) -> bool:
        """Whether the helper can come now."""
        return self.state == State.FREE


def responders(
    whom: Person | Region | int,
    *,
    at: datetime,
    point: Point | None = None,
    needs: Collection[str] = (),
    most: int = MOST,
    scope: Scope | None = None,
    paired: bool = True,
) -> list[Responder]:
    """Helpers for a person, or for a region where nobody is known, of the same town or paired, in the order to ask them.

    Two questions, and one for the home's key where no ``point`` is given. ``scope``: the entered one where none is given. ``paired``:
    whether the person may have helpers of their own.
    """
    reach, day = scope or current(), timezone.localdate(at)
    region = (
        whom.region_id if isinstance(whom, Person) else whom.pk if isinstance(whom, Region) else int(whom)
    )
    pairs = _pairs(whom, day, reach) if paired and isinstance(whom, Person) else {}
    rows = {row.pk: row for row in _helpers(region, pairs, day, reach) if not _is(row, whom)}
    home = [(row.pk, row.point, row.travels) for row in rows.values() if row.point is not None]
    if point is None and home and isinstance(whom, Person):
        point = secrets_of(whom).place
    minutes = ways(at_level(region, CITY), point, home) if point is not None and home else {}
    local = timezone.localtime(at)
    found = [_candidate(row, pairs.get(row.pk), minutes.get(row.pk), local, region) for row in rows.values()]
    return [
        _responder(rows[one.key], one, pairs.get(one.key), minutes.get(one.key), point, needs)
        for one in in_order(found, needs)[:most]
    ]


def phones_of(helpers: Iterable[UUID], *, scope: Scope | None = None) -> dict[UUID, str]:
    """Full numbers of helpers within a scope, with two questions; whoever shows one records the read."""
    rows = list(Helper.objects.within(scope or current()).filter(pk__in=list(helpers)))
    keys = open_keys(row.pk for row in rows)
    return {row.pk: reveal_with(keys[row.pk], row.pk, row.phone_sealed) for row in rows if row.pk in keys}


def _pairs(person: Person, day: date, scope: Scope) -> dict[UUID, Pair]:
    return {row.helper_id: row for row in _pairs_of(person.pk, day, scope.shared)}


@asked
def _pairs_of(person: UUID, day: date, scope: Scope) -> QuerySet[Pair]:
    rows: QuerySet[Pair] = Pair.objects.within(scope).filter(person=person, since__lte=day)
    return rows.filter(Q(until=None) | Q(until__gt=day))


def _helpers(region: int, pairs: Collection[UUID], day: object, scope: Scope) -> QuerySet[Helper]:
    low, high = span(at_level(region, TOWN)) if level_of(region) >= TOWN else span(region)
    there = Q(region_id__gte=low, region_id__lt=high) | Q(pk__in=list(pairs))
    rows: QuerySet[Helper] = Helper.objects.within(scope).filter(there, Q(until=None) | Q(until__gt=day))
    return rows.filter(since__lte=day).order_by("id")[:LOOKED_AT]


def _is(row: Helper, whom: object) -> bool:
    """Nobody is sent to themselves."""
    return isinstance(whom, Person) and row.person_id == whom.pk


def _candidate(
    row: Helper, pair: Pair | None, way: tuple[int, bool] | None, local: datetime, region: int
) -> Candidate:
    return Candidate(
        row.pk, row.state_at(local), pair is not None, bool(pair and pair.holds_key), frozenset(row.skills),
        way[0] if way else None, row.region_id == region,
    )  # fmt: skip


def _responder(
    row: Helper,
    one: Candidate,
    pair: Pair | None,
    way: tuple[int, bool] | None,
    point: Point | None,
    needs: Collection[str],
) -> Responder:
    here = row.point
    return Responder(
        helper_id=row.pk, name=row.name, kind=HelperKind(row.kind), region_id=row.region_id, user_id=row.user_id,
        person_id=row.person_id, phone_masked=row.phone_masked, paired=one.paired, role=pair.role if pair else "",
        holds_key=one.holds_key, state=one.state, busy_with=row.busy_with if one.state == State.BUSY else "",
        skills=tuple(row.skills), lacks=one.lacks(needs), travels=row.travels, minutes=one.minutes,
        metres=round(distance_metres(here, point)) if here and point else None, approximate=bool(way and way[1]),
    )  # fmt: skip
