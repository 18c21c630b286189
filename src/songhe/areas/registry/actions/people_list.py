"""The list of persons: how rows are checked against the registry and written."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from songhe.areas.registry.actions import families, people_rows, tagging, writing
from songhe.areas.registry.actions.duplicates import look_through
from songhe.areas.registry.actions.people_columns import TARGETS
from songhe.areas.registry.models import Contact, Fact, Kind, Person, PersonToken, Relation, Source, State
from songhe.areas.registry.queries.facts import tags_on
from songhe.areas.registry.queries.hashes import (
    address_hashes,
    id_hasher,
    phone_hashes,
)
from songhe.areas.registry.queries.places import Gazetteer
from songhe.areas.registry.queries.secrets import secrets_of_many
from songhe.core.codes import ResidentId
from songhe.core.refusal import Refused
from songhe.engines.access.api import Statement, elevated, insertion
from songhe.engines.imports.api import Batch, ImportSpec, Row, Written, register
from songhe.engines.vault.models import DataKey


def check(batch: Batch) -> None:
    """Add what is wrong with a row beyond its single cells: contradictions, places, doubles, other areas' persons."""
    places: Gazetteer = batch.memory.get("places") or batch.memory.setdefault(
        "places", Gazetteer(batch.region)
    )
    seen: dict[str, int] = batch.memory.setdefault("seen", {})
    today = batch.today
    for row in batch.good:
        _agrees(row, today)
        _settle(row, places)
        _once(row, seen)
    rows, hashed = batch.good, id_hasher()
    wanted = {found: row for row in rows for found in hashed(row.values["id_number"].number)}
    with elevated():  # a number must be unique across areas; nothing but "elsewhere" is told
        for person in Person.everywhere.filter(id_number_hash__among=list(wanted)):
            _same(wanted[bytes(person.id_number_hash or b"")], person, batch)
    known = [row.found.id for row in batch.good if row.found]
    held = tags_on(known, today) if known else {}
    for row in batch.good:
        _tagged(row, held.get(row.found.id, {}) if row.found else {})


def write(batch: Batch) -> Written:
    """Make the new persons in bulk; bring the known ones up to the list where it says more."""
    good = batch.good
    old = [row for row in good if row.found]
    for statement, columns in zip(_into(), batch.prepared, strict=True):
        statement.run(columns)
    changed = sum(_update(old, batch)) if old else 0
    return Written(made=len(good) - len(old), changed=changed, unchanged=len(old) - changed)


def prepare(batch: Batch) -> partial[list[list[Any]]]:
    """Seal and hash what makes the new persons."""
    taken = people_rows.Taken(batch.today, batch.at, batch.actor.id)
    kinds = [statement.kinds for statement in _into()]
    return partial(people_rows.made, [row.values for row in batch.fresh], taken, kinds)


def _into() -> tuple[Statement, ...]:
    return (
        insertion(DataKey, people_rows.KEY),
        insertion(Person, people_rows.PERSON),
        insertion(PersonToken, people_rows.TOKEN),
        insertion(Fact, people_rows.FACT),
        insertion(Contact, people_rows.CONTACT),
    )


def _agrees(row: Row, today: date) -> None:
    number: ResidentId = row.values["id_number"]
    sex, born = number.sex, number.born
    if row.values.get("sex", sex) != sex:
        row.refuse("sex", "The identity number says otherwise. Correct the gender or the number.")
    if row.values.get("born", born) != born:
        row.refuse(
            "born",
            "The identity number says {born}. Correct the date of birth or the number.",
            born=born.isoformat(),
        )
    if born > today:
        row.refuse(
            "id_number",
            "The date of birth in the identity number is in the future. Compare it with the card.",
        )
    if ("contact_name" in row.values) != ("contact_phone" in row.values):
        lacking = "contact_phone" if "contact_name" in row.values else "contact_name"
        row.refuse(lacking, "A contact needs both a name and a telephone number.")


def _tagged(row: Row, held: dict[str, str]) -> None:
    """Work out what the row's tags imply; refuse those that cannot hold beside each other or beside what is held."""
    told = people_rows.tags(row.values)
    row.values["implied"] = tagging.implied(told) if told else []
    if pair := tagging.excluded(told, told):
        row.refuse(
            "category",
            "“{tag}” and “{other}” cannot hold on the same day. Keep one of them.",
            tag=pair[0].label,
            other=pair[1].label,
        )
    elif pair := tagging.excluded(told, held):
        row.refuse(
            "category",
            "“{tag}” and “{other}” cannot apply on the same day. End “{other}” first.",
            tag=pair[0].label,
            other=pair[1].label,
        )


