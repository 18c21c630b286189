"""Looking up tables and bands in LLVM's text. Amounts and thresholds are arrays: other amounts need no new kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from songhe.core.rules.many.columns import Array
from songhe.core.rules.many.kernel.form import NARROW, WIDE, Form, Mask, Val
from songhe.core.rules.many.kernel.inputs import Inputs, Unfit, kind_of
from songhe.core.rules.many.resolve import Resolved
from songhe.core.rules.many.tables import number as number_of

BANDS, SPAN = 64, 4096
"""More thresholds, or keys that lie farther apart, are left to the other evaluator."""
FAR = 2**30
FEW = 8
Entries = Sequence[Mapping[str, int]]


class Where(Protocol):
    """The row that looks something up."""

    form: Form
    inputs: Inputs

    def place(self) -> str: ...
    def spot(self, key: str, at: str, length: int) -> str: ...


@dataclass(frozen=True, slots=True)
class Table:
    """A parameter in all places, and the width that its amounts ask for."""

    row: Where
    name: str
    given: Resolved
    kind: Any

    def look_up(self, key: Val) -> Val:
        """The entry for the key, from the table of the person's place; no entry is bad."""
        tables = [amount for amount in self.given.amounts if isinstance(amount, Mapping)]
        if self.given.shape == "bands":
            at, missing = self._banded(tables, key)
        elif key.words is not None:
            at, missing = self._by_word(tables, key)
        else:
            at, missing = self._by_number(tables, key)
        form = self.row.form
        bad = form.either(key.bad, form.without(missing, key.unknown))
        return Val(at, kind_of(self.kind), key.unknown, bad)

    def _banded(self, tables: Entries, key: Val) -> tuple[str, Mask]:
        """How many thresholds the key reaches tells which amount it is; shorter tables repeat their last."""
        form, most = self.row.form, max(map(len, tables))
        if most > BANDS:
            raise Unfit(self.name)
        limits = [sorted(int(threshold) for threshold in one) for one in tables]
        amounts = [[0, *(one[str(end)] for end in ends)] for one, ends in zip(tables, limits, strict=True)]
        farthest = max(abs(ends[end]) for ends in limits for end in (0, -1))
        width = WIDE if key.type == WIDE or farthest >= 2 * FAR else NARROW
        reached, at = "0", form.cast(key, width)
        ends = self._thresholds(_padded(limits, most), width)
        heres = [form.op(f"icmp sge {width} {at}, {end}") for end in ends]
        if self.given.by_place is None:
            return self._stairs(amounts[0], heres), form.never(heres[0])
        for here in heres:
            reached = form.op(f"add i32 {reached}, {form.op(f'zext i1 {here} to i32')}")
        found = self._entry("amounts", _padded(amounts, most + 1).astype(self.kind), reached)
        return found, form.op(f"icmp eq i32 {reached}, 0")

    def _stairs(self, amounts: Sequence[int], heres: Sequence[str]) -> str:
        """The amount of the highest threshold that is reached."""
        kind = kind_of(self.kind)
        found = "0"
        for band, (amount, here) in enumerate(zip(amounts[1:], heres, strict=True)):
            at = self.row.inputs.number(f"{self.name}, amount {band}", amount, kind).at
            found = self.row.form.pick(here, kind, at, found)
        return found

    def _thresholds(self, rows: Array, width: str) -> list[str]:
        """The thresholds of the person's place; where they are the same everywhere, nothing has to be loaded."""
        if (rows == rows[0]).all():
            return [
                self.row.inputs.number(f"{self.name}, from {band}", int(end), width).at
                for band, end in enumerate(rows[0])
            ]
        ends = rows.astype(np.int64 if width == WIDE else np.int32)
        return [self._entry("from", ends, str(band), width) for band in range(rows.shape[1])]

    def _by_number(self, tables: Entries, key: Val) -> tuple[str, Mask]:
        """An array from the least to the greatest key, and another that tells which of them have an entry."""
        form = self.row.form
        found = [_numbered(one) for one in tables]
        keys = {number for one in found for number in one}
        if not keys:
            return "0", "true"
        least, length = min(keys), max(keys) - min(keys) + 1
        if length > SPAN:
            raise Unfit(self.name)
        entries, there = np.zeros((len(found), length), self.kind), np.zeros((len(found), length), bool)
        for line, one in enumerate(found):
            spots = np.array([*one], np.int64) - least
            entries[line, spots], there[line, spots] = [*one.values()], True
        width = WIDE if key.type == WIDE or max(abs(least), abs(least + length)) >= FAR else NARROW
        first, most = (
            self.row.inputs.number(f"{self.name}, {part}", number, width)
            for part, number in (("least", least), ("length", length))
        )
        spot = form.op(f"sub {width} {form.cast(key, width)}, {first.at}")
        outside = form.op(f"icmp uge {width} {spot}, {most.at}")
        spot = form.cast(Val(form.pick(outside, width, "0", spot), width), NARROW)
        return self._there("amounts", entries, there, spot, outside)

    def _by_word(self, tables: Entries, key: Val) -> tuple[str, Mask]:
        """Amounts in the order of the column's words."""
        words = key.words or ("",)
        entries = np.array([[one.get(word, 0) for word in words] for one in tables], self.kind)
        there = np.array([[word in one for word in words] for one in tables], bool)
        text = key.type == "text"
        spot = "0" if text else self.row.spot(f"{self.name}, {key.at}", key.at, len(words))
        return self._there(f"amounts by {words}", entries, there, spot, None)

    def _there(self, part: str, entries: Array, there: Array, spot: str, outside: Mask) -> tuple[str, Mask]:
        """An entry, and when there is none."""
        at, form = self._entry(part, entries, spot), self.row.form
        if there.all():
            return at, outside
        mark = self._entry(f"{part}, there", there, spot, "i8")
        return at, form.either(outside, form.op(f"icmp eq i8 {mark}, 0"))

    def _entry(self, part: str, rows: Array, spot: str, kind: str = "") -> str:
        """The entry at a spot in the row of the person's place."""
        form, inputs, by_place = self.row.form, self.row.inputs, self.given.by_place
        if by_place is None and rows.shape[1] <= FEW and not kind:
            return self._chosen(part, rows[0].tolist(), spot)
        placed = rows if by_place is None else rows.take(by_place, axis=0)
        array = inputs.array(f"{self.name}, {part}", placed.ravel())
        if by_place is not None:
            length = inputs.number(f"a row of {rows.shape[1]}", rows.shape[1])
            start = form.op(f"mul i32 {self.row.place()}, {length.at}")
            spot = form.op(f"add i32 {start}, {spot}")
        return form.load(kind or kind_of(self.kind), array, spot, NARROW)

    def _chosen(self, part: str, entries: Sequence[int], spot: str) -> str:
        """One of a few entries, by comparing: processors are slow at loading from many addresses at once."""
        form, kind = self.row.form, kind_of(self.kind)
        at = [
            self.row.inputs.number(f"{self.name}, {part} {n}", one, kind).at for n, one in enumerate(entries)
        ]
        found = at[0]
        for place, one in enumerate(at[1:], start=1):
            found = form.pick(form.op(f"icmp eq i32 {spot}, {place}"), kind, one, found)
        return found


def _numbered(table: Mapping[str, int]) -> dict[int, int]:
    """The entries whose keys are numbers, as Python writes them."""
    keys = {text: number_of(text) for text in table}
    return {
        number: table[text] for text, number in keys.items() if number is not None and str(number) == text
    }


def _padded(rows: Sequence[list[int]], length: int) -> Array:
    """Rows of one length: shorter ones repeat their last."""
    return np.array([row + row[-1:] * (length - len(row)) for row in rows], np.int64)
