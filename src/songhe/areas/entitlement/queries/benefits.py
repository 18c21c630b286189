"""What the policies of a place grant, and what they would say to a person, without keeping it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from songhe.areas.entitlement.queries.months import Known, families, holders, known
from songhe.areas.registry.api import Person
from songhe.core.days import month_of
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
    """Everything that the policies in force somewhere grant to persons."""
    found = []
    for version, document in policies.at(day, region):
        rules = program(document, on=day, region=region)
        found += [Benefit(version, document, rule) for rule in rules.grants_to("person")]
    return found


def names_of_benefits() -> dict[str, str]:
    """The names of everything that the newest policies grant, by code, in the language of the page."""
    rules = [rule for document in policies.newest() for rule in document.rules if rule.grants]
    return {rule.code: rule.label.zh if is_chinese() else rule.label.en for rule in rules}


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
    facts = known([person], day)
    return _Seen.of(facts, [benefit], day).look(facts[person.pk], benefit)


def looks(
    persons: Iterable[Person], day: date, *, facts: Mapping[UUID, Known] | None = None
) -> dict[UUID, list[Look]]:
    """What every policy says to each of some people on a day, in the same number of queries for any number of them.

    ``facts``: what is known of them on the day, where that was read before.
    """
    people = list(persons)
    facts = known(people, day) if facts is None else facts
    homes = {home: benefits_at(home, day) for home in {home_of(person) for person in people}}
    seen = _Seen.of(facts, [one for found in homes.values() for one in found], day)
    return {
        person.pk: [seen.look(facts[person.pk], benefit) for benefit in homes[home_of(person)]]
        for person in people
    }


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is read once for all who are looked at together: households and who of them holds what."""

    families: Mapping[UUID, Mapping[UUID, Known]]
    holders: Mapping[tuple[UUID, str], UUID]
    day: date

    @classmethod
    def of(cls, facts: Mapping[UUID, Known], benefits: Iterable[Benefit], day: date) -> _Seen:
        """Reads nothing where no benefit is given once for a household."""
        if all(benefit.rule.payee is None for benefit in benefits):
            return cls({}, {}, day)
        homes = {one.household_id for one in facts.values() if one.household_id}
        return cls(families(facts.values(), day), holders(homes, month_of(day)), day)

    def look(self, one: Known, benefit: Benefit) -> Look:
        """What a policy says to one of them."""
        try:
            rules = program(benefit.document, on=self.day, region=home_of(one.person))
            return Look(benefit, self._decided(one, rules, benefit.rule))
        except Refused as refused:
            return Look(benefit, None, refused)

    def _decided(self, one: Known, rules: Program, rule: Rule) -> Outcome:
        month = month_of(self.day)
        own = decide(rules, rule.code, one.facts, month=month)
        if rule.payee is None or not own.value:
            return own
        members = self.families[one.person.pk]
        outcomes = {
            str(key): decide(rules, rule.code, member.facts, month=month) for key, member in members.items()
        }
        facts = {str(key): member.facts for key, member in members.items()}
        holder = self.holders.get((one.household_id, rule.code)) if one.household_id else None
        return once_per_household(outcomes, facts, holder=str(holder or ""))[str(one.person.pk)]
