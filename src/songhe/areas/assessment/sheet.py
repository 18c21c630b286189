"""A form as it is drawn on a page and read back from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.http import QueryDict

from songhe.core.decision import Reason
from songhe.core.labels import Label
from songhe.core.scoring import Answer, DimensionTotal, Field, Form, Item, Option, problems

Say = Callable[[Label], str]
NOT_ANSWERED = Reason("Not answered yet.")


@dataclass(frozen=True)
class Choice:
    """One option to tick."""

    key: str
    text: str
    ticked: bool


@dataclass(frozen=True)
class Question:
    """One question with what was answered and what is wrong with it."""

    code: str
    text: str
    kind: str
    choices: Sequence[Choice] = ()
    value: str = ""
    high: int = 0
    needed: bool = True
    fault: Reason | None = None


@dataclass(frozen=True)
class Part:
    """Questions that stand together: a dimension or a group of basic information."""

    code: str
    title: str
    questions: list[Question] = field(default_factory=list)
    total: DimensionTotal | None = None


def parts(
    form: Form,
    answers: Mapping[str, Answer],
    totals: Sequence[DimensionTotal],
    *,
    faults: Mapping[str, Reason],
    say: Say,
) -> list[Part]:
    """The form with basic information first, as it is filled in."""
    needed = form.deciding | {found.code for found in form.fields if found.required}
    made = []
    for code, title in form.groups:
        rows = [
            _field(row, answers, faults, say, row.code in needed) for row in form.fields if row.group == code
        ]
        made.append(Part(code, say(title), rows))
    by_code = {total.code: total for total in totals}
    for dimension in form.dimensions:
        asked = [_item(item, answers, faults, say) for item in dimension.items]
        made.append(Part(dimension.code, say(dimension.label), asked, by_code[dimension.code]))
    return made


def read(form: Form, sent: QueryDict) -> tuple[dict[str, Answer], dict[str, Reason]]:
    """What was sent as answers, and what is wrong with it by question; empty fields are absent."""
    answers: dict[str, Answer] = {}
    faults: dict[str, Reason] = {}
    for item in form.items:
        if key := sent.get(item.code):
            answers[item.code] = str(key)
    for asked in form.fields:
        if asked.kind == "many":
            if ticked := sent.getlist(asked.code):
                answers[asked.code] = tuple(ticked)
        elif text := sent.get(asked.code, "").strip():
            answers[asked.code] = _read(asked, text)
    faults |= problems(form, answers)
    return answers, faults


def shown(form: Form, code: str, given: Answer | None, say: Say) -> str:
    """One answer in words; a dash for none."""
    question = form.item(code) or form.field(code)
    if given is None or question is None:
        return "—"
    labels = {option.key: say(option.label) for option in question.options}
    keys = given if isinstance(given, tuple) else (given,)
    return " · ".join(labels.get(str(key), str(key)) for key in keys)


def _read(asked: Field, text: str) -> Answer:
    if asked.kind == "count" and text.isascii() and text.isdigit() and len(text) < 6:
        return int(text)
    if asked.kind == "yes_no" and text in ("yes", "no"):
        return text == "yes"
    return text[:2000]


def _item(item: Item, answers: Mapping[str, Answer], faults: Mapping[str, Reason], say: Say) -> Question:
    given = answers.get(item.code)
    choices = [Choice(option.key, say(option.label), option.key == given) for option in item.options]
    return Question(item.code, say(item.label), "one", choices, fault=faults.get(item.code))


def _field(
    asked: Field, answers: Mapping[str, Answer], faults: Mapping[str, Reason], say: Say, needed: bool
) -> Question:
    given = answers.get(asked.code)
    ticked = given if isinstance(given, tuple) else (given,)
    options: Sequence[Option] = asked.options
    choices = [Choice(option.key, say(option.label), option.key in ticked) for option in options]
    value = "" if given is None or isinstance(given, tuple) else str(given)
    if isinstance(given, bool):
        value = "yes" if given else "no"
    return Question(
        asked.code,
        say(asked.label),
        asked.kind,
        choices,
        value,
        asked.high,
        needed,
        faults.get(asked.code),
    )
