"""What the rows of a list become in the tables: sealed, hashed, and laid out as arrays.

Another process does this for a long list, so nothing here needs the database or Django's models.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from songhe.areas.registry.queries.hashes import address_hash, id_hash, name_hashes, phone_hash
from songhe.core.codes import ResidentId
from songhe.core.text import pinyin
from songhe.engines.access.arrays import arrays
from songhe.engines.regions.ids import uuid7
from songhe.engines.vault.cipher import GENERATION, Key, encrypt
from songhe.engines.vault.keyring import Keyring, keyring

KEY = ("owner_id", "wrapped")
PERSON = (
    "id", "name", "name_pinyin", "sex", "born", "region", "household_region", "id_number_sealed", "id_number_hash",
    "phone_sealed", "phone_hash", "address_sealed", "address_hash", "created_at",
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


@dataclass(frozen=True, slots=True)
class Taken:
    """When a list was taken in, and by whom."""

    today: date
    at: datetime
    by: UUID


def made(rows: Sequence[Values], taken: Taken, kinds: Sequence[Sequence[str]]) -> list[list[Any]]:
    """The arrays for data keys, persons, tokens, facts and contacts, in the order of the names above."""
    ring = keyring()
    keys: list[tuple[Any, ...]] = []
    persons, tokens, facts, contacts = [], [], [], []
    for values in rows:
        owner, key = uuid7(), Key(GENERATION, os.urandom(32))
        keys.append((owner, _sealed(ring.seal.newest, owner, key.secret, ring)))
        persons.append(_person(owner, key, values, taken, ring))
        tokens += [(hashed, values["region"], owner.hex) for hashed in name_hashes(values["name"])]
        facts += [_fact(owner, values["region"], *told, taken) for told in _stated(values)]
        if "contact_phone" in values:
            contacts.append(_contact(owner, key, values, taken, ring))
    tables = (keys, persons, sorted(tokens), facts, contacts)
    return [arrays(kind, table) for kind, table in zip(kinds, tables, strict=True)]


def tags(values: Values) -> dict[str, str]:
    """The groups that a row names, with their grades."""
    return {**values.get("category", {}), **({"living_alone": ""} if values.get("alone") else {})}


def _person(owner: UUID, key: Key, values: Values, taken: Taken, ring: Keyring) -> tuple[Any, ...]:
    number: ResidentId = values["id_number"]
    phone, address = values.get("phone", ""), values.get("address", "")
    return (
        owner, values["name"], pinyin(values["name"])[:240], number.sex, number.born, values["region"],
        values["household_region"], _sealed(key, owner, number.number.encode(), ring), id_hash(number.number),
        _sealed(key, owner, phone.encode(), ring), phone_hash(phone) if phone else None,
        _sealed(key, owner, address.encode(), ring), address_hash(address) if address else None, taken.at,
    )  # fmt: skip


def _contact(owner: UUID, key: Key, values: Values, taken: Taken, ring: Keyring) -> tuple[Any, ...]:
    phone = values["contact_phone"]
    return (
        uuid7(), owner, values["region"], values["contact_name"], "other", owner,
        _sealed(key, owner, phone.encode(), ring), phone_hash(phone), True, 1, taken.at,
    )  # fmt: skip


def _fact(owner: UUID, region: int, kind: str, term: str, value: object, taken: Taken) -> tuple[Any, ...]:
    return (uuid7(), owner, region, kind, term, value, taken.today, taken.at, "list", "", taken.by)


def _stated(values: Values) -> list[tuple[str, str, object]]:
    out: list[tuple[str, str, object]] = [
        ("tag", term, {"grade": grade}) for term, grade in tags(values).items()
    ]
    if values.get("note"):
        out.append(("note", "", values["note"]))
    return out


def _sealed(key: Key, owner: UUID, text: bytes, ring: Keyring) -> bytes:
    return encrypt(key, text, about=owner.bytes, cipher=ring.cipher) if text else b""
