"""Disputes: by the organisation within some working days, decided by somebody who had no hand in what is disputed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.utils.translation import gettext_lazy as _

from songhe.areas.claims.actions.common import claim_of, must_be, save_lines, written
from songhe.areas.claims.actions.scoring import stated
from songhe.areas.claims.limits import terms
from songhe.areas.claims.models import (
    Claim,
    ClaimLine,
    Dispute,
    DisputeState,
    LineState,
    SampleCheck,
    State,
)
from songhe.areas.claims.queries.sums import last_score, open_disputes
from songhe.areas.verification.api import checks_of, overturn
from songhe.core.flow import Span
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, Scope, elevated
from songhe.engines.acts.api import act, four_eyes
from songhe.engines.cases.api import calendar
from songhe.engines.vault.api import seal
from songhe.kit.fields import Field

MOST_WORDS = 2_000
Words = Annotated[str, Field(label=_("Why it is wrong"), long=True, size=MOST_WORDS)]
Answer = Annotated[str, Field(label=_("Answer"), long=True, size=MOST_WORDS)]


@act("claims.file", verb="claims.agree")
def agree(claim: Claim, *, actor: Actor, at: datetime) -> Claim:
    """Agree with the lines and the score, so that nobody has to wait until the days of disputing are over."""
    must_be(claim, State.SCORED)
    if open_disputes(claim):
        raise Refused("dispute_open", "A dispute about this claim is not decided yet.")
    claim.agreed_at = at
    claim.save(update_fields=["agreed_at"])
    return claim


@act("claims.file", verb="claims.dispute", locks=False)
def dispute(line: ClaimLine, *, actor: Actor, at: datetime, words: Words) -> Dispute:
    """Dispute that a line was refused or cut."""
    claim = claim_of(line)
    if not line.is_disputable:
        raise Refused("not_disputable", "Nothing on this line was refused or cut by the office.")
    return _filed(claim, line, words, actor=actor, at=at)


@act("claims.file", verb="claims.dispute_score")
def dispute_score(claim: Claim, *, actor: Actor, at: datetime, words: Words) -> Dispute:
    """Dispute the score."""
    return _filed(claim, None, words, actor=actor, at=at)


@act("claims.decide", locks=False)
def allow(
    dispute: Dispute,
    *,
    actor: Actor,
    at: datetime,
    answer: Answer,
    percent: Annotated[
        int | None,
        Field(label=_("Deduct instead (percent)"), help=_("Where the score is disputed"), least=0, most=100),
    ] = None,
) -> Dispute:
    """Allow a dispute: the line is paid as claimed, or less is deducted for the score."""
    claim, line = _to_decide(dispute, actor)
    said = written(answer, field="answer", most=MOST_WORDS)
    if line is not None:
        _restore(line, said, actor=actor, at=at)
        stated(claim, actor=actor, at=at)
    else:
        if percent is None:
            raise Refused("percent", "Enter the percent that is deducted instead.", field="percent")
        score = last_score(claim)
        if score is not None and percent * 100 > score.deduct_bp:
            raise Refused("percent", "A dispute cannot increase the deduction: enter less.", field="percent")
        stated(claim, actor=actor, at=at, deduct_bp=percent * 100)
    return _decided(dispute, DisputeState.ALLOWED, said, actor=actor, at=at)


@act("claims.decide", locks=False)
def dismiss(dispute: Dispute, *, actor: Actor, at: datetime, answer: Answer) -> Dispute:
    """Dismiss a dispute; everything stays as it was."""
    _to_decide(dispute, actor)
    said = written(answer, field="answer", most=MOST_WORDS)
    return _decided(dispute, DisputeState.DISMISSED, said, actor=actor, at=at)


def _filed(claim: Claim, line: ClaimLine | None, words: str, *, actor: Actor, at: datetime) -> Dispute:
    must_be(claim, State.SCORED)
    if claim.agreed_at is not None or claim.dispute_until is None or at > claim.dispute_until:
        raise Refused("too_late", "The dispute period is over.")
    known = Dispute.everywhere.filter(claim=claim, line=line).exclude(state=DisputeState.WITHDRAWN)
    if known.exists():
        raise Refused("disputed", "This was disputed already.")
    said = written(words, field="words", most=MOST_WORDS)
    made: Dispute = Dispute.everywhere.create(
        claim=claim,
        line=line,
        region_id=claim.region_id,
        organisation_id=claim.organisation_id,
        words_sealed=seal(claim.pk, said),
        filed_by=actor.name[:80],
        filed_at=at,
        due_at=calendar().deadline(at, Span("working_days", terms().decide_days)),
    )
    return made


def _to_decide(dispute: Dispute, actor: Actor) -> tuple[Claim, ClaimLine | None]:
    claim = claim_of(dispute)
    if dispute.state != DisputeState.OPEN:
        raise Refused("decided", "This dispute is now {state}.", state=dispute.get_state_display())
    must_be(claim, State.SCORED)
    four_eyes(claim.filed_by_id, actor)
    with elevated():  # the line lies in a village
        line = ClaimLine.everywhere.get(pk=dispute.line_id) if dispute.line_id else None
    four_eyes(line.decided_by_id if line is not None else claim.scored_by_id, actor)
    return claim, line


def _restore(line: ClaimLine, words: str, *, actor: Actor, at: datetime) -> None:
    with elevated():
        if line.state == LineState.NOT_GIVEN:
            check = checks_of([line.visit_id], Scope.EVERYTHING)[line.visit_id]
            overturn(check, actor=actor, at=at, words=words[:1_000])
        SampleCheck.everywhere.filter(line=line).update(overturned=True)
    line.restore()
    save_lines([line])


def _decided(dispute: Dispute, state: DisputeState, answer: str, *, actor: Actor, at: datetime) -> Dispute:
    dispute.state, dispute.answer_sealed = state, seal(dispute.claim_id, answer)
    dispute.decided_by_id, dispute.decided_by, dispute.decided_at = actor.id, actor.name[:80], at
    dispute.save()
    return dispute
