"""The persons of a demo city: sealed rows, name tokens, households, tags, contacts and enrolments, loaded in bulk."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from uuid import UUID

import numpy as np
from django.db import connection
from numpy.typing import NDArray
from psycopg.types.json import Jsonb

from songhe.areas.registry.models import (
    Consent,
    Contact,
    Enrolment,
    Fact,
    Household,
    Member,
    Person,
    PersonToken,
)
from songhe.areas.registry.queries.hashes import address_hash, id_hash, name_hashes, phone_hash
from songhe.core.text import pinyin
from songhe.engines.access.api import SYSTEM
from songhe.engines.regions.ids import uuid7
from songhe.engines.vault.cipher import Key
from songhe.site.demo.load import Load, Sealer, batches
from songhe.site.demo.names import names
from songhe.site.demo.places import Places, address
from songhe.site.demo.population import Columns
from songhe.site.demo.tags import ALONE, TAGS

PERSON = (
    "id", "name", "name_pinyin", "sex", "born", "region", "household_region", "id_number_sealed", "id_number_hash",
    "phone_sealed", "phone_hash", "address_sealed", "address_hash", "place_sealed", "is_enrolled", "created_at",
    "first_source", "first_by_id",
)  # fmt: skip
FACT = (
    "id", "person", "region", "kind", "term", "value", "valid_from", "recorded_at", "source", "recorded_by_id",
)  # fmt: skip
CONTACT = (
    "id", "person", "region", "name", "relation", "owner_id", "phone_sealed", "phone_hash", "is_emergency", "added_at",
)  # fmt: skip
GRADES = {
    "functional_loss": (("light", 0.45), ("moderate", 0.28), ("severe", 0.18), ("total", 0.09)),
    "disability": (("1", 0.12), ("2", 0.26), ("3", 0.33), ("4", 0.29)),
    "extreme_poverty": (("home", 0.72), ("institution", 0.28)),
}


class People:
    """One load of a whole population. `ids` are the persons' keys in the order of the columns."""

    def __init__(self, columns: Columns, *, places: Places, at: datetime, seed: int) -> None:
        self.columns, self.places, self.at = columns, places, at
        self.ids: list[UUID] = []
        self.rng = np.random.default_rng([seed, int(places.city), 6])
        self.sealer = Sealer()
        self.spot = np.searchsorted(places.code, columns.residence)
        spread = self.rng.normal(
            0, 0.0025, (2, len(columns))
        )  # degrees: homes lie some hundred metres round a village
        self.longitude = (places.longitude[self.spot] + spread[0]).round(6)
        self.latitude = (places.latitude[self.spot] + spread[1]).round(6)
        self.age_days = self.rng.integers(40, 1400, len(columns))
        self.loads = {
            "people": Load(Person, PERSON),
            "tags": Load(Fact, FACT),
            "contacts": Load(Contact, CONTACT),
            "consents": Load(Consent, ("id", "person", "region", "kind", "given_on")),
            "enrolments": Load(Enrolment, ("id", "person", "region", "agreement_no", "consent", "since")),
        }

    def load(self) -> Iterator[int]:
        """Load everything, telling after each batch how many persons are in."""
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMP TABLE passing_tokens (token bigint, region_id bigint, person_id uuid)"
            )
        for rows in batches(len(self.columns)):
            self._batch(rows)
            yield rows.stop
        self._households()
        self._tokens_home()
        for load in self.loads.values():
            load.done("registry.load", at=self.at)

    def _batch(self, rows: range) -> None:
        ids = [uuid7() for _ in rows]
        self.ids += ids
        keys = self.sealer.fresh(ids, [os.urandom(32) for _ in rows])
        self.loads["people"].copy(self._person(*one) for one in zip(rows, ids, keys, strict=True))
        self.loads["tags"].copy(self._tags(rows))
        self.loads["contacts"].copy(self._contacts(rows, keys))
        joined = [(row, uuid7()) for row in rows if self.columns.enrolled[row]]
        self.loads["consents"].copy(
            (consent, self.ids[row], int(self.columns.residence[row]), "service", self.since(row))
            for row, consent in joined
        )
        self.loads["enrolments"].copy(self._enrolment(row, consent) for row, consent in joined)
        self._tokens(rows)

    def since(self, row: int) -> date:
        """The day on which a person was registered and, where so, enrolled."""
        return (self.at - timedelta(days=int(self.age_days[row]))).date()

    def where(self, row: int) -> tuple[float, float]:
        """Longitude and latitude of a person's home."""
        return float(self.longitude[row]), float(self.latitude[row])

    def _person(self, row: int, owner: UUID, key: Key) -> tuple[object, ...]:
        columns, seal = self.columns, self.sealer.seal
        name = str(columns.name[row])
        number, phone = columns.id_number[row].decode(), columns.phone[row].decode()
        home = f"{address(self.places, int(self.spot[row]))}{int(columns.home[row]) % 280 + 1}号"
        return (
            *(owner, name, _spelled(name), "male" if columns.sex[row] == 1 else "female"),
            *(columns.born[row].item(), int(columns.residence[row]), int(columns.registered[row])),
            *(seal(key, owner, number), id_hash(number)),
            *(seal(key, owner, phone), phone_hash(phone) if phone else None),
            *(seal(key, owner, home), address_hash(home)),
            seal(key, owner, json.dumps(self.where(row))),
            bool(columns.enrolled[row]),
            *(self.at - timedelta(days=int(self.age_days[row])), "list", SYSTEM.id),
        )

    def _tags(self, rows: range) -> Iterator[tuple[object, ...]]:
        bits = self.columns.tags
        for row in rows:
            for place, tag in enumerate(TAGS):
                if not int(bits[row]) >> place & 1:
                    continue
                grade = _drawn(GRADES.get(tag), self.rng)
                value = Jsonb({"grade": grade}) if grade else None
                yield (
                    *(uuid7(), self.ids[row], int(self.columns.residence[row]), "tag", tag, value),
                    *(self.since(row), self.at - timedelta(days=int(self.age_days[row])), "list", SYSTEM.id),
                )

    def _contacts(self, rows: range, keys: list[Key]) -> Iterator[tuple[object, ...]]:
        columns = self.columns
        wanted = [row for row in rows if columns.enrolled[row] or columns.living[row] == ALONE]
        sex = self.rng.integers(1, 3, len(wanted)).astype(np.uint8)
        called = names(sex, year=np.full(len(wanted), 1972), city=self.places.city, rng=self.rng)
        for row, who, name in zip(wanted, sex, called, strict=True):
            owner = self.ids[row]
            phone = f"13{self.rng.integers(10**8, 10**9)}"
            kin = columns.name[row][0] + name[1:] if columns.sex[row] == 1 or who == 1 else name
            yield (
                *(uuid7(), owner, int(columns.residence[row]), str(kin), "child", owner),
                *(self.sealer.seal(keys[row - rows.start], owner, phone), phone_hash(phone), True, self.at),
            )

    def _enrolment(self, row: int, consent: UUID) -> tuple[object, ...]:
        region, since = int(self.columns.residence[row]), self.since(row)
        return (uuid7(), self.ids[row], region, f"RW{since.year}{row + 1:07d}", consent, since)

    def _tokens(self, rows: range) -> None:
        lines = []
        for row in rows:
            region, person = int(self.columns.residence[row]), self.ids[row]
            lines += [f"{number}\t{region}\t{person}\n" for number in _tokens_of(str(self.columns.name[row]))]
        with (
            connection.cursor() as cursor,
            cursor.cursor.copy("COPY passing_tokens (token, region_id, person_id) FROM STDIN") as pipe,
        ):
            pipe.write("".join(lines))

    def _tokens_home(self) -> None:
        """Into the real table in key order, which fills its index from left to right."""
        table = PersonToken._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(
                f'INSERT INTO "{table}" (token, region_id, person_id) '  # noqa: S608  names of our own model
                "SELECT token, region_id, person_id FROM passing_tokens ORDER BY 1, 2, 3"
            )
            cursor.execute("DROP TABLE passing_tokens")

    def _households(self) -> None:
        home = self.columns.home
        order = np.argsort(home, kind="stable")
        first = order[np.r_[True, home[order][1:] != home[order][:-1]]]
        keys = [uuid7() for _ in first]
        places = self.columns.residence
        load = Load(Household, ("id", "region", "head", "number", "created_at"))
        load.copy(
            (key, int(places[row]), self.ids[row], f"H{place + 1:08d}", self.at)
            for place, (key, row) in enumerate(zip(keys, map(int, first), strict=True))
        )
        load.done("registry.load", at=self.at)
        load = Load(Member, ("id", "household", "person", "region", "relation", "since"))
        load.copy(self._members(keys, order, first))
        load.done("registry.load", at=self.at)

    def _members(
        self, keys: list[UUID], order: NDArray[np.int64], first: NDArray[np.int64]
    ) -> Iterator[tuple[object, ...]]:
        heads = {int(row) for row in first}
        for row in map(int, order):
            relation = "head" if row in heads else "spouse"
            household = keys[int(self.columns.home[row])]
            yield (uuid7(), household, self.ids[row], int(self.columns.residence[row]), relation, None)


@lru_cache(maxsize=1_000_000)
def _tokens_of(name: str) -> tuple[int, ...]:
    return tuple(name_hashes(name))


@lru_cache(maxsize=1_000_000)
def _spelled(name: str) -> str:
    return pinyin(name)


def _drawn(grades: tuple[tuple[str, float], ...] | None, rng: np.random.Generator) -> str:
    """A grade by its share; empty where the tag has none."""
    if not grades:
        return ""
    draw = float(rng.random())
    for code, share in grades:
        draw -= share
        if draw < 0:
            return code
    return grades[-1][0]
