"""Looking up tables and bands in LLVM's text. Amounts and thresholds are arrays: other amounts need no new kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from songhe.core.rules.many.columns import Array
from songhe.core.rules.many.kernel.form import NARROW, WIDE, Form, Mask, Val, number
from songhe.core.rules.many.kernel.inputs import Inputs, Unfit, kind_of
from songhe.core.rules.many.resolve import Resolved
from songhe.core.rules.many.tables import number as number_of

BANDS, SPAN = 64, 4096
"""More thresholds, or keys that lie farther apart, are left to the other evaluator."""


class Where(Protocol):
    """The row that looks something up."""

    form: Form
    inputs: Inputs

    def place(self) -> str: ...
    def spot(self, key: str, at: str, length: int) -> str: ...


def look_up(row: Where, name: str, table: Resolved, key: Val, kind: Any) -> Val:
    """The entry for the key, from the table of the person's place; no entry is bad."""
    tables = [amount for amount in table.amounts if isinstance(amount, Mapping)]
    if table.shape == "bands":
        at, missing = _banded(row, name, table, tables, key, kind)
    elif key.words is not None:
        at, missing = _by_word(row, name, table, tables, key, kind)
    else:
        at, missing = _by_number(row, name, table, tables, key, kind)
    form = row.form
    return Val(at, kind_of(kind), key.unknown, form.either(key.bad, form.without(missing, key.unknown)))


def _banded(
    row: Where, name: str, table: Resolved, tables: Sequence[Mapping[str, int]], key: Val, kind: Any
) -> tuple[str, Mask]:
    """How many thresholds the key reaches tells which amount it is; shorter tables repeat their last."""
    form, most = row.form, max(map(len, tables))
    if most > BANDS:
        raise Unfit(name)
    limits = [sorted(int(threshold) for threshold in one) for one in tables]
    amounts = [[0, *(one[str(end)] for end in ends)] for one, ends in zip(tables, limits, strict=True)]
    widest = max(abs(ends[end]) for ends in limits for end in (0, -1))
    width = WIDE if key.type == WIDE or widest >= 2**31 else NARROW
    rows = np.array([ends + ends[-1:] * (most - len(ends)) for ends in limits], np.int64)
    same = bool((rows == rows[0]).all())
    at, reached = form.cast(key, width), "0"
    ends_of = None if same else row.inputs.array(f"{name}, from", _by_place(rows, table, np.int32 if width == NARROW else np.int64))
    for band in range(most):
        if ends_of is None:
            end = row.inputs.number(f"{name}, from {band}", int(rows[0, band]), width).at
        else:
            end = form.load(width, ends_of, _cell(row, most, str(band)), NARROW)
        here = form.op(f"icmp sge {width} {at}, {end}")
        reached = form.op(f"add i32 {reached}, {form.op(f'zext i1 {here} to i32')}")
    padded = np.array([given + given[-1:] * (most + 1 - len(given)) for given in amounts], kind)
    array = row.inputs.array(f"{name}, amounts", _by_place(padded, table, kind))
    cell = reached if table.by_place is None else _cell(row, most + 1, reached)
    return form.load(kind_of(kind), array, cell, NARROW), form.op(f"icmp eq i32 {reached}, 0")


def _by_number(
    row: Where, name: str, table: Resolved, tables: Sequence[Mapping[str, int]], key: Val, kind: Any
) -> tuple[str, Mask]:
    """An array from the least to the greatest key, and another that tells which of them have an entry."""
    form = row.form
    found = [{value: one[text] for text in one if (value := number_of(text)) is not None and text == str(value)} for one in tables]
    keys = {value for one in found for value in one}
    if not keys:
        return "0", "true"
    least, length = min(keys), max(keys) - min(keys) + 1
    if length > SPAN:
        raise Unfit(name)
    entries, there = np.zeros((len(found), length), kind), np.zeros((len(found), length), bool)
    for line, one in enumerate(found):
        spots = np.array([*one], np.int64) - least
        entries[line, spots], there[line, spots] = [*one.values()], True
    width = WIDE if key.type == WIDE or max(abs(least), abs(least + length)) >= 2**30 else NARROW
    first, most = (row.inputs.number(f"{name}, {part}", value, width) for part, value in (("least", least), ("length", length)))
    spot = form.op(f"sub {width} {form.cast(key, width)}, {first.at}")
    outside = form.op(f"icmp uge {width} {spot}, {most.at}")
    spot = form.cast(Val(form.pick(outside, width, "0", spot), width), NARROW)
    return _entry(row, name, table, entries, there, spot, outside, kind)


def _by_word(
    row: Where, name: str, table: Resolved, tables: Sequence[Mapping[str, int]], key: Val, kind: Any
) -> tuple[str, Mask]:
    """Amounts in the order of the column's words."""
    words = key.words or ("",)
    entries = np.array([[one.get(word, 0) for word in words] for one in tables], kind)
    there = np.array([[word in one for word in words] for one in tables], bool)
    label = f"{name} by {words}"
    spot = "0" if key.type == "text" else row.spot(f"{name}, {key.at}", key.at, len(words))
    return _entry(row, label, table, entries, there, spot, None, kind)


def _entry(
    row: Where, name: str, table: Resolved, entries: Array, there: Array, spot: str, outside: Mask, kind: Any
) -> tuple[str, Mask]:
    form = row.form
    cell = spot if table.by_place is None else _cell(row, entries.shape[1], spot)
    array = row.inputs.array(f"{name}, amounts", _by_place(entries, table, kind))
    at = form.load(kind_of(kind), array, cell, NARROW)
    if there.all():
        return at, outside
    marks = row.inputs.array(f"{name}, there", _by_place(there, table, bool))
    return at, form.either(outside, form.never(form.flag(marks, cell, NARROW)))


def _by_place(rows: Array, table: Resolved, kind: Any) -> Array:
    """A row for each place, one after another."""
    placed = rows if table.by_place is None else rows.take(table.by_place, axis=0)
    return placed.astype(kind).ravel()


def _cell(row: Where, length: int, spot: str) -> str:
    """The entry in the row of the person's place."""
    most = row.inputs.number(f"row of {length}", length)
    start = row.form.op(f"mul i32 {row.place()}, {most.at}")
    return row.form.op(f"add i32 {start}, {spot}")
