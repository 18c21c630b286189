"""What a scored form is made of. Everything is frozen and checked when it is made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from songhe.core.labels import Label

FieldKind = Literal["one", "many", "count", "yes_no", "text", "date"]
Answer = str | int | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Uncertain:
    """A place where the source itself is in doubt, carried along so that a reader sees it."""

    where: str
    note: Label


@dataclass(frozen=True, slots=True)
class Option:
    """One choice. Two options may score the same and still be told apart by ``key``."""

    key: str
    score: int
    label: Label


@dataclass(frozen=True, slots=True)
class Item:
    """One scored question."""

    code: str
    label: Label
    options: tuple[Option, ...]

    def __post_init__(self) -> None:
        keys = [option.key for option in self.options]
        if len(keys) < 2 or len(set(keys)) != len(keys):
            raise ValueError(f"{self.code}: at least two options with different keys are needed.")
        if min(option.score for option in self.options) != 0:
            raise ValueError(f"{self.code}: the lowest option must score 0.")

    @property
    def top(self) -> int:
        """The highest score."""
        return max(option.score for option in self.options)

    def option(self, key: str) -> Option | None:
        """The option with this key."""
        return next((option for option in self.options if option.key == key), None)


@dataclass(frozen=True, slots=True)
class Dimension:
    """Items that are added up together."""

    code: str
    label: Label
    items: tuple[Item, ...]

    @property
    def top(self) -> int:
        """The highest total."""
        return sum(item.top for item in self.items)


@dataclass(frozen=True, slots=True)
class Band:
    """A level and the totals that lead to it, both ends included."""

    level: int
    label: Label
    low: int
    high: int


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


@dataclass(frozen=True, slots=True)
class Condition:
    """When an adjustment holds: an item's option, a field's choice, or events added up."""

    item: str = ""
    fields: tuple[str, ...] = ()
    keys: frozenset[str] = frozenset()
    at_least: int = 0


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A rule that moves the level after scoring. Either it sets a level or it raises by some."""

    code: str
    label: Label
    when: Condition
    set_level: int | None = None
    raise_by: int = 0


@dataclass(frozen=True, slots=True)
class Form:
    """A scored form of one version. Bands cover 0..total without gap; a higher total is a lower level."""

    code: str
    label: Label
    in_force: date
    total: int
    valid_months: int
    dimensions: tuple[Dimension, ...]
    bands: tuple[Band, ...]
    fields: tuple[Field, ...]
    groups: tuple[tuple[str, Label], ...]
    adjustments: tuple[Adjustment, ...]
    cap: int
    raise_at_most: int
    uncertain: tuple[Uncertain, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        """All scored questions in order."""
        return tuple(item for dimension in self.dimensions for item in dimension.items)

    def band(self, total: int) -> Band:
        """The band a total falls in."""
        return next(band for band in self.bands if band.low <= total <= band.high)

    def level(self, level: int) -> Band:
        """The band of a level."""
        return next(band for band in self.bands if band.level == level)

    def field(self, code: str) -> Field | None:
        """The unscored question with this code."""
        return next((field for field in self.fields if field.code == code), None)

    def item(self, code: str) -> Item | None:
        """The scored question with this code."""
        return next((item for item in self.items if item.code == code), None)

    @property
    def deciding(self) -> frozenset[str]:
        """Unscored questions that an adjustment reads, so that they must be answered."""
        return frozenset(code for rule in self.adjustments for code in rule.when.fields)
