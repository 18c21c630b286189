"""What marking a form yields."""

from __future__ import annotations

from dataclasses import dataclass

from songhe.core.decision import Reason
from songhe.core.labels import Label
from songhe.core.scoring.form import Trigger
from songhe.core.scoring.question import Grade


@dataclass(frozen=True, slots=True)
class ItemScore:
    """An answered item. One that does not apply scores 0 out of 0."""

    code: str
    label: Label
    choice: Label
    key: str
    score: int
    top: int


@dataclass(frozen=True, slots=True)
class DimensionTotal:
    """A dimension's points so far; ``total`` is None while an item is open.

    ``top`` is what can be reached, without items that do not apply. ``grade`` is None on forms without grades and
    while an item is open.
    """

    code: str
    label: Label
    so_far: int
    top: int
    open: int
    grade: Grade | None = None

    @property
    def total(self) -> int | None:
        """The total, once every item is answered."""
        return None if self.open else self.so_far

    @property
    def percent(self) -> int | None:
        """The whole percent reached, once every item is answered; None when nothing of it applies."""
        return None if self.open or not self.top else self.so_far * 100 // self.top


@dataclass(frozen=True, slots=True)
class Applied:
    """An adjustment that held, and the level before and after it."""

    code: str
    label: Label
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of a form. While something is missing, total and levels are None: pending, not zero.

    ``total`` stays None on forms that combine grades. ``reasons`` tell in order how the level came about, or what
    is missing; ``failed`` are the critical items that were not met; ``triggers`` the events after which to assess
    again.
    """

    items: tuple[ItemScore, ...]
    dimensions: tuple[DimensionTotal, ...]
    so_far: int
    total: int | None
    initial: int | None
    applied: tuple[Applied, ...]
    level: int | None
    missing: tuple[str, ...]
    reasons: tuple[Reason, ...] = ()
    failed: tuple[str, ...] = ()
    triggers: tuple[Trigger, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing
