"""Bulk loads by COPY, each with one act that says how many rows and what content."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, models

from songhe.engines.access.actor import SYSTEM
from songhe.engines.acts.record import record_bulk
from songhe.engines.vault.cipher import Key, encrypt
from songhe.engines.vault.keyring import keyring
from songhe.engines.vault.models import DataKey
from songhe.engines.vault.safe import GENERATION

BATCH = 20_000
Progress = Callable[[str], None]


def copy(
    model: type[models.Model],
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    verb: str,
    at: datetime,
    region: int = 0,
) -> int:
    """COPY rows (values in the order of the field names, bytes and UUIDs as such) into a model's table.

    Runs inside the caller's transaction and scope. `verb` names the act that is written at the end; with an empty verb
    the rows are part of another load and no act is written. Returns the number of rows.
    """
    columns = [model._meta.get_field(name).column for name in names]
    quoted = ", ".join(f'"{column}"' for column in columns)
    seal, count = hashlib.sha256(), 0
    with (
        connection.cursor() as cursor,
        cursor.cursor.copy(
            f'COPY "{model._meta.db_table}" ({quoted}) FROM STDIN'
        ) as pipe,  # type: ignore[attr-defined]
    ):
        for row in rows:
            pipe.write_row(row)
            seal.update(repr(row).encode())
            count += 1
    if verb:
        record_bulk(
            verb,
            model=model,
            count=count,
            digest=seal.hexdigest(),
            actor=SYSTEM,
            at=at,
            region_id=region,
        )
    return count


def batches(count: int, size: int = BATCH) -> Iterator[range]:
    """Row numbers in pieces."""
    for start in range(0, count, size):
        yield range(start, min(start + size, count))


class Sealer:
    """Seals the texts of many new owners, reading the key ring once."""

    def __init__(self) -> None:
        self.ring = keyring()

    def fresh(self, owners: Sequence[UUID], secrets: Sequence[bytes]) -> list[Key]:
        """New data keys (32 bytes each) for owners, stored wrapped."""
        keys = [Key(GENERATION, secret) for secret in secrets]
        newest, cipher = self.ring.seal.newest, self.ring.cipher
        wrapped = (
            (owner, encrypt(newest, key.secret, about=owner.bytes, cipher=cipher))
            for owner, key in zip(owners, keys, strict=True)
        )
        copy(DataKey, ("owner_id", "wrapped"), wrapped, verb="", at=datetime.min)
        return keys

    def seal(self, key: Key, owner: UUID, text: str) -> bytes:
        """One text under an open data key; empty stays empty."""
        return (
            encrypt(key, text.encode(), about=owner.bytes, cipher=self.ring.cipher)
            if text
            else b""
        )
