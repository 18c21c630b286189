"""What is asked about a person's months to come, and what is answered."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from songhe.core.labels import Label
from songhe.core.refusal import Refused
from songhe.core.rules.document import Document, Rule
from songhe.core.rules.outcome import FactValue, Outcome, Scalar

Facts = Mapping[str, FactValue]
What = Literal["age", "months", "month", "fact", "tag", "value", "rule", "begins", "ends", "household"]
MOST = 24
"""Months to come that are looked at."""


@dataclass(frozen=True, slots=True)
class Course:
    """What is known of a person over time: facts that hold from a day on, in the order of the days."""

    steps: tuple[tuple[date, Facts], ...]

    def on(self, day: date) -> Facts:
        """The facts of a day; before the first step those of the first."""
        return self.steps[max(bisect_right([since for since, _facts in self.steps], day) - 1, 0)][1]


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked about: ``me`` among the members of the household, the region whose policies hold, the documents that
    hold there on some day, and who of the household holds what is given once (by rule).
    """

    me: str
    members: Mapping[str, Course]
    region: int
    documents: tuple[Document, ...]
    holders: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that makes a change. ``name`` is a fact, a tag, a parameter, a rule or a document, as ``what`` says."""

    what: What
    name: str
    label: Label
    before: Any = None
    after: Any = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What is given in a month: 0 where no policy gives it, None while pending or where it cannot be worked out."""

    value: Scalar | None = 0
    outcome: Outcome | None = None
    refused: Refused | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """What makes two of them the same for the person."""
        return self.value, self.outcome is not None and self.outcome.pending, self.refused is not None


@dataclass(frozen=True, slots=True)
class Change:
    """What one rule gives from a month on. ``before`` is what it gave until then, for a month of the same length."""

    month: date
    rule: Rule
    before: Told
    after: Told
    causes: tuple[Cause, ...]

    @property
    def more(self) -> int | None:
        """By how much it is more (or less, below 0); None where one of the two is no number."""
        return more(self.before, self.after)


@dataclass(frozen=True, slots=True)
class Difference:
    """What one rule gives now, and what it would give."""

    rule: Rule
    before: Told
    after: Told

    @property
    def more(self) -> int | None:
        """By how much it would be more."""
        return more(self.before, self.after)


@dataclass(frozen=True, slots=True)
class Supposed:
    """A fact as it is not known to be, the document that would show it, and what would follow this month."""

    what: Literal["fact", "tag"]
    name: str
    label: Label
    bring: Label
    value: Scalar
    unit: str | None
    differences: tuple[Difference, ...]


def more(before: Told, after: Told) -> int | None:
    """By how much the later is more; None where one of the two is no number."""
    if isinstance(before.value, int) and isinstance(after.value, int):
        return int(after.value) - int(before.value)
    return None
