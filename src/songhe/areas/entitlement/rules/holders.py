"""What is known of facilities, organisations and workers who hold grants, in arrays: what ``readings`` is for persons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np

from songhe.areas.entitlement.rules.readings import FOREVER, Array, Received, received_before
from songhe.core.rules import Document, FactValue
from songhe.core.rules.document import Fact
from songhe.core.rules.many import Column, Columns, pack_days

WHOLE, YES_NO, DATE, TEXT = range(4)
KINDS: Final[Mapping[str, int]] = {"whole": WHOLE, "yes_no": YES_NO, "date": DATE, "text": TEXT}
EPOCH: Final = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Told:
    """Facts that hold on days from ``since`` up to but without ``until``, of the grant in a ``row``. ``code`` is a place
    in the codes, ``kind`` one of the kinds above. Where several hold on one day the last of them counts."""

    row: Array
    code: Array
    kind: Array
    value: Array
    since: Array
    until: Array


@dataclass(frozen=True)
class Holdings:
    """Grants of bodies in the order of their ids, each with the facts it was given for: one body may have told other
    figures for another benefit. What was received counts for the body, whichever of its grants brought it.

    ``holder`` and ``organisation`` are ids, ``kind`` a place in the kinds of holders, ``home`` the region whose policies
    hold. From the day ``ends`` on nothing is due: the facility closed, the worker left. Days count from 1970-01-01.
    """

    ids: Array
    holder: Array
    organisation: Array
    kind: Array
    home: Array
    ends: Array
    told: Told
    received: Received
    codes: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """How many grants."""
        return len(self.ids)

    @cached_property
    def same(self) -> Array:
        """A number for each grant, the same for all of one body."""
        if not self.size:
            return np.zeros(0, np.int64)
        number: Array = np.unique(self.holder, axis=0, return_inverse=True)[1].reshape(-1)
        return number

    def day(self, day: date) -> HoldingsOnDay:
        """The same on one day."""
        return HoldingsOnDay(self, day)


class HoldingsOnDay:
    """What is known of every grant on one day."""

    def __init__(self, readings: Holdings, day: date) -> None:
        self.readings, self.date, self.number = readings, day, (day - EPOCH).days
        self.home = readings.home

    def lives_in(self, month: date) -> Array:
        """Whose holder was there on a day of a month."""
        there: Array = self.readings.ends > (month - EPOCH).days
        return there

    def columns(self, document: Document, rows: Array, holders: Mapping[str, Array] | None = None) -> Columns:
        """Columns of some grants for a document; facts of another kind or outside its bounds are not known."""
        places, place = np.unique(self.home[rows], return_inverse=True)
        known = [fact for code, fact in document.facts.items() if code in self.readings.codes]
        return Columns(
            len(rows),
            {fact.code: self._told(fact, rows) for fact in known} | self._received(document, rows),
            {tag: Column(np.zeros(len(rows), bool)) for tag in document.tags},
            [int(code) for code in places],
            place.astype(np.int32),
            None,
            {} if holders is None else holders,
        )

    def _told(self, fact: Fact, rows: Array) -> Column:
        told, size = self.readings.told, self.readings.size
        mine = (told.code == self.readings.codes.index(fact.code)) & (told.kind == KINDS[fact.kind])
        mine &= (told.since <= self.number) & (self.number < told.until)
        if fact.kind == "whole":
            mine &= (told.value >= fact.least) & (told.value <= fact.most)
        found, unknown = np.zeros(size, np.int64), np.ones(size, bool)
        found[told.row[mine]], unknown[told.row[mine]] = told.value[mine], False
        values, nobody = found[rows], unknown[rows]
        if fact.kind == "yes_no":
            return Column(values != 0, nobody)
        if fact.kind == "date":
            return Column(pack_days(values), nobody)
        if fact.kind == "text":
            return Column(values.astype(np.int32), nobody, self.readings.texts)
        return Column(values, nobody)

    def _received(self, document: Document, rows: Array) -> dict[str, Column]:
        one = self.readings
        sums = received_before(one.received, one.rules, document, self.date, one.size)
        made: dict[str, Column] = {}
        for code, by_grant in sums.items():
            by_body = np.zeros(one.size, np.int64)
            np.add.at(by_body, one.same, by_grant)
            made[code] = Column(by_body[one.same[rows]])
        return made


@dataclass(frozen=True, slots=True)
class Said:
    """One fact of one grant as it is read: on days from ``since`` up to but without ``until``."""

    row: int
    code: str
    value: FactValue
    since: int
    until: int = FOREVER


def table_of(said: list[Said]) -> tuple[Told, tuple[str, ...], tuple[str, ...]]:
    """Facts as arrays, their codes, and the texts among their values."""
    known = [one for one in said if one.value is not None]
    codes = tuple(sorted({one.code for one in known}))
    texts = tuple(sorted({one.value for one in known if isinstance(one.value, str)}))
    place = {code: number for number, code in enumerate(codes)}
    word = {text: number for number, text in enumerate(texts)}
    coded = [_coded(one.value, word) for one in known]
    columns = (
        [one.row for one in known],
        [place[one.code] for one in known],
        [kind for kind, _value in coded],
        [value for _kind, value in coded],
        [one.since for one in known],
        [one.until for one in known],
    )
    return Told(*(np.array(column, np.int64) for column in columns)), codes, texts


def _coded(value: FactValue, word: Mapping[str, int]) -> tuple[int, int]:
    if isinstance(value, bool):
        return YES_NO, int(value)
    if isinstance(value, date):
        return DATE, (value - EPOCH).days
    if isinstance(value, str):
        return TEXT, word[value]
    if isinstance(value, int):
        return WHOLE, value
    raise TypeError(f"{value!r} is no fact of a body")


def no_holdings() -> Holdings:
    """Of a county whose bodies hold nothing."""
    none, ids = np.zeros(0, np.int64), np.zeros((0, 16), np.uint8)
    return Holdings(ids, ids, ids, none, none, none, Told(*(none,) * 6), Received(*(none,) * 4))
