"""Reading what a form asks: option sets, fields, items and dimensions with their grades."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast, get_args

from songhe.core.scoring.condition import Condition
from songhe.core.scoring.form import Parameter
from songhe.core.scoring.question import (
    Better,
    Dimension,
    Field,
    FieldKind,
    Grade,
    Item,
    ItemKind,
    Option,
)
from songhe.core.scoring.reading.bands import Range, check_bands
from songhe.core.scoring.reading.conditions import Names, read_condition
from songhe.core.scoring.reading.node import Node
from songhe.core.scoring.reading.reach import check_list, totals


@dataclass
class Questions:
    """What has been read so far; later parts of the file refer to it."""

    parameters: tuple[Parameter, ...] = ()
    sets: dict[str, tuple[Option, ...]] = field(default_factory=dict)
    names: Names = field(default_factory=Names)

    def read(self, form: Node) -> None:
        """Read parameters, option sets and groups; dimensions follow, since their items refer to these."""
        if form.has("parameters"):
            self.parameters = tuple(self._parameter(row) for row in form.rows("parameters"))
        if form.has("option_sets"):
            given = form.part("option_sets")
            self.sets = {
                str(name): self._options(given.named(f"option set {name}"), str(name)) for name in given.data
            }

    def fields(self, form: Node) -> tuple[Field, ...]:
        """The unscored questions of all groups."""
        made = []
        for group in form.rows("groups") if form.has("groups") else ():
            group.only("code", "en", "zh", "fields")
            code = group.text("code")
            made += [self._field(row, code) for row in group.named(f"group {code}").rows("fields")]
        return tuple(made)

    def _field(self, row: Node, group: str) -> Field:
        row.only("code", "en", "zh", "kind", "options", "low", "high", "required")
        code = row.text("code")
        row = row.named(code)
        kind = cast("FieldKind", row.one_of("kind", get_args(FieldKind)))
        options = self._options(row, "options", scored=False) if kind in ("one", "many") else ()
        high = row.whole("high") if kind == "count" else 0
        low = row.whole("low", 0)
        if low > high:
            raise row.fault(f"low is {low}, which is more than high.", "low")
        made = Field(code, group, row.label(), kind, options, high, row.flag("required"), low)
        self.names.add_field(made, row)
        return made

    def dimension(self, row: Node) -> Dimension:
        """One dimension with its items and grades."""
        row.only("code", "en", "zh", "max", "better", "items", "grades")
        code = row.text("code")
        row = row.named(code)
        items = tuple(self._item(each) for each in row.rows("items"))
        better = cast("Better", row.one_of("better", get_args(Better), "high"))
        made = Dimension(code, row.label(), items, better)
        if made.top != row.whole("max", made.top):
            raise row.fault(f"the items add up to {made.top}, but max says {row.value('max')}.", "max")
        if row.has("grades"):
            listed = any("when" in each.data for each in row.rows("grades"))
            grades = self._listed(row, made) if listed else self._banded(row, made)
            made = Dimension(code, made.label, items, better, grades, first_holds=listed)
        self.names.add_dimension(made, row)
        return made

    def _item(self, row: Node) -> Item:
        row.only("code", "en", "zh", "max", "kind", "options", "high", "per", "unit", "critical")
        code = row.text("code")
        row = row.named(code)
        kind = cast("ItemKind", row.one_of("kind", get_args(ItemKind), "choice"))
        options = () if kind == "points" else self._item_options(row)
        high = row.least("max", 1) if kind == "points" else row.whole("high") if kind == "measure" else 0
        per = str(row.value("per") or "")
        _check_options(row, kind, options, high)
        unit = row.text("unit") if kind == "measure" else ""
        made = Item(code, row.label(), options, kind, high, per, row.flag("critical"), unit)
        if made.top != row.whole("max", made.top):
            raise row.fault(f"the best option scores {made.top}, but max says {row.value('max')}.", "max")
        self._check_share(row, made)
        self.names.add_item(made, row)
        return made

    def _check_share(self, row: Node, item: Item) -> None:
        shared = self.names.fields.get(item.per)
        if item.per and (
            item.kind != "measure" or shared is None or shared.kind != "count" or shared.low < 1
        ):
            raise row.fault(
                "per must name a count on the form that is 1 or more (low: 1), and stands with kind: measure.",
                "per",
            )

    def _item_options(self, row: Node) -> tuple[Option, ...]:
        named = row.value("options")
        if not isinstance(named, str):
            return self._options(row, "options")
        if named not in self.sets:
            raise row.fault(f"there is no option set called {named}.", "options")
        return self.sets[named]

    def _options(self, row: Node, key: str, *, scored: bool = True) -> tuple[Option, ...]:
        made: list[Option] = []
        for each in row.rows(key):
            each.only("key", "score", "en", "zh", "counts", "up_to")
            counts = each.flag("counts", default=True)
            points = each.whole("score", None if counts else 0) if scored else 0
            given = each.value("key") if each.has("key") else points if scored else ""
            if given == "" or isinstance(given, bool):
                raise each.fault("every option needs a key, and yes or no in quotation marks.", "key")
            option = each.named(f"{row.name}, option {given}")
            if str(given) in {before.key for before in made}:
                raise option.fault("this key is given twice; give one of the options another key.")
            made.append(Option(str(given), points, option.label(), counts, self._up_to(option)))
        return tuple(made)

    def _up_to(self, option: Node) -> int | None:
        given = option.value("up_to")
        if given is None or type(given) is int:
            return given
        for parameter in self.parameters:
            if parameter.code == given:
                return parameter.value
        raise option.fault(f"up_to must be a whole number or a parameter, not {given}.", "up_to")

    def _parameter(self, row: Node) -> Parameter:
        row.only("code", "en", "zh", "value", "unit")
        code = row.text("code")
        row = row.named(code)
        return Parameter(code, row.label(), row.whole("value"), row.text("unit"))

    def _banded(self, row: Node, dimension: Dimension) -> tuple[Grade, ...]:
        grades, ranges = [], []
        for given in row.rows("grades"):
            given.only("grade", "en", "zh", "min", "max")
            number = given.whole("grade")
            each = given.named(f"{dimension.code}, grade {number}")
            grades.append(Grade(number, each.label(), each.whole("min"), each.whole("max")))
            ranges.append(Range(number, grades[-1].low, grades[-1].high, each))
        check_bands(row, "grade", ranges, totals(dimension.items), rises=dimension.better == "low")
        return tuple(grades)

    def _listed(self, row: Node, dimension: Dimension) -> tuple[Grade, ...]:
        names = Names(items={item.code: item for item in dimension.items})
        grades = []
        conditions: list[tuple[Node, Condition | None]] = []
        for given in row.rows("grades"):
            given.only("grade", "en", "zh", "when")
            number = given.whole("grade")
            each = given.named(f"{dimension.code}, grade {number}")
            when = read_condition(each.part("when"), names) if each.has("when") else None
            grades.append(Grade(number, each.label(), when=when))
            conditions.append((each, when))
        check_list(row, conditions, names)
        return tuple(grades)


def _check_options(row: Node, kind: ItemKind, options: tuple[Option, ...], high: int) -> None:
    if kind == "points":
        return
    counted = [option.score for option in options if option.counts]
    if len(options) < 2 or not counted or min(counted) != 0:
        raise row.fault("at least two options are needed, and the lowest must score 0.", "options")
    limits = [option.up_to for option in options]
    if kind != "measure":
        if any(limit is not None for limit in limits):
            raise row.fault("up_to stands with kind: measure only.", "options")
        return
    known = [limit for limit in limits[:-1] if limit is not None]
    if (
        limits[-1] is not None
        or len(known) < len(limits) - 1
        or known != sorted(set(known))
        or not all(option.counts for option in options)
    ):
        raise row.fault(
            "every option but the last needs an up_to, each larger than the one before.", "options"
        )
    if not row.has("per") and known[-1] >= high:
        raise row.fault(f"no number up to high ({high}) reaches the last option.", "high")
