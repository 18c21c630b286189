"""The sealed part of a person: in the clear for actions that log it, masked for screens."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from songhe.areas.registry.models import Contact, Person
from songhe.core.codes import Point, mask, parse_phone
from songhe.core.refusal import Refused
from songhe.engines.vault.api import open_keys, reveal_with


@dataclass(frozen=True, slots=True)
class Secrets:
    """What is sealed with the person's key, opened."""

    id_number: str = ""
    phone: str = ""
    address: str = ""
    place: Point | None = None

    def __repr__(self) -> str:
        return "Secrets(…)"

    @property
    def id_masked(self) -> str:
        """First three signs and the last."""
        return mask(self.id_number)

    @property
    def phone_masked(self) -> str:
        """First three digits and the last two."""
        return masked_phone(self.phone)

    @property
    def address_masked(self) -> str:
        """The part of the address that names places, without house and door."""
        return masked_address(self.address)


def secrets_of(person: Person) -> Secrets:
    """Open one person's sealed columns; empty where the key was destroyed."""
    return secrets_of_many([person]).get(person.id, Secrets())


def secrets_of_many(persons: Iterable[Person]) -> dict[UUID, Secrets]:
    """Open many persons' sealed columns with one query; erased persons are absent."""
    rows = {person.id: person for person in persons}
    out: dict[UUID, Secrets] = {}
    for owner, key in open_keys(rows).items():
        row = rows[owner]
        place = reveal_with(key, owner, row.place_sealed)
        out[owner] = Secrets(
            reveal_with(key, owner, row.id_number_sealed),
            reveal_with(key, owner, row.phone_sealed),
            reveal_with(key, owner, row.address_sealed),
            Point(*json.loads(place)) if place else None,
        )
    return out


def id_numbers_of(persons: Iterable[Person]) -> dict[UUID, str]:
    """Identity numbers of many persons in the clear, with one query; erased persons are absent."""
    rows = {person.id: person for person in persons}
    return {
        owner: reveal_with(key, owner, rows[owner].id_number_sealed) for owner, key in open_keys(rows).items()
    }


def places_of(persons: Iterable[Person]) -> dict[UUID, Point]:
    """Where homes stand, with one query; only for sums that no home can be read off."""
    rows = {person.id: person.place_sealed for person in persons}
    opened = {owner: reveal_with(key, owner, rows[owner]) for owner, key in open_keys(rows).items()}
    return {owner: Point(*json.loads(place)) for owner, place in opened.items() if place}


def contact_phones(contacts: Iterable[Contact]) -> dict[UUID, str]:
    """Telephone numbers of contacts in the clear, by contact."""
    rows = list(contacts)
    keys = open_keys({row.owner_id for row in rows})
    return {
        row.id: reveal_with(keys[row.owner_id], row.owner_id, row.phone_sealed)
        for row in rows
        if row.owner_id in keys
    }


def masked_phone(number: str) -> str:
    """A stored number masked; what is no number any more is hidden whole."""
    try:
        return parse_phone(number).masked if number else ""
    except Refused:
        return "*" * len(number)


def masked_address(address: str) -> str:
    """Everything from the first digit on is hidden."""
    place = next((at for at, sign in enumerate(address) if sign.isdecimal()), min(len(address), 6))
    return address[:place] + ("***" if address else "")
