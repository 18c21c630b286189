"""Visits as plain stays, with those around them: of the same workers, persons and devices. Read beyond any scope."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from songhe.areas.care.api import Absence, AbsenceKind
from songhe.areas.registry.api import Death, Enrolment, Person
from songhe.areas.stays.api import away_between
from songhe.areas.verification.models import Picture
from songhe.areas.verification.rules import Away, Bounds, Fix, Stay
from songhe.areas.verification.rules.alike import bands
from songhe.areas.visits.api import Visit, VisitState
from songhe.core.codes import Point
from songhe.engines.vault.api import open_keys, reveal_with

ENDED = (VisitState.DONE, VisitState.IN_VAIN)
PLACES = {AbsenceKind.HOSPITAL: "hospital", AbsenceKind.CARE_HOME: "institution"}
READ = (
    "id", "worker_id", "person_id", "starts_at", "ends_at", "arrived_at", "left_at", "arrival_sealed",
    "leaving_sealed", "arrival_metres", "device", "flags", "order__pair", "state", "waited",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Around:
    """Visits to judge and those beside them, who was away when, and further pictures that may be alike."""

    stays: list[Stay]
    away: dict[UUID, list[Away]]
    pictures: list[tuple[UUID, int]]


def to_look_at(most: int, *, low: int = 0, high: int = 10**12) -> list[Visit]:
    """Visits that ended and were not compared yet, in a range of regions, worker by worker: so most of what they are to be
    compared with is among them, and little has to be read twice."""
    rows = Visit.everywhere.filter(state__in=ENDED, looked_at=None, region_id__gte=low, region_id__lt=high)
    return list(rows.order_by("worker_id", "left_at", "id")[:most])


def around(fresh: Sequence[Visit], bounds: Bounds) -> Around:
    """Fresh visits and everything to judge them beside."""
    rows = list(_beside(fresh, bounds).values(*READ))
    persons = {row["person_id"] for row in rows}
    keys = open_keys(persons)
    homes = _homes(persons, keys)
    shown = _pictures([row["id"] for row in rows])
    stays = [_stay(row, keys.get(row["person_id"]), homes, shown) for row in rows]
    away = _away({visit.person_id for visit in fresh})
    return Around(stays, away, _alike({visit.pk for visit in fresh}, shown, fresh, bounds))


def _beside(fresh: Sequence[Visit], bounds: Bounds) -> QuerySet[Visit]:
    moments = [visit.arrived_at for visit in fresh if visit.arrived_at is not None]
    span = timedelta(days=bounds.days)
    same = Q(worker_id__in={visit.worker_id for visit in fresh})
    same |= Q(person_id__in={visit.person_id for visit in fresh})
    devices = {visit.device for visit in fresh if visit.device}
    if devices:
        same |= Q(device__in=devices)
    rows: QuerySet[Visit] = Visit.everywhere.filter(same, state__in=ENDED, rejected_at=None)
    return rows.filter(arrived_at__gte=min(moments) - span, arrived_at__lte=max(moments) + span)


def _stay(
    row: Mapping[str, Any], key: Any, homes: Mapping[UUID, Point], shown: Mapping[UUID, list[int]]
) -> Stay:
    return Stay(
        visit=row["id"],
        worker=row["worker_id"],
        person=row["person_id"],
        promised=(row["starts_at"], row["ends_at"]),
        arrived=row["arrived_at"],
        left=row["left_at"] or row["arrived_at"] + timedelta(minutes=max(row["waited"] or 0, 1)),
        day=timezone.localdate(row["arrived_at"]),
        came=_fix(key, row["person_id"], row["arrival_sealed"]),
        went=_fix(key, row["person_id"], row["leaving_sealed"]),
        home=homes.get(row["person_id"]),
        pair=row["order__pair"],
        device=row["device"],
        pictures=tuple(shown.get(row["id"], ())),
        flags=tuple(flag for flag in row["flags"] if flag != "doubtful"),
        metres=row["arrival_metres"],
        vain=row["state"] == VisitState.IN_VAIN,
    )


def _fix(key: Any, person_id: UUID, sealed: bytes | memoryview) -> Fix | None:
    if key is None or not sealed:
        return None
    found = json.loads(reveal_with(key, person_id, sealed))
    return Fix(Point(float(found["lon"]), float(found["lat"])), found.get("accuracy"))


def _homes(persons: Collection[UUID], keys: Mapping[UUID, Any]) -> dict[UUID, Point]:
    rows = Person.everywhere.filter(pk__in=persons).values_list("pk", "place_sealed")
    found = {pk: reveal_with(keys[pk], pk, sealed) for pk, sealed in rows if pk in keys and sealed}
    return {pk: Point(*json.loads(place)) for pk, place in found.items() if place}


def _pictures(visits: Collection[UUID]) -> dict[UUID, list[int]]:
    out: defaultdict[UUID, list[int]] = defaultdict(list)
    rows = Picture.everywhere.filter(visit_id__in=visits).order_by("added_at", "id")
    for visit_id, bits in rows.values_list("visit_id", "bits"):
        out[visit_id].append(bits.int)
    return out


def _alike(
    wanted: Collection[UUID], shown: Mapping[UUID, list[int]], fresh: Sequence[Visit], bounds: Bounds
) -> list[tuple[UUID, int]]:
    """Pictures of visits not among ``shown`` that share a band with one of a fresh visit."""
    found = sorted({band for visit in wanted for bits in shown.get(visit, ()) for band in bands(bits)})
    if not found:
        return []
    since = min(visit.arrived_at for visit in fresh if visit.arrived_at) - timedelta(days=bounds.picture_days)
    rows = Picture.everywhere.filter(bands__overlap=found, added_at__gte=since)
    rows = rows.exclude(visit_id__in=list(shown))
    return [(visit_id, bits.int) for visit_id, bits in rows.values_list("visit_id", "bits")]


def _away(persons: Iterable[UUID]) -> dict[UUID, list[Away]]:
    """When persons had died, were in hospital or lived in an institution, by the registry, care plans and stays."""
    wanted = list(persons)
    out: defaultdict[UUID, list[Away]] = defaultdict(list)
    absent = Absence.everywhere.filter(person_id__in=wanted, kind__in=list(PLACES))
    for person_id, kind, since, until in absent.values_list("person_id", "kind", "since", "until"):
        out[person_id].append(Away(PLACES[AbsenceKind(kind)], since, until, "care"))
    for person_id, lived in away_between(wanted, date.min, date.max).items():
        out[person_id] += [Away(kind, days.since, days.until, "stays") for kind, days in lived]
    dead = Death.everywhere.filter(
        person_id__in=wanted, state__in=[Death.State.REPORTED, Death.State.CONFIRMED]
    )
    for person_id, died_on in dead.values_list("person_id", "died_on"):
        out[person_id].append(Away("dead", died_on, None, "registry"))
    left = Enrolment.everywhere.filter(person_id__in=wanted, leaving=Enrolment.Leaving.INSTITUTION)
    back = {row.person_id: row.since for row in Enrolment.everywhere.filter(person_id__in=wanted, until=None)}
    for person_id, until in left.values_list("person_id", "until"):
        if until is not None:
            again = back.get(person_id)
            out[person_id].append(
                Away("institution", until, again if again and again > until else None, "registry")
            )
    return dict(out)
