"""Where the facts of a decision come from: who says so, since when, recorded when, shown by what. Never a sealed value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from songhe.areas.assessment.api import Assessment, in_force
from songhe.areas.registry.api import Enrolment, Fact, Kind, Person, Source, believed
from songhe.core.codes.region import VILLAGE, level_of
from songhe.engines.access.api import SYSTEM, User

Where = Literal["list", "entry", "assessment", "enrolment", "place", "months", "nowhere"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where one fact comes from. ``where``: a dated row of the registry (``list``), the person's entry, an assessment, an
    enrolment, the place, months granted before, or nowhere: nothing is recorded.

    ``row``: the row's key. ``number`` is that of an assessment or an agreement. ``by``: who recorded it.
    """

    where: Where
    source: str = ""
    note: str = ""
    since: date | None = None
    until: date | None = None
    recorded_at: datetime | None = None
    by: str = ""
    evidence: bool = False
    number: str = ""
    done_on: date | None = None
    row: UUID | None = None
    place: int | None = None

    @property
    def source_text(self) -> str:
        """Who says so, in the language of the page."""
        return str(Source(self.source).label) if self.source in Source.values else self.source


def origins(person: Person, on: date, *, known_at: datetime | None = None) -> dict[str, Origin]:
    """The origin of each fact that a policy may ask for, by its name in a trace. Tags that nothing is recorded of are
    absent; ``known_at``: as was known then (None: now)."""
    rows = list(_facts(person, on, known_at))
    names = _names(row.recorded_by_id for row in rows)
    found = {name: _of_fact(row, names) for row in rows for name in _called(row)}
    entry = Origin("entry", recorded_at=person.created_at)
    moved = found.pop("residence", None)
    found.setdefault("birth", entry)
    at_home = level_of(person.region_id) == VILLAGE
    found["rural"] = moved or Origin("entry", recorded_at=person.created_at, place=person.region_id)
    found["canteen"] = Origin("place", place=person.region_id) if at_home else Origin("nowhere")
    return found | _enrolment(person, on) | _assessment(person, on)


def _facts(person: Person, on: date, known_at: datetime | None) -> Iterable[Fact]:
    """What is recorded of a day; of tags also what ended before, so that one can say when."""
    begun = Q(valid_from=None) | Q(valid_from__lte=on)
    holds = Q(valid_to=None) | Q(valid_to__gt=on)
    kinds = Q(kind=Kind.TAG) | (Q(kind__in=[Kind.BORN, Kind.RESIDENCE]) & holds)
    rows: QuerySet[Fact] = Fact.everywhere.filter(believed(known_at), begun, kinds, person=person)
    return rows.order_by("valid_to", "valid_from", "recorded_at")


def _called(row: Fact) -> list[str]:
    """The names by which policies ask for a fact."""
    if row.kind == Kind.BORN:
        return ["birth"]
    if row.kind == Kind.RESIDENCE:
        return ["residence"]
    grade = row.value.get("grade", "") if isinstance(row.value, dict) else ""
    return [f"tag:{row.term}", *([f"tag:{row.term}:{grade}"] if grade else [])]


def _of_fact(row: Fact, names: dict[UUID, str]) -> Origin:
    return Origin(
        "list",
        source=row.source,
        note=row.source_note,
        since=row.valid_from,
        until=row.valid_to,
        recorded_at=row.recorded_at,
        by=names.get(row.recorded_by_id, ""),
        evidence=row.evidence_id is not None,
        row=row.pk,
    )


def _names(ids: Iterable[UUID]) -> dict[UUID, str]:
    wanted = {key for key in ids if key != SYSTEM.id}
    return {user.pk: str(user) for user in User.objects.filter(pk__in=wanted)} if wanted else {}


def _enrolment(person: Person, on: date) -> dict[str, Origin]:
    rows = Enrolment.everywhere.filter(Q(until=None) | Q(until__gt=on), person=person, since__lte=on)
    row = rows.first()
    if row is None:
        return dict.fromkeys(("enrolled", "enrolled_on"), Origin("nowhere"))
    told = Origin("enrolment", since=row.since, until=row.until, number=row.agreement_no, row=row.pk)
    return {"enrolled": told, "enrolled_on": told}


def _assessment(person: Person, on: date) -> dict[str, Origin]:
    row: Assessment | None = in_force([person.pk], on).get(person.pk)
    if row is None:
        return {"level": Origin("nowhere")}
    return {
        "level": Origin(
            "assessment",
            since=row.in_force_on,
            until=row.holds_until,
            recorded_at=row.confirmed_at,
            number=row.number,
            done_on=row.assessed_on,
            row=row.pk,
        )
    }


def decided_on(at: datetime | None, today: date) -> date:
    """The day whose facts a decision looked at."""
    return timezone.localdate(at) if at else today
