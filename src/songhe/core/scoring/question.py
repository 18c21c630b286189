"""What is asked on a form: scored items with their options, dimensions with their grades, and unscored fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from songhe.core.labels import Label
from songhe.core.scoring.condition import Condition

FieldKind = Literal["one", "many", "count", "yes_no", "text", "date"]
ItemKind = Literal["choice", "points", "measure"]
Better = Literal["high", "low"]
Answer = str | int | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One choice. Two options may score the same and still be told apart by ``key``.

    An option that does not count (not applicable) takes its item out of the points that can be reached. An option
    with ``up_to`` is chosen by a measured number; the last option of a measure takes whatever is larger.
    """

    key: str
    score: int
    label: Label
    counts: bool = True
    up_to: int | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One scored question: a choice, points that are given outright, or a measured number that falls in an option.

    ``unit`` is what a measure is counted in, so that a page can ask for yuan where the form counts fen.
    """

    code: str
    label: Label
    options: tuple[Option, ...]
    kind: ItemKind = "choice"
    high: int = 0
    per: str = ""
    critical: bool = False
    unit: str = ""

    def __post_init__(self) -> None:
        if self.kind == "points":
            if self.options or self.high < 1:
                raise ValueError(f"{self.code}: points go from 0 to the highest number, without options.")
            return
        keys = [option.key for option in self.options]
        if len(keys) < 2 or len(set(keys)) != len(keys):
            raise ValueError(f"{self.code}: at least two options with different keys are needed.")
        if min(self.scores) != 0:
            raise ValueError(f"{self.code}: the lowest option must score 0.")

    @property
    def scores(self) -> frozenset[int]:
        """Every score that counts."""
        if self.kind == "points":
            return frozenset(range(self.high + 1))
        return frozenset(option.score for option in self.options if option.counts)

    @property
    def top(self) -> int:
        """The highest score."""
        return self.high if self.kind == "points" else max(self.scores)

    @property
    def is_counted(self) -> bool:
        """Whether it counts whatever is answered."""
        return all(option.counts for option in self.options)

    def option(self, key: str) -> Option | None:
        """The option with this key."""
        return next((option for option in self.options if option.key == key), None)

    def measured(self, number: int, share: int = 1) -> Option:
        """The option that a measured number falls in when ``share`` people share it."""
        return next(
            option for option in self.options if option.up_to is None or number <= option.up_to * share
        )


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade of a dimension, by its points or by a condition on its items. Grade 0 is the best."""

    grade: int
    label: Label
    low: int = 0
    high: int = 0
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Dimension:
    """Items that belong together: added up, and graded where the form has grades.

    ``first_holds`` says that the grades are a list of conditions of which the first that holds decides.
    """

    code: str
    label: Label
    items: tuple[Item, ...]
    better: Better = "high"
    grades: tuple[Grade, ...] = ()
    first_holds: bool = False

    @property
    def top(self) -> int:
        """The highest total."""
        return sum(item.top for item in self.items)


@dataclass(frozen=True, slots=True)
class Field:
    """A question that gives no score: a count of events, a list of diagnoses."""

    code: str
    group: str
    label: Label
    kind: FieldKind
    options: tuple[Option, ...] = ()
    high: int = 0
    required: bool = False
    low: int = 0

    @property
    def keys(self) -> frozenset[str]:
        """What can be chosen."""
        return (
            frozenset(("yes", "no"))
            if self.kind == "yes_no"
            else frozenset(option.key for option in self.options)
        )