def _settle(row: Row, places: Gazetteer) -> None:
    try:
        row.values["region"] = places.village(row.values.get("village", ""), row.values.get("town", ""))
    except Refused as refused:
        row.refuse(refused.field or "village", refused.message, **refused.values)
    row.values["household_region"] = (
        places.registered_in(row.values.get("registered", "")) if row.values.get("registered") else None
    )


def _once(row: Row, seen: dict[str, int]) -> None:
    if row.faults:
        return
    first = seen.setdefault(row.values["id_number"].number, row.number)
    if first != row.number:
        row.refuse(
            "id_number", "Row {first} has the same identity number. Leave one of them out.", first=first
        )


def _same(row: Row, person: Person, batch: Batch) -> None:
    if not batch.scope.holds(person.region_id):
        row.refuse("id_number", writing.ELSEWHERE)
    elif person.name != row.values["name"]:
        row.refuse(
            "name",
            "The registry has this identity number under the name {name}. Correct the list or the registry.",
            name=person.name,
        )
    elif person.state != State.ALIVE:
        row.refuse("id_number", "The registry records this person as deceased.")
    elif person.region_id != row.values["region"]:
        row.refuse(
            "village",
            "The registry has this person in another village or community. Move the person there first.",
        )
    else:
        row.found = person


def _update(rows: list[Row], batch: Batch) -> list[bool]:
    persons = {row.found.id: row.found for row in rows}
    held = tags_on(persons, batch.today)
    phones: dict[UUID, set[bytes]] = {}
    for person_id, hashed in Contact.everywhere.filter(person_id__in=persons).values_list(
        "person_id", "phone_hash"
    ):
        phones.setdefault(person_id, set()).add(bytes(hashed or b""))
    said = writing.Said(actor=batch.actor, at=batch.at, source=Source.LIST)
    changed = _columns(rows, said, batch.today)
    return [
        _added(row, said, held.get(key, {}), phones.get(key, set()), batch.today) or key in changed
        for row in rows
        for key in [row.found.id]
    ]


def _columns(rows: list[Row], said: writing.Said, day: date) -> set[UUID]:
    """Bring columns up to the list, keep what held before as facts, and return whose changed."""
    news = [(row.found, told) for row in rows if (told := _told(row))]
    before = secrets_of_many([person for person, _told in news])
    changes: list[writing.Change] = []
    for person, told in news:
        old = before[person.id]
        held = {Kind.PHONE: old.phone, Kind.ADDRESS: old.address, Kind.REGISTERED: None}
        changes += [writing.Change(person, kind, held[kind], value) for kind, value in told.items()]
        _put(person, told)
    writing.note_changes(changes, said, since=day)
    return {person.id for person, _told in news}


def _told(row: Row) -> dict[Kind, Any]:
    """What the list says otherwise, or beyond the registry; a registration that is known stays."""
    person, out = row.found, {}
    for kind, hashing in ((Kind.PHONE, phone_hashes), (Kind.ADDRESS, address_hashes)):
        told = row.values.get(kind, "")
        if told and bytes(getattr(person, f"{kind.value}_hash") or b"") not in hashing(told):
            out[kind] = told
    if row.values["household_region"] and person.household_region_id is None:
        out[Kind.REGISTERED] = row.values["household_region"]
    return out


def _put(person: Person, told: dict[Kind, Any]) -> None:
    columns = {
        Kind.PHONE: ("phone_sealed", "phone_hash"),
        Kind.ADDRESS: ("address_sealed", "address_hash"),
        Kind.REGISTERED: ("household_region",),
    }
    if Kind.PHONE in told:
        writing.put_phone(person, told[Kind.PHONE])
    if Kind.ADDRESS in told:
        writing.put_address(person, told[Kind.ADDRESS])
    if Kind.REGISTERED in told:
        person.household_region_id = told[Kind.REGISTERED]
    person.save(update_fields=[name for kind in told for name in columns[kind]])


def _added(row: Row, said: writing.Said, held: dict[str, str], phones: set[bytes], day: date) -> bool:
    """Add tags and a contact that the list has beyond the registry."""
    person: Person = row.found
    wanted = {
        term: grade
        for term, grade in people_rows.tags(row.values).items()
        if held.get(term, "-") not in (grade, grade or held.get(term))
    }
    changed = bool(wanted) and tagging.set_tags(person, wanted, said, day=day)
    other = row.values.get("contact_phone", "")
    if other and phones.isdisjoint(phone_hashes(other)):
        made = families.contact(
            person, row.values["contact_name"], other, relation=Relation.OTHER, at=said.at
        )
        made.save(force_insert=True)
        changed = True
    return changed


PEOPLE = register(
    ImportSpec(
        code="registry.people",
        title=_("List of persons"),
        right="registry.import",
        model=Person,
        targets=TARGETS,
        check=check,
        write=write,
        prepare=prepare,
        apart=True,
        after=look_through,
    )
)
