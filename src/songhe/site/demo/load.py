"""Bulk loads, each with one act that says how many rows and what content."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, models

from songhe.engines.access.api import SYSTEM
from songhe.engines.acts.api import record_bulk
from songhe.engines.vault.cipher import GENERATION, Key, encrypt
from songhe.engines.vault.keyring import keyring
from songhe.engines.vault.models import DataKey

BATCH = 20_000
Progress = Callable[[str], None]


@dataclass
class Load:
    """One load in pieces: rows go in by `copy`, `done` writes the act for all of them."""

    model: type[models.Model]
    names: Sequence[str]
    count: int = 0

    def __post_init__(self) -> None:
        self._seal = hashlib.sha256()
        named = {self._column(name) for name in self.names}
        self._rest = {
            field.column: field.get_db_prep_save(field.get_default(), connection)
            for field in self.model._meta.concrete_fields
            if field.column not in named and _needs_value(field)
        }

    def _column(self, name: str) -> str:
        return str(self.model._meta.get_field(name).column)  # type: ignore[union-attr]

    def copy(self, rows: Iterable[Sequence[Any]]) -> None:
        """COPY rows, their values in the order of `names`, inside the caller's transaction and scope. What is not named
        takes the model's default.

        PostgreSQL takes no COPY into a table with row-level security, so the rows pass through a temporary table;
        the policies check each of them on the way out of it.
        """
        table = self.model._meta.db_table
        columns = ", ".join(f'"{self._column(name)}"' for name in self.names)
        into = ", ".join([columns, *(f'"{column}"' for column in self._rest)])
        taken = ", ".join([columns, *["%s"] * len(self._rest)])
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE TEMP TABLE passing AS SELECT {columns} FROM "{table}" WITH NO DATA')  # noqa: S608  names of our own models
            with cursor.cursor.copy(f"COPY passing ({columns}) FROM STDIN") as pipe:
                for row in rows:
                    pipe.write_row(row)
                    self._seal.update(repr(row).encode())
                    self.count += 1
            cursor.execute(
                f'INSERT INTO "{table}" ({into}) SELECT {taken} FROM passing',  # noqa: S608
                list(self._rest.values()),
            )
            cursor.execute("DROP TABLE passing")

    def done(self, verb: str, *, at: datetime, region: int = 0) -> int:
        """Write the act; returns how many rows went in."""
        digest = self._seal.hexdigest()
        record_bulk(
            verb, model=self.model, count=self.count, digest=digest, actor=SYSTEM, at=at, region_id=region
        )
        return self.count


def _needs_value(field: models.Field[Any, Any]) -> bool:
    """Whether a column has to be given something, because the database fills it with nothing."""
    return not (field.null or field.primary_key or field.has_db_default())


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
        Load(DataKey, ("owner_id", "wrapped")).copy(
            (owner, encrypt(newest, key.secret, about=owner.bytes, cipher=cipher))
            for owner, key in zip(owners, keys, strict=True)
        )
        return keys

    def seal(self, key: Key, owner: UUID, text: str) -> bytes:
        """One text under an open data key; empty stays empty."""
        return encrypt(key, text.encode(), about=owner.bytes, cipher=self.ring.cipher) if text else b""
