"""From points and grades to the level, each way with its reasons."""

from __future__ import annotations

from dataclasses import dataclass

from songhe.core.decision import Reason
from songhe.core.labels import Label, Labels
from songhe.core.scoring.condition import Known, holds
from songhe.core.scoring.form import Axis, Band, Form
from songhe.core.scoring.result import DimensionTotal


@dataclass(frozen=True, slots=True)
class Found:
    """A level before adjustments, why, and the critical items that were not met."""

    level: int
    reasons: tuple[Reason, ...]
    failed: tuple[str, ...] = ()


def decide(form: Form, dimensions: tuple[DimensionTotal, ...], known: Known) -> Found:
    """The level of complete answers before adjustments."""
    if form.way == "table":
        return _by_table(form, known)
    if form.way == "rules":
        return _by_rules(form, known)
    if form.way == "thresholds":
        return _by_needs(form, dimensions, known)
    total = sum(part.so_far for part in dimensions)
    band = form.band(total)
    return Found(band.level, (_points(total, form.total, band),))


def _points(total: int, top: int, band: Band) -> Reason:
    values: dict[str, object] = {"points": total, "top": top, "level": band.label}
    return Reason("{points} of {top} points: {level}", values=values)


def _by_table(form: Form, known: Known) -> Found:
    assert form.table is not None
    row, column = _grade(form.table.rows, known), _grade(form.table.columns, known)
    level = form.table.level(row, column)
    values: dict[str, object] = {
        "rows": _names(form, form.table.rows),
        "row": row,
        "columns": _names(form, form.table.columns),
        "column": column,
        "level": form.level(level).label,
    }
    return Found(
        level,
        (Reason("Row: {rows}, grade {row}; column: {columns}, grade {column}: {level}", values=values),),
    )


def _grade(axis: Axis, known: Known) -> int:
    grades = [known.grades[name] for name in axis.names]
    return min(grades) if axis.what == "best_of" else max(grades)


def _names(form: Form, axis: Axis) -> Label:
    found = Labels(tuple(dim.label for name in axis.names if (dim := form.dimension(name)) is not None))
    en, zh = found.in_language("en"), found.in_language("zh")
    if axis.what == "grade":
        return Label(en, zh)
    if axis.what == "worst_of":
        return Label(f"the worst of {en}", f"{zh}中最差者")
    return Label(f"the best of {en}", f"{zh}中最好者")


def _by_rules(form: Form, known: Known) -> Found:
    rule = next(rule for rule in form.rules if rule.when is None or holds(rule.when, known))
    values: dict[str, object] = {"rule": rule.label, "level": form.level(rule.level).label}
    return Found(rule.level, (Reason("{rule}: {level}", values=values),))


def _by_needs(form: Form, dimensions: tuple[DimensionTotal, ...], known: Known) -> Found:
    """The best level whose needs are fulfilled; for the next better one, what it lacks."""
    levels = form.worst_first
    total, top = sum(part.so_far for part in dimensions), sum(part.top for part in dimensions)
    reached = levels[0]
    lacks: tuple[Reason, ...] = ()
    for band in levels:
        lacks = _lacks(band, dimensions, total, top)
        if lacks:
            break
        reached = band
    failed = tuple(item for item in form.items if item.critical and known.numbers.get(item.code) == 0)
    if failed:
        reached = levels[0]
        level = reached.label
        lacks = tuple(
            Reason("{item}: not met, so no better than {level}", values={"item": item.label, "level": level})
            for item in failed
        )
    return Found(reached.level, (_points(total, top, reached), *lacks), tuple(item.code for item in failed))


def _lacks(band: Band, dimensions: tuple[DimensionTotal, ...], total: int, top: int) -> tuple[Reason, ...]:
    needs = band.needs
    found: list[Reason] = []
    whole: dict[str, object] = {"level": band.label, "points": total, "top": top}
    if total < needs.total:
        said = whole | {"needed": needs.total}
        found.append(Reason("Not {level}: {points} points, {needed} are needed", values=said))
    if total * 100 < needs.percent * top:
        said = whole | {"needed": needs.percent}
        found.append(Reason("Not {level}: {points} of {top} points, {needed}% are needed", values=said))
    for part in dimensions:
        if part.so_far * 100 < needs.part_percent * part.top:
            said = {"level": band.label, "part": part.label, "points": part.so_far, "top": part.top}
            said["needed"] = needs.part_percent
            found.append(
                Reason("Not {level}: {part} has {points} of {top} points, {needed}% are needed", values=said)
            )
    return tuple(found)
