"""Months, quarters and years as values that can be compared, stepped and written down."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Self

KINDS = {"month": 12, "quarter": 4, "year": 1}
_TEXT = re.compile(r"(\d{4})(?:-(?:(\d{2})|Q([1-4])))?")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One month, quarter or year. ``number`` counts from 1 within the year."""

    kind: str
    year: int
    number: int = 1

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"a period is a month, quarter or year, not {self.kind!r}")
        if not 1 <= self.year <= 9998 or not 1 <= self.number <= KINDS[self.kind]:
            raise ValueError(f"no such {self.kind}: {self.year}/{self.number}")

    @classmethod
    def holding(cls, day: date, kind: str = "month") -> Self:
        """The period of this kind that ``day`` falls in."""
        if kind not in KINDS:
            raise ValueError(f"a period is a month, quarter or year, not {kind!r}")
        return cls(kind, day.year, (day.month - 1) * KINDS[kind] // 12 + 1)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``2026``, ``2026-Q4`` or ``2026-11``. Raises ValueError on anything else."""
        found = _TEXT.fullmatch(text)
        if not found:
            raise ValueError(f"not a period: {text!r}")
        year, month, quarter = found.groups()
        if month:
            return cls("month", int(year), int(month))
        return cls("quarter", int(year), int(quarter)) if quarter else cls("year", int(year))

    @property
    def start(self) -> date:
        """First day."""
        return date(self.year, (self.number - 1) * (12 // KINDS[self.kind]) + 1, 1)

    @property
    def end(self) -> date:
        """First day after the period."""
        return self.shift(1).start

    def shift(self, steps: int) -> "Period":
        """The period ``steps`` later (earlier when negative) of the same kind."""
        each = KINDS[self.kind]
        year, place = divmod(self.year * each + self.number - 1 + steps, each)
        return Period(self.kind, year, place + 1)

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    def __str__(self) -> str:
        if self.kind == "month":
            return f"{self.year:04d}-{self.number:02d}"
        return f"{self.year:04d}-Q{self.number}" if self.kind == "quarter" else f"{self.year:04d}"
