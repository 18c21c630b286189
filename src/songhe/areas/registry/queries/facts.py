"""What was known, and when, about whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from songhe.areas.registry.models import Fact, Kind, Person
from songhe.core.dated import ABSENT, Known, Span
from songhe.engines.access.api import asked
from songhe.engines.vault.api import reveal

SEALED = frozenset({Kind.ID_NUMBER, Kind.PHONE, Kind.ADDRESS})
COLUMNS = {
    Kind.NAME: "name",
    Kind.SEX: "sex",
    Kind.BORN: "born",
    Kind.RESIDENCE: "region_id",
    Kind.REGISTERED: "household_region_id",
}
"""Kinds whose present value is a column; facts of these kinds exist only where something changed."""


def holding(day: date) -> Q:
    """Facts valid on a day."""
    return (Q(valid_from=None) | Q(valid_from__lte=day)) & (Q(valid_to=None) | Q(valid_to__gt=day))


def known(at: datetime | None) -> Q:
    """Facts believed at a moment; None: now."""
    if at is None:
        return Q(recorded_until=None)
    return Q(recorded_at__lte=at) & (Q(recorded_until=None) | Q(recorded_until__gt=at))


def facts_at(person: Person, *, valid_at: date, known_at: datetime | None = None) -> list[Fact]:
    """Every fact that held on a day as far as was known at a moment (None: as is known now)."""
    rows = Fact.everywhere.filter(known(known_at), holding(valid_at), person=person)
    return list(rows.order_by("kind", "term"))


def value_at(person: Person, kind: Kind, *, valid_at: date, known_at: datetime | None = None) -> Any:
    """A person's name, sex, birthday or region as it was on a day; today's column where nothing ever changed.

    Regions come as 12-digit codes, birthdays as dates.
    """
    told = [fact for fact in facts_at(person, valid_at=valid_at, known_at=known_at) if fact.kind == kind]
    if told:
        return date.fromisoformat(told[0].value) if kind == Kind.BORN and told[0].value else told[0].value
    return getattr(person, COLUMNS[kind])


def tags_on(
    persons: Iterable[UUID], day: date, *, known_at: datetime | None = None
) -> dict[UUID, dict[str, str]]:
    """Tags on a day by person: term → grade ("" where it has none)."""
    wanted = list(persons)
    rows = _tags_of(wanted[0], day, known_at) if len(wanted) == 1 else _tags(wanted, day, known_at)
    out: dict[UUID, dict[str, str]] = defaultdict(dict)
    for person_id, term, value in rows:
        out[person_id][term] = grade_of(value)
    return dict(out)


def _tags(persons: Sequence[UUID], day: date, known_at: datetime | None) -> QuerySet[Fact, Any]:
    those = {"person_id": persons[0]} if len(persons) == 1 else {"person__id__among": persons}
    rows = Fact.everywhere.filter(known(known_at), holding(day), kind=Kind.TAG, **those)
    return rows.values_list("person_id", "term", "value")


@asked
def _tags_of(person: UUID, day: date, known_at: datetime | None) -> QuerySet[Fact, Any]:
    return _tags([person], day, known_at)


def tagged(term: str, day: date) -> QuerySet[Any]:
    """Ids of persons who carry a tag on a day, for use in a filter inside an entered scope."""
    rows = Fact.objects.here()  # names the scope's regions to the index, which row-level security cannot
    return rows.filter(known(None), holding(day), kind=Kind.TAG, term=term).values("person_id")


def aged(rows: QuerySet[Any], after: date, until: date) -> QuerySet[Any]:
    """The persons among some who were born after one day and until another; tells `carrying`, which comes later."""
    found = rows.filter(born__gt=after, born__lte=until)
    found._hints = {**found._hints, "aged": True}  # type: ignore[attr-defined]
    return found


def carrying(rows: QuerySet[Any], term: str, day: date) -> QuerySet[Any]:
    """The persons among some who carry a tag on a day, for lists.

    Facts lie in their person's region, so that both can be walked side by side in one order, and as far as a page or a
    count needs. Of persons narrowed by `aged` few are left, in another order: they are looked up among those tagged.
    """
    if rows._hints.get("aged"):  # type: ignore[attr-defined]
        return rows.filter(pk__in=tagged(term, day))
    told = Fact.objects.here().filter(known(None), holding(day), kind=Kind.TAG, term=term)
    return rows.filter(Exists(told.filter(region_id=OuterRef("region_id"), person_id=OuterRef("pk"))))


def current(person: Person, kind: Kind, term: str = "") -> list[Known]:
    """The records of one kind and term believed now, sealed values opened; the key of each is its row."""
    rows = Fact.everywhere.filter(person=person, kind=kind, term=term, recorded_until=None)
    return [Known(row, open_value(row), Span(row.valid_from, row.valid_to), row.recorded_at) for row in rows]


def open_value(fact: Fact) -> Any:
    """The value in the clear."""
    return reveal(fact.person_id, fact.value_sealed) if fact.kind in SEALED else fact.value


def history(person: Person, *, most: int = 200) -> list[Fact]:
    """Everything ever recorded, the latest first."""
    return _history(person.pk, most)


@asked
def _history(person: UUID, most: int) -> QuerySet[Fact]:
    rows = Fact.everywhere.filter(person=person)
    return rows.order_by("-recorded_at", "kind", "term", "valid_from")[:most]


def grade_of(value: Any) -> str:
    """The grade in a tag's value; empty for none."""
    return str(value.get("grade", "")) if isinstance(value, dict) else ""


__all__ = [
    "ABSENT",
    "COLUMNS",
    "SEALED",
    "aged",
    "carrying",
    "current",
    "facts_at",
    "grade_of",
    "history",
    "open_value",
    "tagged",
    "tags_on",
    "value_at",
]
