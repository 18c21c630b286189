"""Sealing and revealing texts of an owner."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from songhe.core.refusal import Refused
from songhe.engines.access.api import rows_of
from songhe.engines.vault.cipher import GENERATION, Key, Unreadable, decrypt, encrypt, key_id
from songhe.engines.vault.keyring import keyring
from songhe.engines.vault.models import DataKey

_KEYS = "SELECT owner_id, wrapped FROM vault_datakey WHERE owner_id = ANY(%s)"


def make_key(owner_id: UUID) -> None:
    """Give an owner a data key; an owner that has one keeps it."""
    make_keys([owner_id])


def make_keys(owners: Sequence[UUID]) -> dict[UUID, Key]:
    """Data keys for many new owners in one statement; returns the open keys of those made."""
    fresh = {owner: Key(GENERATION, os.urandom(32)) for owner in owners}
    DataKey.objects.bulk_create(
        [DataKey(owner_id=owner, wrapped=wrap(owner, key)) for owner, key in fresh.items()],
        ignore_conflicts=True,
        batch_size=5000,
    )
    return fresh


def wrap(owner: UUID, key: Key) -> bytes:
    """A data key sealed with the newest key of the ring."""
    ring = keyring()
    return encrypt(ring.seal.newest, key.secret, about=owner.bytes, cipher=ring.cipher)


def unwrap(owner: UUID, wrapped: bytes | memoryview) -> Key:
    """The open data key."""
    blob = bytes(wrapped)
    try:
        ring_key = keyring().seal.keys[key_id(blob)]
    except KeyError:
        raise Unreadable(f"key {key_id(blob)} is not on the key ring") from None
    return Key(GENERATION, decrypt(ring_key, blob, about=owner.bytes))


def open_keys(owners: Iterable[UUID]) -> dict[UUID, Key]:
    """The data keys of several owners, in one query; erased owners are absent."""
    wanted = list(owners)
    if not wanted:
        return {}
    return {owner: unwrap(owner, wrapped) for owner, wrapped in rows_of(_KEYS, [wanted])}


def _key_of(owner_id: UUID) -> Key:
    keys = open_keys([owner_id])
    if owner_id not in keys:
        raise Refused("erased", "This record's personal data was erased and cannot be read or changed.")
    return keys[owner_id]


def seal_with(key: Key, owner_id: UUID, text: str) -> bytes:
    """Seal with a key already open; empty text stays empty."""
    if not text:
        return b""
    return encrypt(key, text.encode(), about=owner_id.bytes, cipher=keyring().cipher)


def reveal_with(key: Key, owner_id: UUID, blob: bytes | memoryview | None) -> str:
    """Reveal with a key already open; empty stays empty."""
    raw = bytes(blob or b"")
    return decrypt(key, raw, about=owner_id.bytes).decode() if raw else ""


def seal(owner_id: UUID, text: str) -> bytes:
    """Seal a text with its owner's data key."""
    return seal_with(_key_of(owner_id), owner_id, text) if text else b""


def reveal(owner_id: UUID, blob: bytes | memoryview | None) -> str:
    """The text that was sealed; empty where nothing was."""
    return reveal_with(_key_of(owner_id), owner_id, blob) if blob else ""


def seal_bytes(owner_id: UUID, body: bytes) -> bytes:
    """Seal bytes with their owner's data key."""
    return encrypt(_key_of(owner_id), body, about=owner_id.bytes, cipher=keyring().cipher)


def reveal_bytes(owner_id: UUID, blob: bytes | memoryview) -> bytes:
    """The bytes that were sealed."""
    return decrypt(_key_of(owner_id), bytes(blob), about=owner_id.bytes)


def seal_json(owner_id: UUID, value: Any) -> bytes:
    """Seal any JSON value."""
    return seal(owner_id, json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def reveal_json(owner_id: UUID, blob: bytes | memoryview | None) -> Any:
    """The JSON value that was sealed; None where nothing was."""
    text = reveal(owner_id, blob)
    return json.loads(text) if text else None


def erase(owner_id: UUID) -> None:
    """Destroy an owner's data key: what it sealed can never be read again."""
    DataKey.objects.filter(owner_id=owner_id).delete()
