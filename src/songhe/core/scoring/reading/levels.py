"""Reading how a form finds its level: levels, combination, adjustments, the gate before it and what comes after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast, get_args

from songhe.core.scoring.condition import Condition
from songhe.core.scoring.form import (
    Adjustment,
    Axis,
    Band,
    Best,
    Gate,
    LevelRule,
    Needs,
    Table,
    Trigger,
    Way,
)
from songhe.core.scoring.question import Dimension
from songhe.core.scoring.reading.bands import Range, check_bands
from songhe.core.scoring.reading.conditions import Names, read_condition
from songhe.core.scoring.reading.node import Node
from songhe.core.scoring.reading.reach import check_list, totals
from songhe.core.scoring.reading.thresholds import check_needs

_NEEDS = ("min_total", "min_percent", "min_part_percent")


@dataclass(frozen=True, slots=True)
class Levels:
    """The levels of a form and how they are found."""

    way: Way
    best: Best
    bands: tuple[Band, ...]
    table: Table | None = None
    rules: tuple[LevelRule, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    cap: int = 0
    raise_at_most: int = 0

    @property
    def numbers(self) -> frozenset[int]:
        """Every level."""
        return frozenset(band.level for band in self.bands)


def read_levels(form: Node, dimensions: tuple[Dimension, ...], names: Names) -> Levels:
    """The whole of it, checked."""
    best = cast("Best", form.one_of("best", get_args(Best), "lowest"))
    rows = form.rows("levels")
    way = _way(form, rows)
    read = _Reader(form, rows, dimensions, names, way, best)
    bands = tuple(read.band(row) for row in rows)
    made = Levels(way, best, bands)
    read.check_kinds()
    if way == "total":
        read.check_totals(bands)
    elif way == "thresholds":
        check_needs(form, rows, bands, dimensions, best=best)
    table = read.table(made) if way == "table" else None
    rules = read.rules(made) if way == "rules" else ()
    adjustments = read.adjustments(made)
    return _with_adjustments(form, Levels(way, best, bands, table, rules, adjustments), rows)


def read_gate(form: Node) -> Gate | None:
    """The form that comes before, or None."""
    if not form.has("gate"):
        return None
    node = form.part("gate")
    node.only("form", "levels")
    return Gate(node.text("form"), frozenset(node.numbers("levels")))


def read_triggers(form: Node, names: Names) -> tuple[Trigger, ...]:
    """The events after which to assess again."""
    made: list[Trigger] = []
    for row in form.rows("reassess") if form.has("reassess") else ():
        row.only("code", "en", "zh", "when")
        code = row.text("code")
        when = read_condition(row.part("when"), names) if row.has("when") else None
        made.append(Trigger(code, row.label(), when))
    return tuple(made)


def _way(form: Node, rows: Sequence[Node]) -> Way:
    if form.has("combine"):
        return "table" if "table" in form.part("combine").data else "rules"
    if any(row.has("max") for row in rows):
        return "total"
    if any(row.has(key) for row in rows for key in _NEEDS):
        return "thresholds"
    raise form.fault(
        f"say how a level is found: min and max of points, {', '.join(_NEEDS)}, or combine.", "levels"
    )


def _with_adjustments(form: Node, made: Levels, rows: Sequence[Node]) -> Levels:
    """The cap and the sum of raises, and whether every level can come about."""
    worst = max(made.numbers) if made.best == "lowest" else min(made.numbers)
    cap, raise_at_most = worst, 0
    if form.has("adjustments"):
        node = form.part("adjustments")
        node.only("cap", "raise_at_most", "rules")
        raises = any(rule.raise_by for rule in made.adjustments)
        cap = node.whole("cap", None if raises else worst)
        raise_at_most = node.whole("raise_at_most", None if raises else 0)
        if cap not in made.numbers:
            raise node.fault(f"cap {cap} is not a level.", "cap")
        if raises and made.best == "highest":
            raise node.fault("raise makes a level worse by rising; where the highest is best, use set_level.")
        if raises and len(made.numbers) <= max(made.numbers) - min(made.numbers):
            raise node.fault("raise counts levels one by one; number them without a gap.")
    full = Levels(
        made.way, made.best, made.bands, made.table, made.rules, made.adjustments, cap, raise_at_most
    )
    for row, band in zip(rows, made.bands, strict=True):
        if band.level not in _reachable(full):
            raise row.fault(f"no answers lead to level {band.level}; mend the combination or drop the level.")
    return full


def _reachable(made: Levels) -> frozenset[int]:
    if made.table is not None:
        found = {level for _, _, level in made.table.cells}
    elif made.rules:
        found = {rule.level for rule in made.rules}
    else:
        return made.numbers
    found |= {rule.set_level for rule in made.adjustments if rule.set_level is not None}
    if any(rule.raise_by for rule in made.adjustments):
        steps = range(made.raise_at_most + 1)
        found |= {min(level + step, max(made.cap, level)) for level in found for step in steps}
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class _Reader:
    form: Node
    rows: Sequence[Node]
    dimensions: tuple[Dimension, ...]
    names: Names
    way: Way
    best: Best

    def band(self, row: Node) -> Band:
        """One level."""
        own = {"total": ("min", "max"), "thresholds": _NEEDS}.get(self.way, ())
        row.only("level", "en", "zh", "valid_months", *own)
        level = row.whole("level")
        row = row.named(f"level {level}")
        low, high = (row.whole("min"), row.whole("max")) if self.way == "total" else (0, 0)
        needs = Needs(*(row.whole(key, 0) for key in _NEEDS))
        months = row.least("valid_months", 1) if row.has("valid_months") else None
        return Band(level, row.label(), low, high, needs, months)

    def check_kinds(self) -> None:
        """Levels once each; what is critical or may not apply only where percents and needs are compared."""
        numbers = [row.whole("level") for row in self.rows]
        for row, number in zip(self.rows, numbers, strict=True):
            if numbers.count(number) > 1:
                raise row.fault(f"level {number} is given twice.")
        directions = {dimension.better for dimension in self.dimensions}
        if self.way in ("total", "thresholds") and len(directions) > 1:
            raise self.form.fault(
                "dimensions of which some are better high and some low cannot be added up; give them grades "
                "and combine the grades.",
                "dimensions",
            )
        for dimension in self.dimensions:
            for item in dimension.items:
                if self.way != "thresholds" and (item.critical or not item.is_counted):
                    raise self.form.fault(
                        f"{item.code}: critical items and options that do not count need levels by "
                        f"{' or '.join(_NEEDS[1:])}.",
                        "levels",
                    )

    def check_totals(self, bands: tuple[Band, ...]) -> None:
        """Every reachable total in exactly one band."""
        ranges = [
            Range(band.level, band.low, band.high, row.named(f"level {band.level}"))
            for row, band in zip(self.rows, bands, strict=True)
        ]
        items = [item for dimension in self.dimensions for item in dimension.items]
        rises = (self.dimensions[0].better == "high") == (self.best == "highest")
        check_bands(self.form, "level", ranges, totals(items), rises=rises)

    def table(self, levels: Levels) -> Table:
        """Levels by row and column, every cell filled."""
        node = self.form.part("combine")
        node.only("rows", "columns", "table")
        rows, columns = self._axis(node, "rows"), self._axis(node, "columns")
        if set(rows.names) & set(columns.names):
            raise node.fault("a dimension stands either in the rows or in the columns.")
        across, down = self._grades(columns), self._grades(rows)
        table = node.part("table")
        given = {str(key): key for key in table.data}
        for grade in down:
            if str(grade) not in given:
                raise table.fault(f"the row of grade {grade} is missing.")
        cells: list[tuple[int, int, int]] = []
        for word, key in given.items():
            if word not in {str(grade) for grade in down}:
                raise table.fault(f"there is no grade {word} of {', '.join(rows.names)}.", word)
            found = table.data[key]
            count = len(found) if isinstance(found, list) else 0
            if count != len(across):
                columns_ = ", ".join(map(str, across))
                raise table.fault(
                    f"row {word} has {count} levels, {len(across)} are needed: for the grades {columns_}.",
                    word,
                )
            for column, level in zip(across, found, strict=True):
                if type(level) is not int or level not in levels.numbers:
                    raise table.fault(f"row {word}, column {column}: {level} is not a level.", word)
                cells.append((int(word), column, level))
        return Table(rows, columns, tuple(cells))

    def _axis(self, node: Node, key: str) -> Axis:
        what: Literal["grade", "worst_of", "best_of"] = "grade"
        given = node.value(key)
        if isinstance(given, dict):
            inner = node.part(key)
            inner.only("worst_of", "best_of")
            what = "worst_of" if inner.has("worst_of") else "best_of"
            found = inner.words(what)
        else:
            found = (node.text(key),)
        for name in found:
            if not self.names.grades(name):
                raise node.fault(f"{name} is no dimension with grades.", key)
        return Axis(what, found)

    def _grades(self, axis: Axis) -> list[int]:
        return sorted({grade for name in axis.names for grade in self.names.grades(name)})

    def rules(self, levels: Levels) -> tuple[LevelRule, ...]:
        """Rows of which the first that holds decides, tried on every case."""
        node = self.form.part("combine")
        node.only("rules")
        made: list[LevelRule] = []
        listed: list[tuple[Node, Condition | None]] = []
        for row in node.rows("rules"):
            row.only("en", "zh", "level", "when")
            level = row.whole("level")
            if level not in levels.numbers:
                raise row.fault(f"{level} is not a level.", "level")
            when = read_condition(row.part("when"), self.names) if row.has("when") else None
            made.append(LevelRule(row.label(), level, when))
            listed.append((row, when))
        check_list(node, listed, self.names)
        return tuple(made)

    def adjustments(self, levels: Levels) -> tuple[Adjustment, ...]:
        """Rules that move the level."""
        if not self.form.has("adjustments"):
            return ()
        made: list[Adjustment] = []
        for given in self.form.part("adjustments").rows("rules"):
            given.only("code", "en", "zh", "when", "set_level", "raise")
            code = given.text("code")
            row = given.named(f"adjustment {code}")
            if code in {before.code for before in made}:
                raise row.fault("this code is given twice.")
            if row.has("set_level") == row.has("raise"):
                raise row.fault("give either set_level or raise.")
            when = read_condition(row.part("when").named(f"adjustment {code}"), self.names)
            set_level = row.whole("set_level") if row.has("set_level") else None
            if set_level is not None and set_level not in levels.numbers:
                raise row.fault(f"sets a level that does not exist: {set_level}.", "set_level")
            made.append(Adjustment(code, row.label(), when, set_level, row.whole("raise", 0)))
        return tuple(made)
