"""Acceptance: by each town for its lines, then by the county for the claim, which makes the settlement."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from songhe.areas.claims.actions.common import MOST_SIGNS, claim_of, move, must_be, resum, save_lines, written
from songhe.areas.claims.actions.filing import set_free
from songhe.areas.claims.limits import terms
from songhe.areas.claims.models import PAYABLE, Claim, ClaimLine, LineState, SampleCheck, State, TownPart
from songhe.areas.claims.queries.drawing import still_count
from songhe.areas.claims.queries.sums import checkers, hands, open_disputes
from songhe.areas.claims.rules import covered
from songhe.areas.contracts.api import in_yuan
from songhe.areas.finance.api import Line, locked_fund, settle_claimed, uncommitted
from songhe.areas.verification.api import look_through
from songhe.core.codes.region import TOWN, at_level
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail, four_eyes
from songhe.kit.fields import Field

Reason = Annotated[str, Field(label=_("Reason"), long=True, size=MOST_SIGNS)]


@act("claims.accept", verb="claims.refuse", locks=False)
def refuse_line(line: ClaimLine, *, actor: Actor, at: datetime, reason: Reason) -> ClaimLine:
    """Refuse a visit of the own town with a reason; the organisation may dispute it."""
    claim = claim_of(line)
    must_be(claim, State.FILED)
    four_eyes(claim.filed_by_id, actor)
    if not line.is_payable:
        raise Refused("not_payable", "Nothing is payable for this visit.")
    with elevated():
        part = TownPart.everywhere.filter(claim=claim, region_id=at_level(line.region_id, TOWN)).first()
    if part is not None and part.accepted_at is not None:
        raise Refused("town_accepted", "The town has accepted its lines already.")
    line.take_out(LineState.REFUSED, written(reason), holds=True)
    line.decided_by_id = actor.id
    save_lines([line])
    resum(claim)
    return line


@act("claims.accept", verb="claims.accept_town", locks=False)
def accept_town(part: TownPart, *, actor: Actor, at: datetime) -> TownPart:
    """Accept the lines of a town, once its part of the sample is checked; who checked does not accept."""
    claim = claim_of(part)
    must_be(claim, State.FILED)
    if part.accepted_at is not None:
        raise Refused("town_accepted", "The town has accepted its lines already.")
    _no_hand(actor, {claim.filed_by_id, *checkers(claim)})
    if claim.sampled_at is None:
        raise Refused("not_sampled_yet", "The county has not drawn the sample yet. Wait for it.")
    low, high = part.region_id, part.region.upper
    if left := SampleCheck.everywhere.filter(
        claim=claim, found="", region_id__gte=low, region_id__lt=high
    ).count():
        raise Refused("sample_open", "{n} visits of the sample are not checked yet.", n=left)
    part.accepted_at, part.accepted_by_id, part.accepted_by = at, actor.id, actor.name[:80]
    part.is_open = False
    part.save()
    return part


@act("claims.settle")
def accept(claim: Claim, *, actor: Actor, at: datetime) -> Claim:
    """Accept a claim for the county: what is left of it becomes a settlement, which finance approves.

    Whoever filed, sampled, checked, scored or accepted for a town does not accept for the county.
    """
    must_be(claim, State.SCORED)
    _no_hand(actor, hands(claim))
    if open_disputes(claim):
        raise Refused("dispute_open", "A dispute about this claim is not decided yet.")
    if claim.agreed_at is None and (claim.dispute_until is None or at <= claim.dispute_until):
        raise Refused(
            "may_dispute",
            "The organisation may still dispute. Wait until it agrees or the dispute period is over.",
        )
    look_through(at=at, low=claim.region_id, high=claim.region.upper)
    fund = locked_fund(claim.region_id, claim.month)
    lines = _still_sure(claim)
    lines = _within_fund(lines, uncommitted(fund) - claim.returned_fen)
    resum(claim)
    if not lines:
        raise Refused("nothing_payable", "Nothing in this claim can be paid. Return it with a reason.")
    claim.settlement = settle_claimed(
        fund, claim.organisation_id, claim.month, [_line(line) for line in lines], returned_fen=claim.returned_fen,
        source_id=claim.pk, actor=actor, at=at,
    )  # fmt: skip
    claim.accepted_at, claim.accepted_by = at, actor.name[:80]
    move(claim, "accept", actor=actor, at=at)
    claim.save()
    add_detail(lines=len(lines), fen=claim.net_fen)
    return claim


@act("claims.settle", verb="claims.return")
def give_back(claim: Claim, *, actor: Actor, at: datetime, reason: Reason) -> Claim:
    """Return a claim with a reason; the organisation may draw it up anew."""
    must_be(claim, State.FILED, State.SCORED)
    four_eyes(claim.filed_by_id, actor)
    claim.reason = written(reason)
    move(claim, "return", actor=actor, at=at, note=claim.reason)
    claim.save()
    set_free(claim)
    return claim


def _no_hand(actor: Actor, others: Collection[UUID | None]) -> None:
    if actor.id in others:
        raise Refused(
            "same_person",
            "You filed, sampled, checked or accepted a part of this claim, so somebody else must accept it.",
            rule="four-eyes",
        )


def _still_sure(claim: Claim) -> list[ClaimLine]:
    """Payable lines whose visits still count; what came into doubt since waits for a later claim."""
    with elevated():
        lines = list(ClaimLine.everywhere.filter(claim=claim, state__in=PAYABLE).order_by("on", "visit_id"))
    sure = still_count({line.visit_id: line.minutes for line in lines})
    gone = [line for line in lines if line.visit_id not in sure]
    for line in gone:
        line.take_out(LineState.CHANGED, "", holds=False)
    save_lines(gone)
    return [line for line in lines if line.visit_id in sure]


def _within_fund(lines: Sequence[ClaimLine], available: int) -> list[ClaimLine]:
    """The lines that the fund reaches by the city's rule; the others wait for a later claim."""
    needs = [line.net_fen for line in lines]
    fits = covered(needs, available, terms().shortfall)
    if fits is None:
        raise Refused(
            "shortfall",
            "The fund has {left} yuan left, and this claim needs {need}. Allot money first.",
            left=in_yuan(available),
            need=in_yuan(sum(needs)),
        )
    waits = [line for line, fit in zip(lines, fits, strict=True) if not fit]
    for line in waits:
        line.take_out(LineState.BUDGET, "", holds=False)
    save_lines(waits)
    return [line for line, fit in zip(lines, fits, strict=True) if fit]


def _line(line: ClaimLine) -> Line:
    """What finance pays for a line."""
    return Line(
        visit_id=line.visit_id, person_id=line.person_id, region_id=line.region_id, item=line.item, on=line.on,
        minutes=line.minutes, payable_minutes=line.payable_minutes, unit_fen=line.unit_fen, fen=line.net_fen,
        deducted_fen=line.deducted_fen, reason="over_grant" if line.state == LineState.PART else "",
        contract_id=line.contract_id,
    )  # fmt: skip
