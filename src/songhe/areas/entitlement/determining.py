"""Working out what people are entitled to in a month. Only the actions of this area call it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from songhe.areas.entitlement import queries
from songhe.areas.entitlement.carrying import follow
from songhe.areas.entitlement.models import OPEN, Entitlement, State
from songhe.areas.entitlement.rules import decision_day
from songhe.areas.registry.api import Person
from songhe.core.refusal import Refused
from songhe.core.rules import Document, Outcome, Program, decide, left, once_per_household, program
from songhe.engines.access.api import Actor
from songhe.engines.policies import api as policies
from songhe.engines.policies.api import PolicyVersion

InForce = Mapping[int, Sequence[tuple[PolicyVersion, Document]]]


@dataclass(frozen=True)
class Month:
    """A month to decide, and who decides when."""

    first: date
    day: date
    actor: Actor
    at: datetime

    @classmethod
    def to_decide(cls, first: date, *, actor: Actor, at: datetime) -> Month:
        """The month with its day of decision."""
        return cls(first, decision_day(first, timezone.localdate(at)), actor, at)


def ensure_policies(*, actor: Actor, at: datetime) -> None:
    """Load the nation's and the city's policies when none were loaded yet."""
    if not PolicyVersion.objects.exists():
        load(actor=actor, at=at)


def load(*, actor: Actor, at: datetime) -> list[PolicyVersion]:
    """Load the nation's and the city's policies as its files stand now."""
    return policies.load_pack(*policies.folders(settings.CITY), actor=actor, at=at)


@dataclass(frozen=True)
class Batch:
    """What is read once for all persons decided together."""

    families: Mapping[UUID, Mapping[UUID, queries.Known]]
    holders: Mapping[tuple[UUID, str], UUID]
    kept: Mapping[tuple[UUID, str], Entitlement]
    month: Month

    @classmethod
    def of(cls, known: Mapping[UUID, queries.Known], month: Month) -> Batch:
        """Reads households, who of them holds what, and what was decided before, locked until the act ends."""
        homes = [one.household_id for one in known.values() if one.household_id]
        rows = Entitlement.everywhere.select_for_update(no_key=True).order_by("pk")
        before = rows.filter(person__in=list(known), month=month.first)
        return cls(
            queries.families(known.values(), month.day),
            queries.holders(homes, month.first),
            {(row.person_id, row.rule): row for row in before},
            month,
        )


def determine_all(persons: Sequence[Person], month: Month) -> list[Entitlement]:
    """Decide every policy in force for each person, and keep what came out."""
    known = queries.known(persons, month.day)
    homes = {person.household_region_id or person.region_id for person in persons}
    found = policies.at_each(month.day, homes)
    batch = Batch.of(known, month)
    rows = [row for person in persons for row in _of_person(known[person.pk], found, batch)]
    Entitlement.everywhere.bulk_create([row for row in rows if row._state.adding], batch_size=1_000)
    return rows


def _of_person(known: queries.Known, policies_at: InForce, batch: Batch) -> list[Entitlement]:
    person, month = known.person, batch.month
    if not person.alive_on(month.first) or not (person.is_living or person.died_on):
        raise Refused(
            "entitlement.not_living",
            "{person} is not registered as living in this month, so nothing is determined. Check the registry.",
            field="person",
            person=person,
        )
    home = person.household_region_id or person.region_id
    found = policies_at[home]
    if not found:
        raise Refused(
            "entitlement.no_policy",
            "No policy is in force here on {day}. Load the city's policies, then determine again.",
            day=month.day,
        )
    return [row for version, document in found for row in _of_policy(known, version, document, home, batch)]


def _of_policy(
    known: queries.Known, version: PolicyVersion, document: Document, home: int, batch: Batch
) -> list[Entitlement]:
    rules = program(document, on=batch.month.day, region=home)
    rows = []
    for rule in rules.grants_to("person"):
        outcome = _decided(known, rules, rule.code, batch)
        once = known.household_id if rule.payee is not None else None
        rows.append(_kept(known, version, outcome, once, batch, _carried(known, rules, outcome, batch)))
    return rows


def _decided(known: queries.Known, rules: Program, rule: str, batch: Batch) -> Outcome:
    month = batch.month
    if rules.rules[rule].payee is None:
        return decide(rules, rule, known.facts, month=month.first)
    members = batch.families[known.person.pk]
    outcomes = {
        str(key): decide(rules, rule, member.facts, month=month.first) for key, member in members.items()
    }
    facts = {str(key): member.facts for key, member in members.items()}
    holder = batch.holders.get((known.household_id, rule)) if known.household_id else None
    return once_per_household(outcomes, facts, holder=str(holder or ""))[str(known.person.pk)]


def _carried(known: queries.Known, rules: Program, outcome: Outcome, batch: Batch) -> int:
    """How much of an amount was left of the month before: what there is more than if nothing had been left."""
    name = left(outcome.rule.code)
    if outcome.rule.payee is not None or not outcome.value or not known.facts.get(name):
        return 0
    without = decide(rules, outcome.rule.code, {**known.facts, name: 0}, month=batch.month.first).value
    return max(int(str(outcome.value)) - int(str(without or 0)), 0)


def _kept(
    known: queries.Known,
    version: PolicyVersion,
    outcome: Outcome,
    once: UUID | None,
    batch: Batch,
    carried: int,
) -> Entitlement:
    """A fresh decision replaces an open one; beside an approved one it is kept as a proposal where it differs. Where only
    what is left of the month before differs, it is moved: that much of the decision is the ledger's to say.

    A decision that is new comes back unsaved.
    """
    person, rule, month = known.person, outcome.rule, batch.month
    trace = {**outcome.as_data(), "on": month.day.isoformat()}
    amount = outcome.value if isinstance(outcome.value, int) else 0
    values: dict[str, Any] = {
        "region_id": person.region_id,
        "household_id": known.household_id,
        "once_key": once,
        "policy": version,
        "name_en": rule.label.en,
        "name_zh": rule.label.zh,
        "unit": rule.unit,
        "amount": amount,
        "carried": carried,
        "state": _state(outcome),
        "reason": trace,
        "assumed": _rests_on_assumption(trace),
        "differs": False,
        "proposal": {},
        "prepared_by_id": month.actor.id,
        "prepared_at": month.at,
    }
    row = batch.kept.get((person.pk, rule.code))
    if row is None:
        return Entitlement(person=person, rule=rule.code, month=month.first, **values)
    if row.state in OPEN:
        for name, value in values.items():
            setattr(row, name, value)
    else:
        if (
            row.state == State.APPROVED
            and amount - carried == row.amount - row.carried != amount - row.carried
        ):
            follow(row, carried, actor=month.actor, at=month.at)
            row.reason = trace
        row.differs = amount != row.amount
        row.proposal = trace if row.differs else {}
    row.save()
    return row


def _state(outcome: Outcome) -> State:
    if outcome.pending:
        return State.PENDING
    return State.DRAFT if outcome.value else State.NOT_GRANTED


def _rests_on_assumption(trace: Mapping[str, Any]) -> bool:
    return bool(trace["assumed"]) or bool(trace.get("yielded", {}).get("assumed"))
