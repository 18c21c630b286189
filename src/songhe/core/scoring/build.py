"""A form out of plain data, refused with the place named when something does not add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import get_args

from songhe.core.scoring.form import (
    Adjustment,
    Band,
    Condition,
    Dimension,
    Field,
    FieldKind,
    Form,
    Item,
    Option,
    Uncertain,
)
from songhe.core.sources import Data, DataError, day, label, part, rows, text, whole


def build(data: Data) -> Form:
    """A form from a mapping as the data file holds it; DataError names what is wrong and where."""
    code = text(data, "code", "form")
    sets = {
        name: _options(given, f"option set {name}") for name, given in data.get("option_sets", {}).items()
    }
    dimensions = tuple(_dimension(row, sets) for row in rows(data, "dimensions", code))
    adjustments = data.get("adjustments") or {}
    groups = rows(data, "groups", code) if data.get("groups") else []
    form = Form(
        code=code,
        label=label(data.get("title"), f"{code}, title"),
        in_force=day(data, "in_force", code),
        total=whole(data, "total", code),
        valid_months=whole(data, "valid_months", code),
        dimensions=dimensions,
        bands=tuple(_band(row) for row in rows(data, "levels", code)),
        fields=tuple(_field(row, group["code"]) for group in groups for row in rows(group, "fields", code)),
        groups=tuple((group["code"], label(group, f"group {group['code']}")) for group in groups),
        adjustments=tuple(_adjustment(row) for row in adjustments.get("rules", [])),
        cap=whole(adjustments, "cap", code) if adjustments else 0,
        raise_at_most=whole(adjustments, "raise_at_most", code) if adjustments else 0,
        uncertain=tuple(_uncertain(data, code)),
    )
    _check(form)
    return form


def _options(given: Sequence[Data], where: str, *, scored: bool = True) -> tuple[Option, ...]:
    made = []
    for row in given:
        points = whole(row, "score", where) if scored else 0
        key = str(row.get("key", points if scored else ""))
        if not key:
            raise DataError(f"{where}: every option needs a key.")
        made.append(Option(key, points, label(row, f"{where}, option {key}")))
    return tuple(made)


def _dimension(row: Data, sets: Mapping[str, tuple[Option, ...]]) -> Dimension:
    code = text(row, "code", "dimension")
    dimension = Dimension(
        code, label(row, code), tuple(_item(item, sets) for item in rows(row, "items", code))
    )
    if dimension.top != whole(row, "max", code):
        raise DataError(f"{code}: the items add up to {dimension.top}, but max says {row['max']}.")
    return dimension


def _item(row: Data, sets: Mapping[str, tuple[Option, ...]]) -> Item:
    code = text(row, "code", "item")
    options = row.get("options")
    if isinstance(options, str):
        if options not in sets:
            raise DataError(f"{code}: there is no option set called {options}.")
        made = sets[options]
    else:
        made = _options(rows(row, "options", code), code)
    item = Item(code, label(row, code), made)
    if item.top != whole(row, "max", code):
        raise DataError(f"{code}: the best option scores {item.top}, but max says {row['max']}.")
    return item


def _band(row: Data) -> Band:
    level = whole(row, "level", "levels")
    where = f"level {level}"
    return Band(level, label(row, where), whole(row, "min", where), whole(row, "max", where))


def _field(row: Data, group: str) -> Field:
    code = text(row, "code", f"group {group}")
    kind: FieldKind = row.get("kind", "")
    if kind not in get_args(FieldKind):
        raise DataError(f"{code}: kind must be one of {', '.join(get_args(FieldKind))}.")
    chosen = _options(rows(row, "options", code), code, scored=False) if kind in ("one", "many") else ()
    high = whole(row, "high", code) if kind == "count" else 0
    return Field(code, group, label(row, code), kind, chosen, high, bool(row.get("required", False)))


def _adjustment(row: Data) -> Adjustment:
    code = text(row, "code", "adjustment")
    when = part(row, "when", code)
    condition = Condition(
        item=str(when.get("item", "")),
        fields=tuple(when.get("sum", ())) or ((str(when["field"]),) if "field" in when else ()),
        keys=frozenset(str(key) for key in when.get("has", ())),
        at_least=whole(when, "at_least", code) if "sum" in when else 0,
    )
    sets = "set_level" in row
    if sets == ("raise" in row):
        raise DataError(f"{code}: give either set_level or raise.")
    return Adjustment(
        code,
        label(row, code),
        condition,
        set_level=whole(row, "set_level", code) if sets else None,
        raise_by=0 if sets else whole(row, "raise", code),
    )


def _uncertain(data: object, where: str) -> list[Uncertain]:
    found: list[Uncertain] = []
    if isinstance(data, Mapping):
        here = str(data.get("code", where))
        if data.get("uncertain"):
            found.append(Uncertain(here, label(data["uncertain"], f"{here}, uncertain")))
        for key, value in data.items():
            found += _uncertain(value, here if key != "adjustments" else "adjustments")
    elif isinstance(data, list):
        for value in data:
            found += _uncertain(value, where)
    return found


def _check(form: Form) -> None:
    codes = [item.code for item in form.items] + [field.code for field in form.fields]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise DataError(f"{form.code}: used more than once: {', '.join(twice)}.")
    top = sum(dimension.top for dimension in form.dimensions)
    if top != form.total:
        raise DataError(f"{form.code}: the dimensions add up to {top}, but total says {form.total}.")
    _check_bands(form)
    for rule in form.adjustments:
        _check_rule(form, rule)


def _check_bands(form: Form) -> None:
    expected = form.total
    for band in sorted(form.bands, key=lambda band: band.level):
        if band.high != expected or band.low > band.high:
            raise DataError(f"{form.code}: level {band.level} must end at {expected} without gap or overlap.")
        expected = band.low - 1
    if expected != -1:
        raise DataError(f"{form.code}: the levels must reach down to a total of 0.")
    if form.adjustments and form.cap not in {band.level for band in form.bands}:
        raise DataError(f"{form.code}: cap {form.cap} is not a level.")


def _check_rule(form: Form, rule: Adjustment) -> None:
    when = rule.when
    item = form.item(when.item) if when.item else None
    fields = [form.field(code) for code in when.fields]
    if bool(when.item) == bool(when.fields) or (when.item and item is None) or None in fields:
        raise DataError(f"{form.code}: adjustment {rule.code} looks at a question that is not on the form.")
    known: set[str] = {option.key for option in item.options} if item else set()
    for field in fields:
        known |= {option.key for option in field.options} if field else set()
        if when.at_least and field and field.kind != "count":
            raise DataError(f"{form.code}: adjustment {rule.code} adds up {field.code}, which is no count.")
    if not when.at_least and (not when.keys or when.keys - known):
        raise DataError(f"{form.code}: adjustment {rule.code} asks for an option that does not exist.")
    if rule.set_level is not None and rule.set_level not in {band.level for band in form.bands}:
        raise DataError(f"{form.code}: adjustment {rule.code} sets a level that does not exist.")
