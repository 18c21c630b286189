"""Writing LLVM's text: one instruction a line, each result under a name of its own.

A condition that never holds is None, so that nothing is written for what cannot be unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

BYTE, NARROW, WIDE, FLAG = "i8", "i32", "i64", "i1"
EXACT = 2**52
Mask = str | None


@dataclass(frozen=True, slots=True)
class Val:
    """A value of one row: where it stands (a name or a constant), its type, and when it is unknown or bad."""

    at: str
    type: str
    unknown: Mask = None
    bad: Mask = None
    words: tuple[str, ...] | None = None

    @property
    def is_sure(self) -> bool:
        """Whether it is known of everybody."""
        return self.unknown is None and self.bad is None


class Form:
    """The lines of one row's work."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def op(self, text: str) -> str:
        """Write an instruction; its result's name."""
        name = f"%v{len(self.lines)}"
        self.lines.append(f"{name} = {text}")
        return name

    def do(self, text: str) -> None:
        """Write an instruction without a result."""
        self.lines.append(text)

    def both(self, a: Mask, b: Mask) -> Mask:
        """And."""
        if a is None or b is None:
            return None
        return b if a == "true" else a if b == "true" else self.op(f"and i1 {a}, {b}")

    def either(self, a: Mask, b: Mask) -> Mask:
        """Or."""
        return b if a is None else a if b is None else self.op(f"or i1 {a}, {b}")

    def never(self, a: Mask) -> str:
        """Not."""
        return "true" if a is None else self.op(f"xor i1 {a}, true")

    def without(self, a: Mask, b: Mask) -> Mask:
        """The first but for the second."""
        return a if a is None or b is None else self.both(a, self.never(b))

    def switch(self, when: str, then: Mask, other: Mask) -> Mask:
        """One mask or another."""
        if then is None and other is None:
            return None
        return self.pick(when, FLAG, then or "false", other or "false")

    def joined(self, vals: Sequence[Val]) -> tuple[Mask, Mask]:
        """When one of several values is unknown or bad; bad goes before unknown."""
        unknown: Mask = None
        bad: Mask = None
        for val in vals:
            unknown, bad = self.either(unknown, val.unknown), self.either(bad, val.bad)
        return self.without(unknown, bad), bad

    def cast(self, val: Val, kind: str) -> str:
        """The value in another width."""
        if val.type == kind or not val.at.startswith("%"):
            return val.at
        return self.op(f"{'sext' if kind == WIDE else 'trunc'} {val.type} {val.at} to {kind}")

    def pick(self, when: str, kind: str, then: str, other: str) -> str:
        """One of two values."""
        return (
            then
            if when == "true" or then == other
            else self.op(f"select i1 {when}, {kind} {then}, {kind} {other}")
        )

    def load(self, kind: str, array: str, index: str, width: str) -> str:
        """An entry of an array."""
        at = self.op(f"getelementptr inbounds {kind}, ptr {array}, {width} {index}")
        return self.op(f"load {kind}, ptr {at}")

    def flag(self, array: str, index: str, width: str) -> str:
        """An entry of an array of yes and no."""
        return self.op(f"icmp ne i8 {self.load('i8', array, index, width)}, 0")

    def floor(self, a: str, b: str, kind: str, *, small: bool) -> tuple[str, str]:
        """a // b and a % b, as Python rounds them; b is not 0. ``small``: both lie within ``EXACT`` of 0."""
        whole = self.divided(a, b, kind) if small else self._divided(a, b, kind)
        rest = self.op(f"sub {kind} {a}, {self.op(f'mul {kind} {whole}, {b}')}")
        odd = self.op(f"icmp slt {kind} {self.op(f'xor {kind} {rest}, {b}')}, 0")
        odd = self.op(f"and i1 {odd}, {self.op(f'icmp ne {kind} {rest}, 0')}")
        return (
            self.op(f"add {kind} {whole}, {self.op(f'sext i1 {odd} to {kind}')}"),
            self.op(f"add {kind} {rest}, {self.pick(odd, kind, b, '0')}"),
        )

    def divided(self, a: str, b: str, kind: str) -> str:
        """a / b without its fraction, by dividing floating numbers: processors do eight of them at once.

        It is exact: where a lies within 2**52 of 0, the quotient is farther from the next whole number than the
        error of one division. Values that nobody looks at may be anything, and must not spread as no value at all.
        """
        if kind == NARROW and not b.startswith("%"):
            return self._divided(a, b, kind)
        over, under = (self.op(f"sitofp {kind} {x} to double") for x in (a, b))
        found = self.op(f"fptosi double {self.op(f'fdiv double {over}, {under}')} to {kind}")
        return self.op(f"freeze {kind} {found}")

    def _divided(self, a: str, b: str, kind: str) -> str:
        """Processors stop at the least number divided by -1, which only a value that nobody looks at can be."""
        if not b.startswith("%"):
            return self.op(f"sub {kind} 0, {a}" if b == "-1" else f"sdiv {kind} {a}, {b}")
        by = self.op(f"icmp eq {kind} {b}, -1")
        whole = self.op(f"sdiv {kind} {a}, {self.pick(by, kind, '1', b)}")
        return self.pick(by, kind, self.op(f"sub {kind} 0, {a}"), whole)


def number(value: int) -> Val:
    """A constant."""
    return Val(str(value), NARROW if -(2**31) <= value < 2**31 else WIDE)


def yes_no(value: bool) -> Val:
    """A constant."""
    return Val("true" if value else "false", FLAG)


def wider(a: str, b: str) -> str:
    """The type that holds both."""
    return WIDE if WIDE in (a, b) else a
