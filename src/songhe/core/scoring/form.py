"""What a scored form is made of. Everything is frozen; ``build`` makes it out of data and checks it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from songhe.core.labels import Label
from songhe.core.scoring.condition import Condition
from songhe.core.scoring.question import Dimension, Field, Item

About = Literal["person", "household", "facility"]
Way = Literal["total", "thresholds", "table", "rules"]
Best = Literal["lowest", "highest"]


@dataclass(frozen=True, slots=True)
class Uncertain:
    """A place where the source itself is in doubt, carried along so that a reader sees it."""

    where: str
    note: Label
    label: Label | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number that a city sets, such as a line of income."""

    code: str
    label: Label
    value: int
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Needs:
    """The least that a level asks for: points, percent of all points, percent of the points of every part."""

    total: int = 0
    percent: int = 0
    part_percent: int = 0

    @property
    def is_nothing(self) -> bool:
        """Whether everybody fulfils it."""
        return not (self.total or self.percent or self.part_percent)


@dataclass(frozen=True, slots=True)
class Band:
    """A level, and what leads to it: totals with both ends included, or needs, or the form's combination."""

    level: int
    label: Label
    low: int = 0
    high: int = 0
    needs: Needs = Needs()
    valid_months: int | None = None


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A rule that moves the level after scoring.

    ``set_level`` lets the level be no better than this one; ``raise_by`` makes it worse by so many.
    """

    code: str
    label: Label
    when: Condition
    set_level: int | None = None
    raise_by: int = 0


@dataclass(frozen=True, slots=True)
class Axis:
    """One side of a table: the grade of a dimension, or the worst or best of several."""

    what: Literal["grade", "worst_of", "best_of"]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Levels by the grade of the row and of the column."""

    rows: Axis
    columns: Axis
    cells: tuple[tuple[int, int, int], ...]
    """Row grade, column grade, level."""

    def level(self, row: int, column: int) -> int:
        """The level of one cell."""
        return next(level for r, c, level in self.cells if (r, c) == (row, column))


@dataclass(frozen=True, slots=True)
class LevelRule:
    """One row of a list of which the first that holds decides; without a condition it takes what is left."""

    label: Label
    level: int
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    """Another form whose result has to be one of these levels before this one may begin."""

    form: str
    levels: frozenset[int]


@dataclass(frozen=True, slots=True)
class Trigger:
    """An event after which to assess again; with a condition it concerns only those for whom that holds."""

    code: str
    label: Label
    when: Condition | None = None


@dataclass(frozen=True)
class Form:
    """A scored form of one version, and how its level is found (``way``).

    ``total``: the sum of all points falls in a band. ``thresholds``: the best level whose needs are fulfilled.
    ``table`` and ``rules``: the grades of the dimensions are combined, and there is no total.
    """

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
    way: Way = "total"
    about: About = "person"
    best: Best = "lowest"
    table: Table | None = None
    rules: tuple[LevelRule, ...] = ()
    gate: Gate | None = None
    triggers: tuple[Trigger, ...] = ()
    parameters: tuple[Parameter, ...] = ()

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """All scored questions in order."""
        return tuple(item for dimension in self.dimensions for item in dimension.items)

    @cached_property
    def _items(self) -> Mapping[str, Item]:
        return {item.code: item for item in self.items}

    @cached_property
    def _fields(self) -> Mapping[str, Field]:
        return {field.code: field for field in self.fields}

    @property
    def adds_up(self) -> bool:
        """Whether the points of all dimensions make one total."""
        return self.way in ("total", "thresholds")

    @property
    def worst_first(self) -> tuple[Band, ...]:
        """The levels from the worst to the best."""
        return tuple(
            sorted(self.bands, key=lambda band: band.level if self.best == "highest" else -band.level)
        )

    def band(self, total: int) -> Band:
        """The band a total falls in."""
        return next(band for band in self.bands if band.low <= total <= band.high)

    def level(self, level: int) -> Band:
        """The band of a level."""
        return next(band for band in self.bands if band.level == level)

    def months_of(self, level: int) -> int:
        """For how many months a result of this level holds."""
        own = self.level(level).valid_months
        return self.valid_months if own is None else own

    def dimension(self, code: str) -> Dimension | None:
        """The dimension with this code."""
        return next((dimension for dimension in self.dimensions if dimension.code == code), None)

    def field(self, code: str) -> Field | None:
        """The unscored question with this code."""
        return self._fields.get(code)

    def item(self, code: str) -> Item | None:
        """The scored question with this code."""
        return self._items.get(code)

    @property
    def conditions(self) -> Iterator[Condition]:
        """Every condition that decides on the level."""
        yield from (rule.when for rule in self.adjustments)
        yield from (rule.when for rule in self.rules if rule.when)
        yield from (grade.when for dim in self.dimensions for grade in dim.grades if grade.when)

    @cached_property
    def deciding(self) -> frozenset[str]:
        """Unscored questions that the result depends on, so that they must be answered."""
        read = {name for condition in self.conditions for name in condition.questions}
        read |= {item.per for item in self.items if item.per}
        return frozenset(field.code for field in self.fields if field.code in read)
