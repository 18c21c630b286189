"""What the rows of a list become in the tables: sealed, hashed, and laid out as arrays.

Another process does this for a long list, so nothing here needs the database or Django's models.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from songhe.areas.registry.queries.hashes import Hashers, hashers
from songhe.core.codes import ResidentId
from songhe.core.text import pinyin
from songhe.engines.access.arrays import array, arrays
from songhe.engines.regions.ids import uuid7_bytes
from songhe.engines.vault.cipher import GENERATION, sealing
from songhe.engines.vault.keyring import keyring

KEY = ("owner_id", "wrapped")
PERSON = (
    "id", "name", "name_pinyin", "sex", "born", "region", "household_region", "id_number_sealed", "id_number_hash",
    "phone_sealed", "phone_hash", "address_sealed", "address_hash", "created_at",
    "first_source", "first_by_id",
)  # fmt: skip
TOKEN = ("token", "region_id", "person")
FACT = (
    "id", "person", "region", "kind", "term", "value", "valid_from", "recorded_at", "source", "source_note",
    "recorded_by_id",
)  # fmt: skip
CONTACT = (
    "id", "person", "region", "name", "relation", "owner_id", "phone_sealed", "phone_hash", "is_emergency", "rank",
    "added_at",
)  # fmt: skip
Values = Mapping[str, Any]
Line = tuple[Any, ...]
Told = tuple[str, str, object, str]
"""Kind, term, value and source of a fact."""


@dataclass(frozen=True, slots=True)
class Taken:
    """When a list was taken in, and by whom."""

    today: date
    at: datetime
    by: UUID


class Owner(NamedTuple):
    """A new person's key: its 16 bytes, and what seals under the person's data key."""

    id: bytes
    seal: Callable[[bytes, bytes], bytes]

    def sealed(self, text: str) -> bytes:
        """A text of the person sealed; empty stays empty."""
        return self.seal(text.encode(), self.id) if text else b""


def made(rows: Sequence[Values], taken: Taken, kinds: Sequence[Sequence[str]]) -> list[list[Any]]:
    """The arrays for data keys, persons, tokens, facts and contacts, in the order of the names above."""
    ring, hashed = keyring(), hashers()
    wrap = sealing(ring.seal.newest.id, ring.seal.newest.secret, ring.cipher)
    keys: list[Line] = []
    persons: list[Line] = []
    tokens: list[bytes] = []
    facts: list[Line] = []
    contacts: list[Line] = []
    for values in rows:
        secret, region = os.urandom(32), values["region"]
        owner = Owner(uuid7_bytes(), sealing(GENERATION, secret, ring.cipher))
        keys.append((owner.id, wrap(secret, owner.id)))
        persons.append(_person(owner, values, taken, hashed))
        where = region.to_bytes(8, "big") + owner.id
        tokens += [token + where for token in hashed.name(values["name"])]
        facts += [_fact(owner.id, region, told, taken) for told in _stated(values)]
        if "contact_phone" in values:
            contacts.append(_contact(owner, values, taken, hashed))
    tables = [
        arrays(kind, table) for kind, table in zip(kinds, (keys, persons, (), facts, contacts), strict=True)
    ]
    tables[2] = _tokens(kinds[2], tokens)
    return tables


def tags(values: Values) -> dict[str, str]:
    """The groups that a row names, with their grades."""
    return {**values.get("category", {}), **({"living_alone": ""} if values.get("alone") else {})}


def _person(owner: Owner, values: Values, taken: Taken, hashed: Hashers) -> Line:
    number: ResidentId = values["id_number"]
    phone, address, name = values.get("phone", ""), values.get("address", ""), values["name"]
    return (
        owner.id, name, pinyin(name)[:240], number.sex, number.born, values["region"], values["household_region"],
        owner.sealed(number.number), hashed.id_number(number.number),
        owner.sealed(phone), hashed.phone(phone) if phone else None,
        owner.sealed(address), hashed.address(address) if address else None, taken.at,
        "list", taken.by.bytes,
    )  # fmt: skip


def _contact(owner: Owner, values: Values, taken: Taken, hashed: Hashers) -> Line:
    phone = values["contact_phone"]
    return (
        uuid7_bytes(), owner.id, values["region"], values["contact_name"], "other", owner.id,
        owner.sealed(phone), hashed.phone(phone), True, 1, taken.at,
    )  # fmt: skip


def _tokens(kinds: Sequence[str], lines: list[bytes]) -> list[Any]:
    """The columns of lines of eight, eight and sixteen bytes, in the order of the index that they go into."""
    lines.sort()
    cut = ([line[:8] for line in lines], [line[8:16] for line in lines], [line[16:] for line in lines])
    return [array(kind, column) for kind, column in zip(kinds, cut, strict=True)] if lines else []


def _fact(owner: bytes, region: int, told: Told, taken: Taken) -> Line:
    (kind, term, value, source), by = told, taken.by.bytes
    return (uuid7_bytes(), owner, region, kind, term, value, taken.today, taken.at, source, "", by)


def _stated(values: Values) -> list[Told]:
    out: list[Told] = [("tag", term, {"grade": grade}, "list") for term, grade in tags(values).items()]
    out += [("tag", term, {"grade": ""}, "system") for term in values["implied"]]
    if values.get("note"):
        out.append(("note", "", values["note"], "list"))
    return out
