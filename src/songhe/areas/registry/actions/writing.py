"""What every writer of persons needs: sealing, search tokens, facts when something changes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import ForeignKey

from songhe.areas.registry.models import Fact, Kind, Person, PersonToken, Source, State
from songhe.areas.registry.queries.facts import COLUMNS, SEALED, as_first_entered, current, current_of
from songhe.areas.registry.queries.hashes import address_hash, id_hash, id_hashes, name_hashes, phone_hash
from songhe.core.codes import Point, parse_phone
from songhe.core.dated import ABSENT, Amendment, Known, Span, amend
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor, elevated
from songhe.engines.vault.api import open_keys, seal, seal_with
from songhe.engines.vault.cipher import Key

ALWAYS = Span()
ELSEWHERE = (
    "This identity number is already registered in another area. Ask the colleagues there for a transfer; "
    "do not register the person again."
)
HERE = "This identity number already belongs to {name}. Open that person instead of registering a second one."


def put_id_number(person: Person, number: str) -> None:
    """Set the number on the row (not saved); empty takes it away."""
    person.id_number_sealed = seal(person.id, number)
    person.id_number_hash = id_hash(number) if number else None


def put_phone(person: Person, number: str) -> None:
    """Set a number as ``parse_phone`` gives it (not saved)."""
    person.phone_sealed = seal(person.id, number)
    person.phone_hash = phone_hash(number) if number else None


def put_address(person: Person, address: str) -> None:
    """Set the address (not saved)."""
    person.address_sealed = seal(person.id, address)
    person.address_hash = address_hash(address) if address else None


def put_place(person: Person, place: Point | None) -> None:
    """Set where the home stands, in WGS-84 (not saved)."""
    text = json.dumps([round(place.lon, 6), round(place.lat, 6)]) if place else ""
    person.place_sealed = seal(person.id, text)


def plain_phone(text: str, *, field: str = "phone") -> str:
    """A typed number as it is stored; empty stays empty."""
    return parse_phone(text, field=field).dialled if text.strip() else ""


def plain_address(text: str, *, field: str = "address") -> str:
    """A typed address as it is stored."""
    return normalise(text, field=field)[:200]


def refuse_taken(number: str, person_id: UUID, actor: Actor, *, field: str = "id_number") -> None:
    """Refuse an identity number that somebody else has, saying no more than the actor may know."""
    with elevated():  # a number must be unique across areas, so one must look beyond the actor's own
        other = Person.everywhere.filter(id_number_hash__in=id_hashes(number)).exclude(pk=person_id).first()
    if other is None:
        return
    if actor.scope("registry.view").holds(other.region_id):
        raise Refused("id_taken_here", HERE, field=field, name=other.name)
    raise Refused("id_taken_elsewhere", ELSEWHERE, field=field)


def save_with_number(person: Person, number: str, actor: Actor, **how: Any) -> None:
    """Save a row with its number; refused as ever where somebody else got it at this very moment."""
    try:
        with transaction.atomic():
            person.save(**how)
    except IntegrityError as fault:
        if "one_person_per_id_number" not in str(fault):
            raise
        refuse_taken(number, person.id, actor)
        raise


def tokens_of(person_id: UUID, name: str, region_id: int) -> list[PersonToken]:
    """The rows by which a name is found."""
    return [
        PersonToken(token=hashed, region_id=region_id, person_id=person_id) for hashed in name_hashes(name)
    ]


def retoken(person: Person) -> None:
    """Bring the search tokens up to the person's name, region and state."""
    PersonToken.objects.filter(person_id=person.id).delete()
    if person.state in (State.ALIVE, State.DEAD):
        PersonToken.objects.bulk_create(tokens_of(person.id, person.name, person.region_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Who says something, where it comes from, and when it is written down."""

    actor: Actor
    at: datetime
    source: Source = Source.WORKER
    note: str = ""
    evidence_id: UUID | None = None


def state_fact(
    person: Person, kind: Kind, value: Any, said: Said, *, term: str = "", span: Span = ALWAYS
) -> bool:
    """Record that a value (or ``ABSENT``) holds on a span; returns whether that was news."""
    found = amend(current(person, kind, term), value=value, span=span)
    if found.is_empty:
        return False
    ended: list[Fact] = list(found.ended)
    Fact.everywhere.filter(pk__in=[row.pk for row in ended]).update(recorded_until=said.at)
    Fact.everywhere.bulk_create(_pieces(person, kind, found, said, term=term))
    return True


class Change(NamedTuple):
    """A column of a person that changed, in the clear."""

    person: Person
    kind: Kind
    old: Any
    new: Any


def note_change(
    person: Person, kind: Kind, said: Said, *, old: Any, new: Any, since: date | None = None
) -> None:
    """Record that a column changed: what held before stays known; ``since`` None corrects it for all days."""
    note_changes([Change(person, kind, old, new)], said, since=since)


def note_changes(changes: Iterable[Change], said: Said, *, since: date | None = None) -> None:
    """The same for many persons, in a few statements. What held before keeps the source that it came with."""
    news = [one for one in changes if one.old != one.new]
    if not news:
        return
    held = current_of({one.person.id for one in news}, {one.kind for one in news})
    keys = open_keys({one.person.id for one in news if one.kind in SEALED})
    ended: list[Fact] = []
    fresh: list[Fact] = []
    for person, kind, old, new in news:
        records: Sequence[Known] = held.get((person.id, kind), ())
        if not records:
            first = first_fact(person, kind, old, keys.get(person.id))
            records = [Known(first, old, ALWAYS, first.recorded_at)]
            fresh.append(first)
        found = amend(records, value=new, span=Span(since, None))
        for row in found.ended:
            row.recorded_until = said.at
        ended += found.ended
        fresh += _pieces(person, kind, found, said, key=keys.get(person.id))
    Fact.everywhere.filter(pk__in=[row.pk for row in ended]).update(recorded_until=said.at)
    Fact.everywhere.bulk_create(fresh)


def first_fact(person: Person, kind: Kind, value: Any, key: Key | None = None) -> Fact:
    """What the first entry said of a kind, as a fact to be saved."""
    return as_first_entered(person, kind, **_value(person, kind, value, key))


def _pieces(
    person: Person, kind: Kind, found: Amendment, said: Said, *, term: str = "", key: Key | None = None
) -> list[Fact]:
    """The rows that an amendment adds; what is left of an older one keeps its source."""
    fresh = []
    for kept, piece, left in found.added:
        told: Fact | None = left
        fresh.append(
            Fact(
                person=person,
                region_id=person.region_id,
                kind=kind,
                term=term,
                valid_from=piece.start,
                valid_to=piece.end,
                recorded_at=said.at,
                source=told.source if told else said.source,
                source_note=told.source_note if told else said.note[:200],
                evidence_id=told.evidence_id if told else said.evidence_id,
                recorded_by_id=told.recorded_by_id if told else said.actor.id,
                **_value(person, kind, kept, key),
            )
        )
    return fresh


def note_columns(person: Person, before: dict[str, Any], said: Said) -> None:
    """Record as corrections whatever differs from ``before`` among the columns that facts follow."""
    for kind, column in COLUMNS.items():
        if column in before:
            note_change(person, kind, said, old=before[column], new=getattr(person, column))


def columns_of(person: Person) -> dict[str, Any]:
    """The columns that facts follow, as they are now."""
    return {column: getattr(person, column) for column in COLUMNS.values()}


def followers() -> Iterable[type[Any]]:
    """Tables whose rows live in the region of their person: they declare ``follows_person = True``."""
    from django.apps import apps

    return [model for model in apps.get_models() if getattr(model, "follows_person", False)]


def person_column(model: type[Any]) -> str:
    """The column by which a following table names its person; a table without a foreign key says it itself."""
    if said := getattr(model, "person_column", ""):
        return str(said)
    for field in model._meta.concrete_fields:
        if isinstance(field, ForeignKey) and field.related_model is Person:
            return str(field.attname)
    return "person_id"


def _value(person: Person, kind: Kind, value: Any, key: Key | None = None) -> dict[str, Any]:
    if value is ABSENT:
        return {"value": None}
    if kind in SEALED:
        text = str(value or "")
        return {"value_sealed": seal_with(key, person.id, text) if key else seal(person.id, text)}
    return {"value": value.isoformat() if isinstance(value, date) else value}
