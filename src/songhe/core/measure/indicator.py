"""The definition of one indicator, read from a data file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from songhe.core.measure.figure import Figure
from songhe.core.measure.period import KINDS

SHOWS = ("count", "share", "mean")
UNITS = ("number", "minute", "fen", "bed", "person", "visit", "call", "facility", "meal", "point")
_KNOWN = {
    "code", "en", "zh", "numerator", "denominator", "show", "unit", "period", "kind", "direction",
    "roll_up", "hide_below", "source", "note",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Indicator:
    """What is counted (numerator), over what (denominator), how often and how it is shown.

    ``show`` is count (numerator alone), share (basis points) or mean (units per one of the
    denominator). ``kind`` is flow (what happened in the period: only a period that is over can be judged) or stock
    (what there is at its end). ``direction`` says which way is better: up, down or none. ``roll_up`` is sum
    (a region is the sum of its parts) or own (each region is measured by itself). ``note`` is shown with the figure: what
    one who reads it must know, such as what of the past is not kept.
    """

    code: str
    en: str
    zh: str
    numerator: Mapping[str, str]
    denominator: Mapping[str, str] | None = None
    show: str = "count"
    unit: str = "number"
    period: str = "month"
    kind: str = "flow"
    direction: str = "up"
    roll_up: str = "sum"
    hide_below: int = 0
    source: str = ""
    note: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        for field, allowed in (
            ("show", SHOWS),
            ("unit", UNITS),
            ("period", tuple(KINDS)),
            ("kind", ("flow", "stock")),
            ("direction", ("up", "down", "none")),
            ("roll_up", ("sum", "own")),
        ):
            if getattr(self, field) not in allowed:
                raise ValueError(f"{self.code}: {field} is one of {', '.join(allowed)}")
        if not (self.code and self.en and self.zh):
            raise ValueError("an indicator has a code and a name in both languages")
        for part in filter(None, (self.numerator, self.denominator, self.note)):
            if not {"en", "zh"} <= set(part):
                raise ValueError(f"{self.code}: counts and notes are in both languages")
        if self.show != "count" and self.denominator is None:
            raise ValueError(f"{self.code}: a {self.show} needs a denominator")

    @classmethod
    def build(cls, data: Mapping[str, Any]) -> "Indicator":
        """Make one from a data file's mapping; an unknown key is an error, not a silence."""
        if unknown := set(data) - _KNOWN:
            raise ValueError(f"unknown keys in indicator: {', '.join(sorted(unknown))}")
        return cls(**data)

    def value(self, figure: Figure) -> int | None:
        """The single number to report: a count, basis points or a mean. None is unknown."""
        if self.show == "share":
            return figure.share
        return figure.mean if self.show == "mean" else figure.numerator
