"""What a meal costs each diner and who pays it, worked out by the policies in force.

Of the policies that hold where the canteen stands, the one of the deepest region that has the rule of a price decides.
Whatever a policy of the person's home grants in meals for the month, such as a free lunch in a village whose canteen
operates, is told to the rules of prices as a fact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from songhe.areas.canteens.limits import meal_name, terms
from songhe.areas.canteens.rules.money import Split, split
from songhe.areas.entitlement.api import Unit, account, known
from songhe.areas.registry.api import Person
from songhe.core.days import month_of
from songhe.core.refusal import Refused
from songhe.core.rules import Document, FactValue, Outcome, Program, decide, decide_each, program
from songhe.engines.access.api import elevated
from songhe.engines.policies import api as policies
from songhe.engines.policies.api import PolicyVersion

InForce = Sequence[tuple[PolicyVersion, Document]]


@dataclass(frozen=True, slots=True)
class Priced:
    """Who pays which part of a meal, by which policy. ``grant_rule``: what grants it, where it is free for the person."""

    split: Split
    policy_id: UUID
    assumed: bool
    grant_rule: str


def price(persons: Sequence[Person], on: date, meal: str, *, region: int) -> dict[UUID, Priced]:
    """The price of one meal of a day for several persons at a canteen in a region, in the same number of queries for any
    number of them.

    Refused where no policy says a price, or where something about a person must be known first.
    """
    with elevated():  # what a person pays must not depend on what whoever enters the meal may see
        facts, found = known(persons, on), dict[int, InForce]()
        version, rules = _pricing(policies.at(on, region), region, on)
        out = {}
        for person in persons:
            home = person.household_region_id or person.region_id
            if home not in found:
                found[home] = policies.at(on, home)
            told = facts[person.pk].facts
            granting, meals = _granted(told, found[home], home, on)
            told = {**told, **{code: code == meal for code in terms().meals}, "meals_granted": meals}
            parts, assumed = _parts(person, rules, told, on, meal)
            out[person.pk] = Priced(parts, version.pk, assumed, granting if not parts.diner else "")
    return out


def _parts(
    person: Person, rules: Program, told: Mapping[str, FactValue], on: date, meal: str
) -> tuple[Split, bool]:
    """Who pays which part, and whether that rests on amounts that no published text names."""
    names = terms().rules
    wanted = [name for name in names.values() if name in rules.rules]
    outcomes = decide_each(rules, wanted, told, month=month_of(on))
    fen = {part: _fen(person, outcomes.get(name), meal) for part, name in names.items()}
    parts = split(fen["price"], subsidy=fen["subsidy"], village=fen["village"], donation=fen["donation"])
    return parts, any(one.assumed for one in outcomes.values())


def _granted(facts: Mapping[str, FactValue], in_force: InForce, home: int, on: date) -> tuple[str, int]:
    """The first rule that grants a person meals in the month, and how many there are; what is not known grants nothing."""
    month, granting, meals = month_of(on), [], 0
    for _version, document in in_force:
        if not any(rule.grants and rule.unit == Unit.MEAL for rule in document.rules):
            continue
        rules = program(document, on=on, region=home)
        for rule in rules.grants_to("person"):
            value = decide(rules, rule.code, facts, month=month).value if rule.unit == Unit.MEAL else 0
            if isinstance(value, int) and value > 0:
                granting.append(rule.code)
                meals += value
    return granting[0] if granting else "", meals


def _pricing(in_force: InForce, region: int, on: date) -> tuple[PolicyVersion, Program]:
    wanted = terms().rules["price"]
    fits = [
        pair for pair in in_force if any(rule.code == wanted and rule.holds(on) for rule in pair[1].rules)
    ]
    if not fits:
        raise Refused(
            "no_price",
            "No policy in force at the canteen says what a meal costs on {day}. Load the city's policies, or issue one.",
            day=on,
        )
    version, document = max(fits, key=lambda pair: (pair[1].region, pair[1].start, pair[1].code))
    return version, program(document, on=on, region=region)


def _fen(person: Person, outcome: Outcome | None, meal: str) -> int:
    if outcome is None:
        return 0
    if outcome.pending:
        raise Refused(
            "price_pending",
            "The cost of {meal} for {person} cannot be calculated: something must be known first ({bring}). Complete the registry.",
            person=person,
            meal=meal_name(meal),
            bring=", ".join(str(label.zh) for label in outcome.bring),
        )
    return max(int(str(outcome.value)), 0)


def grant_account(person_id: UUID, rule: str, on: date) -> UUID | None:
    """The ledger account with meals granted to a person for the month that still has one; None where there is none."""
    found = account(person_id, rule, month_of(on)) if rule else None
    return found.pk if found is not None and found.unit == Unit.MEAL and found.free > 0 else None
