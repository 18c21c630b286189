"""The rules of some documents as they stand on one day in one region."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from songhe.core.codes.region import is_within, level_of
from songhe.core.refusal import Refused
from songhe.core.rules.document import Beneficiary, Document, Parameter, Rule, Value
from songhe.core.rules.outcome import Input
from songhe.core.rules.problem import PolicyError, Problem


@dataclass(frozen=True, slots=True)
class Program:
    """One document's rules and resolved values on one day for one region. ``numbers`` and ``inputs`` hold what is
    everybody's of the parameters that were asked for already.
    """

    document: Document
    on: date
    region: int
    rules: Mapping[str, Rule]
    _seen: dict[str, Value] = field(default_factory=dict, compare=False, repr=False)
    inputs: dict[str, Input] = field(default_factory=dict, compare=False, repr=False)
    numbers: dict[str, int] = field(default_factory=dict, compare=False, repr=False)
    _read: dict[tuple[str, int], tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)

    def value(self, code: str) -> Value:
        """The value in force: the most local one. A missing value is refused, it is never zero."""
        if code not in self._seen:
            self._seen[code] = self._value(code)
        return self._seen[code]

    def _value(self, code: str) -> Value:
        parameter = self.document.parameters[code]
        found = [
            value
            for value in parameter.values
            if value.holds(self.on) and is_within(self.region, value.region)
        ]
        if not found:
            raise Refused(
                "rules.no_value",
                "{parameter} has no value on {on} in region {region}, so {document} cannot decide. "
                "Enter the value with the clause that sets it, then decide again.",
                rule=code,
                parameter=parameter.label,
                on=self.on,
                region=self.region,
                document=self.document.number,
            )
        return max(found, key=lambda value: level_of(value.region))

    def number(self, code: str) -> int:
        """The value of a parameter that is one number."""
        amount = self.value(code).amount
        assert isinstance(amount, int)
        self.numbers[code] = amount
        return amount

    def input(self, code: str) -> Input:
        """A parameter's value as something that a rule looked at; the same for everybody."""
        if code not in self.inputs:
            parameter, value = self.document.parameters[code], self.value(code)
            self.inputs[code] = Input(
                code, parameter.label, value.amount, parameter.unit, value.clause, value.assumed
            )
        return self.inputs[code]

    def read(self, rule: Rule, index: int) -> tuple[str, ...]:
        """What is looked at where a case decides: by its own conditions and amount and by the conditions before."""
        found = self._read.get((rule.code, index))
        if found is None:
            whens = [case.when for case in rule.cases[: index + 1] if case.when is not None]
            found = self._read[rule.code, index] = tuple(
                dict.fromkeys(
                    name
                    for each in (*whens, rule.cases[index].give)
                    for name in (*each.names, *(f"tag:{tag}" for tag in each.tags))
                )
            )
        return found

    def parameter(self, code: str) -> Parameter | None:
        """The parameter with this code."""
        return self.document.parameters.get(code)

    @property
    def grants(self) -> tuple[Rule, ...]:
        """The rules that grant something, in the order of the document."""
        return tuple(rule for rule in self.document.rules if rule.grants and rule.holds(self.on))

    def grants_to(self, beneficiary: Beneficiary) -> tuple[Rule, ...]:
        """The rules that grant something to persons, or to another kind of beneficiary."""
        return tuple(rule for rule in self.grants if rule.beneficiary == beneficiary)


def program(document: Document, *, on: date, region: int) -> Program:
    """A document as it stands on a day; refused when it is not in force there."""
    if not document.holds(on) or not is_within(region, document.region):
        raise Refused(
            "rules.not_in_force",
            "{document} is not in force on {on} in region {region}. Choose a document that is.",
            document=document.number,
            on=on,
            region=region,
        )
    return Program(document, on, region, {rule.code: rule for rule in document.rules if rule.holds(on)})


def standing(documents: Iterable[Document], on: date) -> list[Document]:
    """Those in force on a day, in their order: of several versions of one document the one that began last."""
    given = list(documents)
    latest: dict[str, date] = {}
    for one in given:
        if one.start <= on:
            latest[one.code] = max(one.start, latest.get(one.code, one.start))
    return [one for one in given if one.holds(on) and latest[one.code] == one.start]


def check_pack(documents: Iterable[Document], beside: Iterable[Document] = ()) -> None:
    """No two documents may grant under one rule name in the same region on the same day: neither two of these nor one
    of them and one ``beside`` them."""
    before = list(beside)
    found: list[Problem] = []
    for document in documents:
        for other in before:
            found += _granted_twice(document, other)
        before.append(document)
    if found:
        raise PolicyError(tuple(found))


def _granted_twice(one: Document, other: Document) -> Iterator[Problem]:
    near = is_within(one.region, other.region) or is_within(other.region, one.region)
    if not near or not _overlap(one, other):
        return
    names = {rule.code for rule in other.rules if rule.grants}
    for rule in one.rules:
        if rule.grants and rule.code in names:
            text = f"{rule.code} is granted by {other.code} ({other.file}) as well at the same time."
            yield Problem(one.file, rule.line, "", text)


def _overlap(one: Document, other: Document) -> bool:
    return (one.end is None or other.start < one.end) and (other.end is None or one.start < other.end)
