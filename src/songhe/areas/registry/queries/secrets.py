"""The sealed part of a person: in the clear for actions that log it, masked for screens."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from songhe.areas.registry.models import Contact, Person
from songhe.core.codes import Point, mask, parse_phone
from songhe.core.refusal import Refused
from songhe.core.text import name_tokens
from songhe.engines.vault.api import keyed_hash, keyed_hashes, open_keys, reveal_with, token
from songhe.engines.vault.keyring import keyring

_PUNCTUATION = re.compile(r"[\W_]+")


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


def name_hashes(name: str) -> set[int]:
    """The search tokens of a name under the newest key."""
    generation = keyring().search.active
    return {_name_token(generation, word) for word in name_tokens(name)}


@lru_cache(maxsize=200_000)
def _name_token(_generation: int, word: str) -> int:
    """Single characters and pairs come again and again within one list."""
    return token("name", word)


def id_hash(number: str) -> bytes:
    """The search hash of an 18-sign identity number."""
    return keyed_hash("id_number", number)


def id_hashes(number: str) -> list[bytes]:
    """The same under every key of the ring."""
    return keyed_hashes("id_number", number)


def phone_hash(number: str) -> bytes:
    """The search hash of a number as ``parse_phone`` gives it, without its extension."""
    return keyed_hash("phone", number.partition("-")[0])


def phone_hashes(number: str) -> list[bytes]:
    """The same under every key of the ring."""
    return keyed_hashes("phone", number.partition("-")[0])


def address_hashes(address: str) -> list[bytes]:
    """The same as ``address_hash`` under every key of the ring."""
    return keyed_hashes("address", _PUNCTUATION.sub("", address))


def address_hash(address: str) -> bytes:
    """A hash that is equal for addresses that differ only in spaces and punctuation."""
    return keyed_hash("address", _PUNCTUATION.sub("", address))
