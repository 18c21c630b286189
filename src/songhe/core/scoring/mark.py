"""Marking: what the answers add up to, which level that is, why, and why it was moved."""

from __future__ import annotations

from songhe.core.decision import Reason
from songhe.core.labels import Label, Labels
from songhe.core.scoring.answers import Answers, chosen_keys, counts, problems
from songhe.core.scoring.condition import Known, holds
from songhe.core.scoring.decide import decide
from songhe.core.scoring.form import Form
from songhe.core.scoring.question import Answer, Dimension, Grade, Item
from songhe.core.scoring.result import Applied, DimensionTotal, ItemScore, Result


def score(form: Form, answers: Answers) -> Result:
    """Mark the answers. Wrong answers raise ValueError: ask ``problems`` first."""
    wrong = problems(form, answers)
    if wrong:
        raise ValueError("; ".join(f"{code}: {wrong[code]}" for code in sorted(wrong)))
    items = tuple(made for item in form.items if (made := _item(item, answers)) is not None)
    known = _known(form, answers, items)
    dimensions = tuple(_dimension(dimension, items, known) for dimension in form.dimensions)
    known = _graded(known, dimensions)
    so_far = sum(item.score for item in items)
    graded = tuple(_grade_reason(form, total) for total in dimensions if total.grade is not None)
    missing = _missing(form, answers)
    if missing:
        reasons = (*graded, _pending(form, missing))
        return Result(items, dimensions, so_far, None, None, (), None, missing, reasons)
    found = decide(form, dimensions, known)
    applied = _adjust(form, known, found.level)
    level = applied[-1].after if applied else found.level
    return Result(
        items,
        dimensions,
        so_far,
        so_far if form.adds_up else None,
        found.level,
        applied,
        level,
        (),
        (*graded, *found.reasons, *(_applied_reason(form, rule) for rule in applied)),
        found.failed,
        tuple(trigger for trigger in form.triggers if trigger.when is None or holds(trigger.when, known)),
    )


def _missing(form: Form, answers: Answers) -> tuple[str, ...]:
    asked = [item.code for item in form.items]
    deciding = form.deciding
    asked += [field.code for field in form.fields if field.required or field.code in deciding]
    return tuple(code for code in asked if code not in answers)


def _item(item: Item, answers: Answers) -> ItemScore | None:
    answer: Answer | None = answers.get(item.code)
    share = answers.get(item.per, 0) if item.per else 1
    if answer is None or not share:
        return None
    if item.kind == "points":
        points = int(str(answer))
        return ItemScore(
            item.code, item.label, Label(f"{points} points", f"{points}分"), str(points), points, item.top
        )
    measured = item.kind == "measure"
    option = item.measured(int(str(answer)), int(str(share))) if measured else item.option(str(answer))
    assert option is not None
    top = item.top if option.counts else 0
    return ItemScore(item.code, item.label, option.label, option.key, option.score, top)


def _known(form: Form, answers: Answers, items: tuple[ItemScore, ...]) -> Known:
    chosen = chosen_keys(form, answers) | {item.code: frozenset({item.key}) for item in items}
    return Known(chosen, counts(form, answers) | {item.code: item.score for item in items if item.top})


def _dimension(dimension: Dimension, items: tuple[ItemScore, ...], known: Known) -> DimensionTotal:
    own = {item.code for item in dimension.items}
    given = [item for item in items if item.code in own]
    left = len(own) - len(given)
    so_far = sum(item.score for item in given)
    top = dimension.top - sum(
        item.top - done.top for item in dimension.items for done in given if done.code == item.code
    )
    grade = None if left else _grade(dimension, so_far, known)
    return DimensionTotal(dimension.code, dimension.label, so_far, top, left, grade)


def _grade(dimension: Dimension, points: int, known: Known) -> Grade | None:
    for grade in dimension.grades:
        if dimension.first_holds:
            if grade.when is None or holds(grade.when, known):
                return grade
        elif grade.low <= points <= grade.high:
            return grade
    return None


def _graded(known: Known, dimensions: tuple[DimensionTotal, ...]) -> Known:
    return Known(
        known.chosen,
        known.numbers,
        {total.code: total.grade.grade for total in dimensions if total.grade is not None},
        {total.code: total.so_far for total in dimensions if not total.open},
    )


def _grade_reason(form: Form, total: DimensionTotal) -> Reason:
    assert total.grade is not None
    dimension = form.dimension(total.code)
    values: dict[str, object] = {"part": total.label, "grade": total.grade.grade, "name": total.grade.label}
    if dimension is not None and dimension.first_holds:
        return Reason("{part}: grade {grade}, {name}", values=values)
    values |= {"points": total.so_far, "top": total.top}
    return Reason("{part}: {points} of {top} points is grade {grade}, {name}", values=values)


def _pending(form: Form, missing: tuple[str, ...]) -> Reason:
    named = [form.item(code) or form.field(code) for code in missing]
    names = Labels(tuple(question.label for question in named if question is not None))
    return Reason("No level yet, because this is not answered: {missing}", values={"missing": names})


def _applied_reason(form: Form, rule: Applied) -> Reason:
    values: dict[str, object] = {
        "rule": rule.label,
        "before": form.level(rule.before).label,
        "after": form.level(rule.after).label,
    }
    if rule.before == rule.after:
        return Reason("{rule}: the level stays {after}", rule.code, values)
    return Reason("{rule}: from {before} to {after}", rule.code, values)


def _adjust(form: Form, known: Known, initial: int) -> tuple[Applied, ...]:
    """Setting rules first, then raises; together they raise by at most ``raise_at_most``, up to the cap."""
    applied: list[Applied] = []
    level, raised = initial, 0
    worse = max if form.best == "lowest" else min
    for rule in sorted(form.adjustments, key=lambda rule: rule.set_level is None):
        if not holds(rule.when, known):
            continue
        before = level
        if rule.set_level is not None:
            level = worse(level, rule.set_level)
        else:
            step = min(rule.raise_by, form.raise_at_most - raised, max(form.cap - level, 0))
            level, raised = level + step, raised + step
        applied.append(Applied(rule.code, rule.label, before, level))
    return tuple(applied)
