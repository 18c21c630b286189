"""Where persons live: their settings on a day, the stays of a person, and what is due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from songhe.areas.assessment.api import in_force
from songhe.areas.providers.api import organisation_names
from songhe.areas.stays.models import (
    Leave,
    LeaveKind,
    Occupancy,
    Setting,
    SettingKind,
    Stay,
    StayState,
)
from songhe.areas.stays.queries.beds import facility_names
from songhe.areas.stays.rules import Days, without
from songhe.engines.access.api import Scope, asked, elevated


@dataclass(frozen=True, slots=True)
class Lived:
    """Days of a person in one institution. ``facility`` is its name; what is told of a person here is told of nobody else."""

    days: Days
    facility_id: UUID
    facility: str
    stay_id: UUID


def level_on(person_id: UUID, on: date) -> int | None:
    """The ability level in force on a day; asked beyond the scope by whoever admits the person."""
    with elevated():
        found = in_force([person_id], on).get(person_id)
        return found.level if found else None


def _stays(persons: Sequence[UUID], since: date, until: date) -> QuerySet[Stay, Any]:
    one = {"person_id": persons[0]} if len(persons) == 1 else {"person__id__among": persons}
    rows = Stay.everywhere.filter(**one, since__lte=until)
    rows = rows.filter(Q(until=None) | Q(until__gt=since)).order_by("since", "id")
    return rows.values_list("pk", "person_id", "facility_id", "since", "until")


@asked
def _stays_of(person: UUID, since: date, until: date) -> QuerySet[Stay, Any]:
    return _stays([person], since, until)


def stays_between(persons: Iterable[UUID], since: date, until: date) -> dict[UUID, list[Lived]]:
    """The stays of many persons that touch some days (``until`` included), leave not taken out.

    Whoever plans for a person or looks at a visit may know that the person lives in an institution.
    """
    found: defaultdict[UUID, list[Lived]] = defaultdict(list)
    wanted = list(persons)
    if not wanted:
        return found
    with elevated():
        values = (
            _stays_of(wanted[0], since, until) if len(wanted) == 1 else list(_stays(wanted, since, until))
        )
    names = facility_names(row[2] for row in values)
    for key, person_id, facility_id, begin, end in values:
        found[person_id].append(Lived(Days(begin, end), facility_id, names.get(facility_id, ""), key))
    return found


def living_in(persons: Iterable[UUID], on: date) -> dict[UUID, Lived]:
    """The institution in which each person lives on a day; who lives at home is absent."""
    return {key: rows[-1] for key, rows in stays_between(persons, on, on).items()}


def away_between(persons: Iterable[UUID], since: date, until: date) -> dict[UUID, list[tuple[str, Days]]]:
    """When persons were not at home because of a stay: in the institution, or from there in hospital. A visit home is
    not among it."""
    lived = stays_between(persons, since, until)
    stays = [one.stay_id for rows in lived.values() for one in rows]
    leaves: defaultdict[UUID, list[tuple[str, Days]]] = defaultdict(list)
    if stays:
        with elevated():
            for stay_id, kind, begin, end in Leave.everywhere.filter(stay__in=stays).values_list(
                "stay_id", "kind", "since", "until"
            ):
                leaves[stay_id].append((kind, Days(begin, end)))
    found: defaultdict[UUID, list[tuple[str, Days]]] = defaultdict(list)
    for person_id, rows in lived.items():
        for one in rows:
            absent = leaves[one.stay_id]
            hospital = [days for kind, days in absent if kind == LeaveKind.HOSPITAL]
            at_home = [days for kind, days in absent if kind == LeaveKind.HOME]
            found[person_id] += [("hospital", _within(days, one.days)) for days in hospital]
            found[person_id] += [("institution", days) for days in without(one.days, [*hospital, *at_home])]
    return found


def _within(days: Days, outer: Days) -> Days:
    """Leave that is still open ends with the stay."""
    if outer.until is None or (days.until is not None and days.until <= outer.until):
        return days
    return Days(days.since, max(days.since, outer.until))


def settings_of(person_id: UUID, since: date, until: date | None = None) -> list[Setting]:
    """The care settings of a person from a day on (until before another), whoever keeps them."""
    with elevated():  # a setting elsewhere is what must not be overlapped
        rows = Setting.everywhere.filter(person_id=person_id).filter(Q(until=None) | Q(until__gt=since))
        if until is not None:
            rows = rows.filter(since__lt=until)
        return [row for row in rows.order_by("since") if row.until is None or row.until > row.since]


def place_of(setting: Setting) -> str:
    """Where a setting is, in words: the institution, or the organisation that serves at home."""
    if setting.kind == SettingKind.STAY:
        return facility_names([setting.facility_id]).get(setting.facility_id or setting.pk, "")
    return organisation_names([setting.organisation_id]).get(setting.organisation_id, "")


def bed_now(stay: Stay) -> Occupancy | None:
    """The bed that a stay has; None where it was freed, or the stay is over."""
    with elevated():  # whoever sees a stay sees its bed
        rows = Occupancy.everywhere.filter(stay=stay, until=None).select_related("bed", "bed__room")
        found: Occupancy | None = rows.first()
        return found


def beds_now(stays: Iterable[UUID]) -> dict[UUID, Occupancy]:
    """The open occupancy of each stay."""
    rows = Occupancy.everywhere.filter(stay__in=list(stays), until=None).select_related("bed")
    return {row.stay_id: row for row in rows}


def leave_now(stay: Stay) -> Leave | None:
    """The open leave of a stay."""
    found: Leave | None = Leave.everywhere.filter(stay=stay, until=None).first()
    return found


def due(scope: Scope, on: date, days: int) -> QuerySet[Stay]:
    """Stays that were planned to end by now or within some days."""
    rows: QuerySet[Stay] = Stay.objects.within(scope).exclude(state=StayState.ENDED)
    return rows.filter(due_on__lte=on + timedelta(days=days)).order_by("due_on", "id")


def to_assess(scope: Scope) -> QuerySet[Stay]:
    """Open stays that began without an assessment."""
    rows: QuerySet[Stay] = Stay.objects.within(scope).exclude(state=StayState.ENDED)
    return rows.filter(level=None).order_by("since", "id")


def stay_of(person_id: UUID, scope: Scope) -> Stay | None:
    """The latest stay of a person in a scope that has not ended."""
    return next(iter(_open_stays(person_id, scope.shared)), None)


@asked
def _open_stays(person_id: UUID, scope: Scope) -> QuerySet[Stay]:
    return stays_of(person_id, scope).exclude(state=StayState.ENDED)[:1]


def stays_of(person_id: UUID, scope: Scope) -> QuerySet[Stay]:
    """The stays of a person in a scope, the latest first."""
    rows: QuerySet[Stay] = Stay.objects.within(scope).filter(person_id=person_id)
    return rows.order_by("-since", "-id")
