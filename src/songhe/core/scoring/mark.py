"""Marking: what the answers add up to, which level that is and why it was moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from songhe.core.decision import Reason
from songhe.core.labels import Label
from songhe.core.scoring.form import Adjustment, Answer, Field, Form

Answers = Mapping[str, Answer]
NO_CHOICE = Reason("This is not one of the choices.")


@dataclass(frozen=True, slots=True)
class ItemScore:
    """An answered item."""

    code: str
    label: Label
    choice: Label
    key: str
    score: int
    top: int


@dataclass(frozen=True, slots=True)
class DimensionTotal:
    """A dimension's points so far; ``total`` is None while an item is open."""

    code: str
    label: Label
    so_far: int
    top: int
    open: int

    @property
    def total(self) -> int | None:
        """The total, once every item is answered."""
        return None if self.open else self.so_far


@dataclass(frozen=True, slots=True)
class Applied:
    """An adjustment that held, and the level before and after it."""

    code: str
    label: Label
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of a form. While something is missing, total and levels are None: pending, not zero."""

    items: tuple[ItemScore, ...]
    dimensions: tuple[DimensionTotal, ...]
    so_far: int
    total: int | None
    initial: int | None
    applied: tuple[Applied, ...]
    level: int | None
    missing: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing


def score(form: Form, answers: Answers) -> Result:
    """Mark the answers. Wrong answers raise ValueError: ask ``problems`` first."""
    wrong = problems(form, answers)
    if wrong:
        raise ValueError("; ".join(f"{code}: {wrong[code]}" for code in sorted(wrong)))
    items = tuple(_item_scores(form, answers))
    dimensions = tuple(_dimension_totals(form, items))
    so_far = sum(item.score for item in items)
    missing = tuple(item.code for item in form.items if item.code not in answers)
    missing += tuple(
        field.code
        for field in form.fields
        if (field.required or field.code in form.deciding) and field.code not in answers
    )
    if missing:
        return Result(items, dimensions, so_far, None, None, (), None, missing)
    initial = form.band(so_far).level
    applied = _adjust(form, answers, initial)
    level = applied[-1].after if applied else initial
    return Result(items, dimensions, so_far, so_far, initial, applied, level, ())


def problems(form: Form, answers: Answers) -> dict[str, Reason]:
    """What is wrong with given answers, by question; an answer that is absent is not wrong."""
    found: dict[str, Reason] = {}
    for code, answer in answers.items():
        item, field = form.item(code), form.field(code)
        if item is not None:
            if not isinstance(answer, str) or item.option(answer) is None:
                found[code] = NO_CHOICE
        elif field is None:
            found[code] = Reason("There is no such question on the form.")
        elif (why := _wrong(field, answer)) is not None:
            found[code] = why
    return found


def _wrong(field: Field, answer: Answer) -> Reason | None:
    keys = {option.key for option in field.options}
    if field.kind == "one" and answer not in keys:
        return NO_CHOICE
    if field.kind == "many" and not (isinstance(answer, tuple) and set(answer) <= keys):
        return NO_CHOICE
    if field.kind == "count" and not (type(answer) is int and 0 <= answer <= field.high):
        return Reason("Give a whole number from 0 to {high}.", values={"high": field.high})
    if field.kind == "yes_no" and not isinstance(answer, bool):
        return Reason("Answer yes or no.")
    if field.kind == "text" and not isinstance(answer, str):
        return Reason("Give a text.")
    if field.kind == "date" and not _is_date(answer):
        return Reason("Give a date like 2026-01-31.")
    return None


def _is_date(answer: Answer) -> bool:
    try:
        date.fromisoformat(answer if isinstance(answer, str) else "")
    except ValueError:
        return False
    return True


def _item_scores(form: Form, answers: Answers) -> list[ItemScore]:
    made = []
    for item in form.items:
        option = item.option(str(answers[item.code])) if item.code in answers else None
        if option is not None:
            made.append(ItemScore(item.code, item.label, option.label, option.key, option.score, item.top))
    return made


def _dimension_totals(form: Form, items: tuple[ItemScore, ...]) -> list[DimensionTotal]:
    points = {item.code: item.score for item in items}
    made = []
    for dimension in form.dimensions:
        given = [points[item.code] for item in dimension.items if item.code in points]
        left = len(dimension.items) - len(given)
        made.append(DimensionTotal(dimension.code, dimension.label, sum(given), dimension.top, left))
    return made


def _adjust(form: Form, answers: Answers, initial: int) -> tuple[Applied, ...]:
    """Setting rules first, then raises; together they raise by at most ``raise_at_most``, up to the cap."""
    applied: list[Applied] = []
    level, raised = initial, 0
    for rule in sorted(form.adjustments, key=lambda rule: rule.set_level is None):
        if not _holds(rule, answers):
            continue
        before = level
        if rule.set_level is not None:
            level = max(level, rule.set_level)
        else:
            step = min(rule.raise_by, form.raise_at_most - raised, max(form.cap - level, 0))
            level, raised = level + step, raised + step
        applied.append(Applied(rule.code, rule.label, before, level))
    return tuple(applied)


def _holds(rule: Adjustment, answers: Answers) -> bool:
    when = rule.when
    if when.item:
        return answers.get(when.item) in when.keys
    if when.at_least:
        return sum(int(str(answers[code])) for code in when.fields) >= when.at_least
    answer = answers[when.fields[0]]
    chosen = set(answer) if isinstance(answer, tuple) else {str(answer)}
    return bool(chosen & when.keys)
