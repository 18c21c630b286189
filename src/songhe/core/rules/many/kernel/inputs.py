"""What the kernel is handed: arrays by their address, and single numbers, which may change without a new kernel."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np

from songhe.core.rules.many.columns import Array
from songhe.core.rules.many.kernel.form import NARROW, WIDE, Form, Val

TYPES = {
    "bool": "i8",
    "int8": "i8",
    "int16": "i16",
    "int32": "i32",
    "int64": "i64",
    "uint8": "i8",
    "uint16": "i16",
}


class Unfit(Exception):
    """Something that the kernel is not written for; the other evaluator is."""


class Inputs:
    """Arrays in the order in which they were asked for, each under the name it has in the text."""

    def __init__(self) -> None:
        self.arrays: list[Array] = []
        self.numbers: list[int] = []
        self.entry = Form()
        self._names: dict[Hashable, str] = {}
        self._scalars: dict[tuple[Hashable, str], str] = {}

    def array(self, key: Hashable, values: Any) -> str:
        """The name of an array; ``key`` tells which one it is, and each width of it is one of its own."""
        made = np.require(values, requirements=["C", "A"])
        known = (key, type_of(made))
        if known not in self._names:
            if made.ndim != 1:
                raise Unfit(str(key))
            self._names[known] = f"%a{len(self.arrays)}"
            self.arrays.append(made)
        return self._names[known]

    def column(self, key: Hashable, values: Array, size: int) -> str:
        """The name of an array with an entry for everybody."""
        if len(values) != size:
            raise Unfit(str(key))
        return self.array(key, values)

    def number(self, key: Hashable, value: int, kind: str = NARROW) -> Val:
        """A number that is everybody's but no constant of the text."""
        if (key, kind) not in self._scalars:
            place = len(self.numbers)
            self.numbers.append(value)
            at = f"%s{place}"
            self.entry.do(f"{at}.p = getelementptr inbounds i64, ptr %numbers, i64 {place}")
            self.entry.do(f"{at}.w = load i64, ptr {at}.p")
            self.entry.do(
                f"{at} = " + (f"trunc i64 {at}.w to i32" if kind == NARROW else f"add i64 {at}.w, 0")
            )
            self._scalars[key, kind] = at
        return Val(self._scalars[key, kind], kind)


def type_of(values: Array) -> str:
    """LLVM's name of an array's type."""
    if values.dtype.name not in TYPES or not values.dtype.isnative:
        raise Unfit(values.dtype.name)
    return TYPES[values.dtype.name]


def kind_of(kind: Any) -> str:
    """LLVM's name of a width."""
    return WIDE if kind is np.int64 else NARROW
