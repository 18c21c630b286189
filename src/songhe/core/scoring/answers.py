"""What is wrong with given answers, and what they say once they are right."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from songhe.core.decision import Reason
from songhe.core.scoring.form import Form
from songhe.core.scoring.question import Answer, Field, Item

Answers = Mapping[str, Answer]
NO_CHOICE = Reason("This is not one of the choices.")


def problems(form: Form, answers: Answers) -> dict[str, Reason]:
    """What is wrong with given answers, by question; an answer that is absent is not wrong."""
    found: dict[str, Reason] = {}
    for code, answer in answers.items():
        item, field = form.item(code), form.field(code)
        if item is not None:
            why = _wrong_item(item, answer)
        elif field is not None:
            why = _wrong(field, answer)
        else:
            why = Reason("There is no such question on the form.")
        if why is not None:
            found[code] = why
    return found


def chosen_keys(form: Form, answers: Answers) -> dict[str, frozenset[str]]:
    """The options chosen, by question, as conditions read them."""
    found: dict[str, frozenset[str]] = {}
    for code, answer in answers.items():
        if isinstance(answer, bool):
            found[code] = frozenset({"yes" if answer else "no"})
        elif isinstance(answer, str):
            found[code] = frozenset({answer})
        elif isinstance(answer, tuple):
            found[code] = frozenset(answer)
    return found


def counts(form: Form, answers: Answers) -> dict[str, int]:
    """The counts given, by field."""
    return {
        field.code: answer
        for field in form.fields
        if field.kind == "count" and type(answer := answers.get(field.code)) is int
    }


def _wrong_item(item: Item, answer: Answer) -> Reason | None:
    if item.kind == "choice":
        return None if isinstance(answer, str) and item.option(answer) is not None else NO_CHOICE
    return None if type(answer) is int and 0 <= answer <= item.high else _number(0, item.high)


def _wrong(field: Field, answer: Answer) -> Reason | None:
    keys = {option.key for option in field.options}
    if field.kind == "one" and answer not in keys:
        return NO_CHOICE
    if field.kind == "many" and not (isinstance(answer, tuple) and set(answer) <= keys):
        return NO_CHOICE
    if field.kind == "count" and not (type(answer) is int and field.low <= answer <= field.high):
        return _number(field.low, field.high)
    if field.kind == "yes_no" and not isinstance(answer, bool):
        return Reason("Answer yes or no.")
    if field.kind == "text" and not isinstance(answer, str):
        return Reason("Enter text.")
    if field.kind == "date" and not _is_date(answer):
        return Reason("Enter a date like 2026-01-31.")
    return None


def _number(low: int, high: int) -> Reason:
    return Reason("Enter a whole number from {low} to {high}.", values={"low": low, "high": high})


def _is_date(answer: Answer) -> bool:
    try:
        date.fromisoformat(answer if isinstance(answer, str) else "")
    except ValueError:
        return False
    return True
