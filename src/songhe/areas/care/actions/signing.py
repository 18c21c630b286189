"""Signing a plan: it is checked against grant and contracts, and takes the place of the version before it."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.care import queries, rules
from songhe.areas.care.actions.drafting import need_draft, tell_needless
from songhe.areas.care.models import Plan, PlanState, Signer
from songhe.areas.contracts import api as contracts
from songhe.areas.registry.api import Person
from songhe.areas.visits.api import PaidBy, taken_minutes
from songhe.core.days import month_after, month_end
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor, Tie, elevated, tie
from songhe.engines.acts.api import act, add_detail
from songhe.kit.fields import Field


@act("care.sign")
def sign(
    plan: Plan,
    *,
    actor: Actor,
    at: datetime,
    signer: Annotated[Signer, Field(label=_("Signed as"))],
    signed_by: Annotated[str, Field(label=_("Signed by"), size=60)],
    signed_on: Annotated[date, Field(label=_("Signed on"))],
) -> Plan:
    """Enter the signature of the person or the family; the plan holds from its first day on."""
    need_draft(plan)
    day = timezone.localdate(at)
    name = normalise(signed_by, field="signed_by")
    if not name or len(name) > 60:
        raise Refused("empty", "This must not be empty. Fill it in.", field="signed_by")
    if not signed_on <= day:
        raise Refused(
            "in_future", "The signature is in the future. Enter the day on the paper.", field="signed_on"
        )
    with elevated():  # a person may have moved out of the drafter's area
        person = Person.everywhere.get(pk=plan.person_id)
    if not person.is_living:
        raise Refused(
            "not_living", "No plan can be made for this person any more. Look at the person's page."
        )
    plan.since = max(plan.since, day)
    _check_fits(plan, at=at)
    plan.signer, plan.signed_by, plan.signed_on = signer, name, signed_on
    plan.signed_region, plan.region_id = person.region_id, person.region_id
    _replace(plan, actor=actor, at=at)
    plan.state = PlanState.ACTIVE
    plan.save()
    with elevated():  # the organisation is to serve the person, and sees whom from now on
        tie(plan.person_id, plan.organisation_id, Tie.Kind.ORGANISATION, region_id=plan.region_id, since=day)
    return plan


def _replace(plan: Plan, *, actor: Actor, at: datetime) -> None:
    """End the version before on the day before; what it planned beyond that is called off."""
    if plan.replaces_id is None:
        return
    with elevated():  # the version before may have been led by another organisation
        before = Plan.everywhere.select_for_update(no_key=True, of=("self",)).get(pk=plan.replaces_id)
        if before.state != PlanState.ACTIVE:
            raise Refused(
                "not_active", "The plan that this version replaces is no longer active. Begin a new plan."
            )
        before.state, before.until = PlanState.SUPERSEDED, plan.since - timedelta(days=1)
        before.save()
    add_detail(replaced=str(before.pk))
    tell_needless(plan, actor=actor, at=at)


def _check_fits(plan: Plan, *, at: datetime) -> None:
    """Refuse a plan beyond the grant or the contracts in its first month or the one after."""
    lines = queries.lines_of(plan)
    if not lines:
        raise Refused("no_lines", "The plan has no service. Add at least one.")
    first = max(plan.since, timezone.localdate(at) + timedelta(days=1))
    last = month_end(month_after(first))
    found = queries.slots(plan, lines, first, last)
    if not found:
        raise Refused("no_days", "No service takes place in the first two months. Look at the days.")
    wrong = next((slot for slot in found if slot.reason is not None), None)
    if wrong is not None and wrong.reason is not None:
        refusal = Refused(wrong.code, wrong.reason.text, rule="contract")
        refusal.values = wrong.reason.values
        raise refusal
    _check_grant(plan, [slot for slot in found if slot.line.paid_by == PaidBy.ENTITLEMENT])
    _check_ceilings(plan, found)


def _check_grant(plan: Plan, found: list[queries.Slot]) -> None:
    free: dict[date, int] = {}
    for month in {slot.day.replace(day=1) for slot in found}:
        hours = queries.hours_left(plan.person_id, month)
        freed = _replaced(plan, month, month_end(month)).values()
        taken = taken_minutes([plan.person_id], month).get(plan.person_id, 0)
        taken -= sum(amount.minutes for amount in freed)
        free[month] = hours.granted - hours.settled - taken if hours else 0
    for fit in rules.fits(((slot.day, slot.minutes) for slot in found), free):
        if fit.over:
            raise Refused(
                "over_grant",
                "In {month} the plan takes {wanted} minutes, and the grant has {free}. Plan less, or let the person pay for "
                "some of it.",
                rule="grant",
                month=f"{fit.month:%Y-%m}",
                wanted=fit.wanted,
                free=fit.free,
            )


def _replaced(plan: Plan, since: date, until: date) -> dict[UUID, contracts.Amount]:
    """What the version before promised for days from which this one holds, by contract: it will be called off."""
    if plan.replaces_id is None:
        return {}
    return queries.promised_from(plan.person_id, max(plan.since, since), until)


def _check_ceilings(plan: Plan, found: list[queries.Slot]) -> None:
    """Refuse what the contracts have no money or hours left for."""
    costs: defaultdict[UUID, contracts.Amount] = defaultdict(contracts.Amount)
    for slot in found:
        if slot.contract_id is not None:
            costs[slot.contract_id] += contracts.Amount(slot.fen, slot.minutes)
    freed = _replaced(plan, plan.since, date.max)
    with elevated():  # whoever plans does not see every contract
        rows = list(contracts.Contract.everywhere.filter(pk__in=list(costs)))
        stands = contracts.standings(rows)
    for row in rows:
        fen, minutes = stands[row.pk].left
        back = freed.get(row.pk, contracts.Amount())
        _within(row, costs[row.pk], fen + back.fen, None if minutes is None else minutes + back.minutes)


def _within(contract: contracts.Contract, cost: contracts.Amount, fen: int, minutes: int | None) -> None:
    if cost.fen > fen:
        raise Refused(
            "beyond_contract",
            "Contract {contract} has {left} yuan left, and this costs {cost}. Raise its ceiling by an amendment, or plan "
            "less.",
            rule="ceiling",
            contract=contract.number,
            left=contracts.in_yuan(fen),
            cost=contracts.in_yuan(cost.fen),
        )
    if minutes is not None and cost.minutes > minutes:
        raise Refused(
            "beyond_contract",
            "Contract {contract} has {left} minutes left, and this takes {cost}. Raise its ceiling by an amendment, or plan "
            "less.",
            rule="ceiling",
            contract=contract.number,
            left=minutes,
            cost=cost.minutes,
        )
