"""By what a person is found: hashes of the number, telephone and address, tokens of the name. They need no database."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from songhe.core.text import name_tokens
from songhe.engines.vault.hashes import all_hasher, hasher, keyed_hash, keyed_hashes, packed_token

_PUNCTUATION = re.compile(r"[\W_]+")


def name_hashes(name: str) -> set[int]:
    """The search tokens of a name under the newest key."""
    hashed = packed_token("name")
    return {int.from_bytes(hashed(word), "big", signed=True) for word in name_tokens(name)}


class Hashers(NamedTuple):
    """``name_hashes`` (as eight bytes each), ``id_hash``, ``phone_hash`` and ``address_hash`` for many texts."""

    name: Callable[[str], list[bytes]]
    id_number: Callable[[str], bytes]
    phone: Callable[[str], bytes]
    address: Callable[[str], bytes]


def hashers() -> Hashers:
    """Those under the newest key."""
    of_word, of_phone, of_address = packed_token("name"), hasher("phone"), hasher("address")
    bare = _PUNCTUATION.sub
    return Hashers(
        lambda name: [*map(of_word, name_tokens(name))],
        hasher("id_number"),
        lambda number: of_phone(number.partition("-")[0]),
        lambda address: of_address(bare("", address)),
    )


def id_hash(number: str) -> bytes:
    """The search hash of an 18-sign identity number."""
    return keyed_hash("id_number", number)


def id_hashes(number: str) -> list[bytes]:
    """The same under every key of the ring."""
    return keyed_hashes("id_number", number)


def id_hasher() -> Callable[[str], list[bytes]]:
    """``id_hashes`` for many numbers."""
    return all_hasher("id_number")


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
