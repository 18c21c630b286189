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
from songhe.engines.access.api import SYSTEM, asked
from songhe.engines.vault.api import open_keys, reveal, reveal_with

MOST_FACTS = 200
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


def current_of(persons: Iterable[UUID], kinds: Iterable[Kind]) -> dict[tuple[UUID, Kind], list[Known]]:
    """The same for many persons and kinds without a term, in two statements."""
    rows = list(Fact.everywhere.filter(person_id__in=persons, kind__in=kinds, term="", recorded_until=None))
    keys = open_keys({row.person_id for row in rows if row.kind in SEALED})
    out: defaultdict[tuple[UUID, Kind], list[Known]] = defaultdict(list)
    for row in rows:
        sealed = row.kind in SEALED
        value = reveal_with(keys[row.person_id], row.person_id, row.value_sealed) if sealed else row.value
        span = Span(row.valid_from, row.valid_to)
        out[row.person_id, Kind(row.kind)].append(Known(row, value, span, row.recorded_at))
    return out


def as_first_entered(person: Person, kind: Kind, **value: Any) -> Fact:
    """What the first entry said of a kind, as a fact that is not saved; without a source where that was not kept."""
    return Fact(
        person=person, region_id=person.region_id, kind=kind, recorded_at=person.created_at,
        term="", source=person.first_source or "", source_note="", recorded_by_id=person.first_by_id or SYSTEM.id, **value,
    )  # fmt: skip


def told_first(person: Person, facts: Iterable[Fact]) -> list[Fact]:
    """What the file still says as it was first entered: of each kind without a fact, if it says anything."""
    changed = {fact.kind for fact in facts}
    columns = [(kind, getattr(person, column)) for kind, column in COLUMNS.items()]
    sealed = [(kind, getattr(person, f"{kind.value}_sealed")) for kind in Kind if kind in SEALED]
    out = [as_first_entered(person, kind, value=value) for kind, value in columns if value]
    out += [as_first_entered(person, kind) for kind, value in sealed if value]
    return [fact for fact in out if fact.kind not in changed]


def open_value(fact: Fact) -> Any:
    """The value in the clear."""
    return reveal(fact.person_id, fact.value_sealed) if fact.kind in SEALED else fact.value


def history(person: Person, *, most: int = MOST_FACTS) -> list[Fact]:
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
    "MOST_FACTS",
    "SEALED",
    "aged",
    "as_first_entered",
    "carrying",
    "current",
    "current_of",
    "facts_at",
    "grade_of",
    "history",
    "open_value",
    "tagged",
    "tags_on",
    "told_first",
    "value_at",
]
