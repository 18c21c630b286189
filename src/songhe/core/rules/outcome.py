"""What came out for one person, and why: the trace of every rule that was read on the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from songhe.core.labels import Label
from songhe.core.rules.document import Document, Rule

Scalar = int | bool | str | date
PLAIN = frozenset({int, bool, str})


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value nobody knows yet, and the facts that would tell."""

    needs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Tags:
    """The groups a person belongs to, and those that are claimed but not shown by a document."""

    held: frozenset[str]
    unsure: frozenset[str] = frozenset()


FactValue = Scalar | Tags | None


class Input(NamedTuple):
    """Something a rule looked at. ``assumed``: a parameter that is not in the published text."""

    name: str
    label: Label
    value: Scalar | Unknown | Mapping[str, int]
    unit: str | None = None
    clause: str = ""
    assumed: bool = False
    is_rule: bool = False

    def as_data(self) -> dict[str, Any]:
        """The input as plain data."""
        name, label, found, unit, clause, assumed, _is_rule = self
        value: Any = found
        if type(value) not in PLAIN:
            value = (
                None
                if isinstance(value, Unknown)
                else value.isoformat()
                if isinstance(value, date)
                else dict(value)
            )
        return {
            "name": name,
            "en": label.en,
            "zh": label.zh,
            "value": value,
            "unit": unit,
            "clause": clause,
            "assumed": assumed,
        }


class Step(NamedTuple):
    """One rule that was worked out: the case that decided and what was looked at up to it."""

    rule: Rule
    index: int  # type: ignore[assignment]  # the case's place; tuples have a method of that name
    found: Scalar | Unknown
    inputs: tuple[Input, ...]

    @property
    def why(self) -> Label:
        """The deciding case's words."""
        return self.rule.cases[self.index].why

    @property
    def clause(self) -> str:
        """The deciding case's clause."""
        return self.rule.cases[self.index].clause

    def as_data(self, document: Document) -> dict[str, Any]:
        """The step as plain data."""
        rule, found = self.rule, self.found
        case = rule.cases[self.index]
        pending = type(found) is Unknown
        clause, label = document.clauses[case.clause], rule.label
        return {
            "rule": rule.code,
            "en": label.en,
            "zh": label.zh,
            "value": None if pending else found,
            "unit": rule.unit,
            "case": self.index,
            "when": case.when.text if case.when else "",
            "give": "" if pending else case.give.text,
            "why": {} if pending else _label(case.why),
            "clause": {"code": clause.code, "en": clause.label.en, "zh": clause.label.zh},
            "inputs": [entry.as_data() for entry in self.inputs],
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """The value in the rule's unit, or None while pending. ``yielded_to``: the member who receives it instead.
    ``by_rule``: the steps once more, where they are at hand by their rules.
    """

    rule: Rule
    document: Document
    value: Scalar | None
    needs: tuple[str, ...]
    steps: tuple[Step, ...]
    yielded_to: str = ""
    by_rule: Mapping[str, Step] = field(default_factory=dict, compare=False, repr=False)

    @property
    def pending(self) -> bool:
        """Whether something must be known before there is a decision."""
        return self.value is None

    @property
    def lost_to(self) -> tuple[Input, int] | None:
        """What is received instead in an exclusive group, and by how much it is worth more; None where nothing is."""
        return self._lost_to(next((step for step in self.steps if step.rule.code == self.rule.code), None))

    def _lost_to(self, step: Step | None) -> tuple[Input, int] | None:
        case = self.rule.cases[step.index] if step else None
        if step is None or case is None or not case.yields:
            return None
        told = {entry.name: entry for entry in step.inputs}
        other = told.get(f"{case.yields}__alone") or told[case.yields]
        own = told[f"{self.rule.code}__alone"]
        known = isinstance(other.value, int) and isinstance(own.value, int) and other.unit == own.unit
        return other, int(other.value) - int(own.value) if known else 0  # type: ignore[arg-type]

    @property
    def bring(self) -> tuple[Label, ...]:
        """The documents to bring, each once."""
        found: dict[Label, None] = {}
        for need in self.needs:
            tag = need.removeprefix("tag:")
            found[self.document.tags[tag].bring if tag != need else self.document.facts[need].bring] = None
        return tuple(found)

    @property
    def reasons(self) -> tuple[Step, ...]:
        """The deciding step, then the steps of the rules that its case read: down to what really decided."""
        steps = self.by_rule or {step.rule.code: step for step in self.steps}
        chain: dict[str, Step] = {}
        to_follow = [self.rule.code]
        while to_follow:
            code = to_follow.pop()
            step = steps.get(code)
            if step is not None and code not in chain:
                chain[code] = step
                to_follow += [entry.name for entry in reversed(step.inputs) if entry.is_rule]
        return tuple(chain.values())

    @property
    def assumed(self) -> tuple[Input, ...]:
        """The assumed parameters that the outcome rests on."""
        return _assumed(self.reasons)

    def as_data(self) -> dict[str, Any]:
        """The outcome as plain data, for keeping beside what it granted."""
        reasons = self.reasons
        lost_to = self._lost_to(reasons[0] if reasons else None)
        data: dict[str, Any] = {
            "document": self.document.code,
            "number": self.document.number,
            "rule": self.rule.code,
            **_label(self.rule.label),
            "value": self.value,
            "unit": self.rule.unit,
            "needs": list(self.needs),
            "bring": [_label(label) for label in self.bring],
            "assumed": [entry.as_data() for entry in _assumed(reasons)],
            "steps": [step.as_data(self.document) for step in reasons],
        }
        if lost_to is not None:
            other, more = lost_to
            data["lost_to"] = {**other.as_data(), "more": more}
        if self.yielded_to and self.rule.payee is not None:
            payee = self.rule.payee
            clause = self.document.clauses[payee.clause]
            data["yielded"] = {
                "why": _label(payee.why),
                "clause": {"code": clause.code, **_label(clause.label)},
                "assumed": payee.assumed,
            }
        return data


def _assumed(steps: Iterable[Step]) -> tuple[Input, ...]:
    found = {entry.name: entry for step in steps for entry in step.inputs if entry.assumed}
    return tuple(found.values())


def _label(label: Label) -> dict[str, str]:
    return {"en": label.en, "zh": label.zh}
