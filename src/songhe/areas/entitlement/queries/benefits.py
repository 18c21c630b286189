"""What the policies of a place grant, and what they would say to a person, without keeping it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from songhe.areas.entitlement.queries.months import Known, families, holders, known
from songhe.areas.entitlement.rules import month_of
from songhe.areas.registry.api import Person
from songhe.core.refusal import Refused
from songhe.core.rules import Document, Outcome, Program, Rule, decide, once_per_household, program
from songhe.core.sources import DataError
from songhe.engines.policies import api as policies
from songhe.engines.policies.api import PolicyVersion
from songhe.kit.words import is_chinese


@dataclass(frozen=True, slots=True)
class Benefit:
    """One granting rule of a policy in force."""

    version: PolicyVersion
    document: Document
    rule: Rule

    @property
    def code(self) -> str:
        """The rule's code, by which a benefit is known."""
        return self.rule.code

    @property
    def name(self) -> str:
        """Its name in the language of the page."""
        return self.rule.label.zh if is_chinese() else self.rule.label.en


@dataclass(frozen=True, slots=True)
class Look:
    """What a policy says to one person today; ``refused`` where it cannot be worked out."""

    benefit: Benefit
    outcome: Outcome | None
    refused: Refused | None = None

    @property
    def granted(self) -> bool:
        """Whether the policy grants it."""
        return self.outcome is not None and bool(self.outcome.value)

    @property
    def pending(self) -> bool:
        """Whether a document is lacking."""
        return self.outcome is not None and self.outcome.pending


def readable(version: PolicyVersion) -> Document | None:
    """The document of a version; None where its text, kept from other days, is no longer understood."""
    try:
        return policies.document_of(version)
    except DataError:
        return None


def home_of(person: Person) -> int:
    """The region whose policies hold for a person: that of the household registration, else of the residence."""
    return person.household_region_id or person.region_id


def benefits_at(region: int, day: date) -> list[Benefit]:
    """Everything that the policies in force somewhere grant."""
    found = []
    for version, document in policies.at(day, region):
        rules = program(document, on=day, region=region)
        found += [Benefit(version, document, rule) for rule in rules.grants]
    return found


def the_benefit(code: str, person: Person, day: date) -> Benefit:
    """One benefit by its code, where it is granted at a person's home; refused elsewhere."""
    for found in benefits_at(home_of(person), day):
        if found.code == code:
            return found
    raise Refused(
        "entitlement.no_such_benefit",
        "No policy in force at this person's home grants this benefit. Choose another one.",
        field="benefit",
    )


def look(person: Person, code: str, day: date) -> Look:
    """What the policy says to a person about one benefit on a day."""
    benefit = the_benefit(code, person, day)
    return _looks(known([person], day)[person.pk], [benefit], day)[0]


def looks(persons: Iterable[Person], day: date) -> dict[UUID, list[Look]]:
    """What every policy says to each of some people on a day."""
    people = list(persons)
    facts = known(people, day)
    homes = {home: benefits_at(home, day) for home in {home_of(person) for person in people}}
    return {person.pk: _looks(facts[person.pk], homes[home_of(person)], day) for person in people}


def _looks(one: Known, benefits: list[Benefit], day: date) -> list[Look]:
    out = []
    for benefit in benefits:
        try:
            rules = program(benefit.document, on=day, region=home_of(one.person))
            out.append(Look(benefit, _decided(one, rules, benefit.rule, day)))
        except Refused as refused:
            out.append(Look(benefit, None, refused))
    return out


def _decided(one: Known, rules: Program, rule: Rule, day: date) -> Outcome:
    month = month_of(day)
    own = decide(rules, rule.code, one.facts, month=month)
    if rule.payee is None or not own.value:
        return own
    members = families([one], day)[one.person.pk]
    outcomes = {
        str(key): decide(rules, rule.code, member.facts, month=month) for key, member in members.items()
    }
    facts = {str(key): member.facts for key, member in members.items()}
    home = one.household_id
    holder = holders([home], month).get((home, rule.code)) if home else None
    return once_per_household(outcomes, facts, holder=str(holder or ""))[str(one.person.pk)]
