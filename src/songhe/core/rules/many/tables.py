"""Looking up tables and bands in columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from songhe.core.rules.many.columns import Array, Mask
from songhe.core.rules.many.operations import Col, Kind, cast, either
from songhe.core.rules.many.resolve import Resolved

FEW = 32
FAR = 2**30


def look_up(table: Resolved, key: Col, words: tuple[str, ...], place: Array, kind: Kind) -> Col:
    """The entry for each key, from the table of each person's place. ``words``: the texts that the keys stand for."""
    tables = [_mapping(amount) for amount in table.amounts]
    if table.by_place is None:
        values, missing = _entries(tables[0], table.shape, key, words, kind)
    elif table.shape == "bands" and len({frozenset(one) for one in tables}) == 1:
        values, missing = _banded(tables, key.value, table.by_place.take(place), kind)
    else:
        found = [_entries(one, table.shape, key, words, kind) for one in tables]
        which = table.by_place.take(place)
        values = np.choose(which, [np.broadcast_to(one, (len(place),)) for one, _missing in found])
        masks = [np.broadcast_to(False if none is None else none, (len(place),)) for _one, none in found]
        missing = np.choose(which, masks)
    if missing is not None:
        missing = np.broadcast_to(missing, (len(place),))
        missing = missing if key.unknown is None else missing & ~key.unknown
        missing = missing if missing.any() else None
    value = int(values) if np.ndim(values) == 0 else values
    return Col(value, key.unknown, either(key.bad, missing))


def _mapping(amount: int | Mapping[str, int]) -> Mapping[str, int]:
    assert isinstance(amount, Mapping)
    return amount


def _entries(
    table: Mapping[str, int], shape: str, key: Col, words: tuple[str, ...], kind: Kind
) -> tuple[Array, Mask | None]:
    if shape == "bands":
        return _bands(table, key.value, kind)
    if words or isinstance(key.value, str):
        return _by_word(table, key.value, words, kind)
    return _by_number(table, key.value, kind)


def _bands(table: Mapping[str, int], key: Array | int, kind: Kind) -> tuple[Array, Mask | None]:
    thresholds = sorted(int(name) for name in table)
    reached = _reached(thresholds, key)
    return _row(table, thresholds, kind).take(reached), reached == 0


def _banded(
    tables: Sequence[Mapping[str, int]], key: Array | int, which: Array, kind: Kind
) -> tuple[Array, Mask | None]:
    """Bands that begin at the same thresholds everywhere, as one table of places by bands."""
    thresholds = sorted(int(name) for name in tables[0])
    reached = _reached(thresholds, key)
    rows = np.concatenate([_row(one, thresholds, kind) for one in tables])
    return rows.take(which * (len(thresholds) + 1) + reached), reached == 0


def _reached(thresholds: Sequence[int], key: Array | int) -> Array:
    """How many thresholds each key reaches."""
    if len(thresholds) > FEW:
        return np.asarray(np.searchsorted(np.array(thresholds), key, side="right"))
    return np.asarray(sum(np.asarray(key >= threshold).view(np.int8) for threshold in thresholds))


def _row(table: Mapping[str, int], thresholds: Sequence[int], kind: Kind) -> Array:
    return np.array([0, *(table[str(threshold)] for threshold in thresholds)], kind)


def _by_word(
    table: Mapping[str, int], key: Array | str, words: tuple[str, ...], kind: Kind
) -> tuple[Array, Mask | None]:
    if isinstance(key, str):
        return np.asarray(table.get(key, 0), kind), np.asarray(key not in table)
    amounts = np.array([table.get(word, 0) for word in words] or [0], kind)
    missing = np.array([word not in table for word in words] or [False], bool)
    return amounts.take(key), missing.take(key) if missing.any() else None


def _by_number(table: Mapping[str, int], key: Array | int, kind: Kind) -> tuple[Array, Mask | None]:
    numbers = sorted(int(name) for name in table if name == str(number(name)))
    if not numbers:
        return np.zeros(np.shape(key), kind), np.ones(np.shape(key), bool)
    keys = np.array(numbers, np.int64)
    amounts = np.array([table[str(number)] for number in numbers], kind)
    if numbers == list(range(numbers[0], numbers[0] + len(numbers))):
        spot = np.asarray(cast(key, np.int64 if max(map(abs, numbers)) >= FAR else np.int32) - numbers[0])
        return amounts.take(spot, mode="clip"), (spot < 0) | (spot >= len(numbers))
    spot = np.searchsorted(keys, key).clip(0, len(keys) - 1)
    return amounts.take(spot), np.asarray(keys.take(spot) != key)


def number(name: str) -> int | None:
    try:
        return int(name)
    except ValueError:
        return None
