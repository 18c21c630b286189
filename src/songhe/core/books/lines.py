"""Lines and journals: values that cannot be built unbalanced."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

UNITS = ("fen", "minute", "point", "meal")
_LARGEST = 2**63 - 1


def whole(value: object) -> int:
    """Give back a whole number that fits a database bigint; refuse floats, bools and text.

    Raises TypeError for another type, OverflowError beyond 63 bits.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"an amount is a whole number, not {type(value).__name__}")
    if abs(value) > _LARGEST:
        raise OverflowError("an amount must fit 63 bits")
    return value


@dataclass(frozen=True, slots=True)
class Line:
    """One movement: ``amount`` whole units into (positive) or out of (negative) an account."""

    account: str
    unit: str
    amount: int

    def __post_init__(self) -> None:
        if not self.account:
            raise ValueError("a line names its account")
        if self.unit not in UNITS:
            raise ValueError(f"unknown unit {self.unit!r}; units are {', '.join(UNITS)}")
        if whole(self.amount) == 0:
            raise ValueError("a line moves something")


@dataclass(frozen=True, slots=True)
class Journal:
    """Lines posted together. Each unit balances on its own; at least two lines."""

    lines: tuple[Line, ...]

    def __post_init__(self) -> None:
        if len(self.lines) < 2:
            raise ValueError("a journal has at least two lines")
        units: dict[str, str] = {}
        for line in self.lines:
            if units.setdefault(line.account, line.unit) != line.unit:
                raise ValueError(f"account {line.account} holds one unit only")
        if open_units := {unit: total for unit, total in self.totals().items() if total}:
            raise ValueError(f"journal does not balance: {open_units}")

    def totals(self) -> dict[str, int]:
        """Sum of all lines per unit; zero everywhere in a journal that was built."""
        return _sums((line.unit, line.amount) for line in self.lines)

    def changes(self) -> dict[str, int]:
        """Net change per account; an account whose lines cancel shows 0."""
        return _sums((line.account, line.amount) for line in self.lines)

    def reversed(self) -> "Journal":
        """The journal that undoes this one; entries are never edited, only answered."""
        return Journal(tuple(Line(line.account, line.unit, -line.amount) for line in self.lines))

    def digest(self) -> bytes:
        """SHA-256 over the lines in any order: the same movement has the same digest."""
        body = sorted(f"{line.account}\x1f{line.unit}\x1f{line.amount}" for line in self.lines)
        return hashlib.sha256("\x1e".join(body).encode()).digest()


def transfer(source: str, target: str, *, unit: str, amount: int) -> tuple[Line, Line]:
    """Two lines that carry a positive ``amount`` from one account to another."""
    if whole(amount) <= 0:
        raise ValueError("a transfer carries a positive amount")
    if source == target:
        raise ValueError("a transfer needs two accounts")
    return Line(source, unit, -amount), Line(target, unit, amount)


def priced(minutes: int, fen_per_hour: int) -> int:
    """Fen due for ``minutes`` at an hourly price, to the nearest fen, half up."""
    if whole(minutes) < 0 or whole(fen_per_hour) < 0:
        raise ValueError("minutes and price are not negative")
    return (2 * minutes * fen_per_hour + 60) // 120


def _sums(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for key, amount in pairs:
        total[key] += amount
    return dict(total)
