"""A policy document as data: the unit that is issued, approved, versioned and cited."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from songhe.core.labels import Label
from songhe.core.rules.language import Expression

FactKind = Literal["whole", "yes_no", "date", "text"]
RuleKind = Literal["whole", "yes_no"]
Beneficiary = Literal["person", "household", "facility", "organisation", "worker"]
BENEFICIARIES: tuple[str, ...] = get_args(Beneficiary)
"""Whose facts a rule reads and who receives what it grants."""
FARTHEST = 10**9
"""How far from 0 a fact lies at most, where its document does not say: 10 million yuan in fen."""


_THRESHOLD = re.compile(r"0|-?[1-9][0-9]{0,14}")


def threshold(key: str) -> int | None:
    """The number that a band begins with; None where a key is not that number as it is always written, so that the
    band is found under it again."""
    return int(key) if _THRESHOLD.fullmatch(key) else None


@dataclass(frozen=True, slots=True)
class Clause:
    """An article of the document, in our own words."""

    code: str
    label: Label


@dataclass(frozen=True, slots=True)
class Fact:
    """What a rule may know of a person, and the document to bring when it is not known. Whole numbers lie from
    ``least`` to ``most``. ``monthly``: it is told for each month anew; any other holds until another is told. ``of``: it
    is what the rule of its name in the document of this code gives.
    """

    code: str
    label: Label
    kind: FactKind
    unit: str | None
    bring: Label
    least: int = -FARTHEST
    most: int = FARTHEST
    monthly: bool = False
    of: str = ""


@dataclass(frozen=True, slots=True)
class Tag:
    """A group a person may belong to, and the document that shows it."""

    code: str
    label: Label
    bring: Label


@dataclass(frozen=True, slots=True)
class Value:
    """A parameter's value from a day to before another, in one region. ``assumed``: not in the published text."""

    start: date
    end: date | None
    region: int
    amount: int | Mapping[str, int]
    clause: str
    assumed: bool
    line: int

    def holds(self, on: date) -> bool:
        """Whether the value is in force on a day."""
        return self.start <= on and (self.end is None or on < self.end)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named amount. ``shape``: one number, a table by exact key, or bands by the highest threshold reached."""

    code: str
    label: Label
    shape: Literal["number", "table", "bands"]
    unit: str | None
    values: tuple[Value, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Case:
    """One line of a decision list; ``when`` is None for the last, which holds for everyone left. ``yields`` names the
    rule or fact of an exclusive group that is received instead.
    """

    when: Expression | None
    give: Expression
    why: Label
    clause: str
    line: int
    yields: str = ""


@dataclass(frozen=True, slots=True)
class Payee:
    """Who of a household receives what is granted once: the first by these facts, lowest first."""

    order: tuple[str, ...]
    clause: str
    why: Label
    assumed: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """A decision list; the first case that holds decides. ``grants`` marks an entitlement of its ``beneficiary``."""

    code: str
    label: Label
    kind: RuleKind
    unit: str | None
    start: date
    end: date | None
    cases: tuple[Case, ...]
    grants: bool
    payee: Payee | None
    line: int
    once_per: str = ""
    beneficiary: Beneficiary = "person"

    def holds(self, on: date) -> bool:
        """Whether the rule is in force on a day."""
        return self.start <= on and (self.end is None or on < self.end)

    @property
    def reads(self) -> tuple[str, ...]:
        """Every name that any case reads."""
        found: dict[str, None] = {}
        for case in self.cases:
            found |= dict.fromkeys((*(case.when.names if case.when else ()), *case.give.names))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Member:
    """One of a group of which only one is received: a rule of the document itself, a rule ``of`` another one, or a fact.
    ``worth`` puts it in another unit; empty where it counts by its amount."""

    code: str
    of: str = ""
    is_fact: bool = False
    worth: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Benefits of which only one is received: the highest, or the first by the order in which they are named."""

    members: tuple[Member, ...]
    take: Literal["highest", "first"]
    why: Label
    clause: str
    line: int


@dataclass(frozen=True, slots=True)
class Document:
    """One policy document of one version."""

    code: str
    number: str
    title: Label
    issuer: Label
    published: date | None
    start: date
    end: date | None
    region: int
    source: str
    clauses: Mapping[str, Clause]
    facts: Mapping[str, Fact]
    tags: Mapping[str, Tag]
    parameters: Mapping[str, Parameter]
    rules: tuple[Rule, ...]
    file: str
    exclusive: tuple[Group, ...] = ()

    def holds(self, on: date) -> bool:
        """Whether the document is in force on a day."""
        return self.start <= on and (self.end is None or on < self.end)
