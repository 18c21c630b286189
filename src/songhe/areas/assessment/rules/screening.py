"""The questions of a census, and the tier that answers lead to, with the rule that made it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from songhe.core.labels import Label
from songhe.core.sources import Data, DataError, label, part, rows, text, whole

Answers = Mapping[str, str]


class Standing(StrEnum):
    """How a place stands in a census on a day."""

    WAITING = "waiting"
    BEGUN = "begun"
    DONE = "done"
    BEHIND = "behind"


def standing(*, expected: int, missing: int, begun: bool, since: date, until: date, day: date) -> Standing:
    """Behind is who has asked fewer than an even pace through the period would have by the evening before.

    Whole persons count, so that nobody is behind for a part of a person, and nobody on the first day.
    """
    if not missing:
        return Standing.DONE
    days, gone = (until - since).days + 1, min(max((day - since).days, 0), (until - since).days + 1)
    if expected - missing < expected * gone // days:
        return Standing.BEHIND
    return Standing.BEGUN if begun else Standing.WAITING


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its answers by key."""

    code: str
    label: Label
    options: Mapping[str, Label]


@dataclass(frozen=True, slots=True)
class Tier:
    """A proposal and its rule; ``because`` says the rule in words."""

    code: str
    label: Label
    because: Label
    any: Mapping[str, frozenset[str]]
    all: Mapping[str, frozenset[str]]
    age_from: int

    def holds(self, answers: Answers, age: int | None) -> bool:
        """Whether the rule holds; an unknown age reaches no bound."""
        one = not self.any or any(answers.get(code) in keys for code, keys in self.any.items())
        every = all(answers.get(code) in keys for code, keys in self.all.items())
        return one and every and (not self.age_from or (age is not None and age >= self.age_from))


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """The questions and tiers of one census."""

    code: str
    title: Label
    min_age: int
    questions: tuple[Question, ...]
    tiers: tuple[Tier, ...]

    def faults(self, answers: Answers) -> tuple[str, ...]:
        """Questions that are not answered, or by something that is no choice."""
        return tuple(
            question.code for question in self.questions if answers.get(question.code) not in question.options
        )

    def tier(self, answers: Answers, age: int | None) -> Tier:
        """The first tier whose rule holds; the last holds always."""
        return next(tier for tier in self.tiers if tier.holds(answers, age))

    def tier_of(self, code: str) -> Tier:
        """The tier with this code."""
        return next(tier for tier in self.tiers if tier.code == code)


def build_questionnaire(data: Data) -> Questionnaire:
    """A questionnaire out of plain data; DataError names what is wrong and where."""
    code = text(data, "code", "screening")
    questions = tuple(_question(row) for row in rows(data, "questions", code))
    known = {question.code: frozenset(question.options) for question in questions}
    if len(known) != len(questions):
        raise DataError(f"{code}: a question is given twice.")
    tiers = tuple(_tier(row, known) for row in rows(data, "tiers", code))
    last = tiers[-1]
    if last.any or last.all or last.age_from:
        raise DataError(f"{code}: the last tier takes the rest and has no rule.")
    if len({tier.code for tier in tiers}) != len(tiers):
        raise DataError(f"{code}: a tier is given twice.")
    return Questionnaire(
        code, label(data.get("title"), f"{code}, title"), whole(data, "min_age", code), questions, tiers
    )


def _question(row: Data) -> Question:
    code = text(row, "code", "question")
    options = {str(given.get("key")): label(given, f"{code}, option") for given in rows(row, "options", code)}
    if len(options) < 2:
        raise DataError(f"{code}: at least two answers with different keys are needed.")
    return Question(code, label(row, code), options)


def _tier(row: Data, known: Mapping[str, frozenset[str]]) -> Tier:
    code = text(row, "code", "tier")
    return Tier(
        code=code,
        label=label(row, code),
        because=label(row.get("because"), f"{code}, because"),
        any=_rule(row, "any", code, known),
        all=_rule(row, "all", code, known),
        age_from=whole(row, "age_from", code) if "age_from" in row else 0,
    )


def _rule(row: Data, kind: str, code: str, known: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    if kind not in row:
        return {}
    given: dict[str, Any] = dict(part(row, kind, code))
    rule = {question: frozenset(str(key) for key in keys) for question, keys in given.items()}
    for question, keys in rule.items():
        if not keys or not keys <= known.get(question, frozenset()):
            raise DataError(f"{code}: {kind} asks for {question}, or an answer of it, that does not exist.")
    return rule
