"""The score of the month, and what is deducted for it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from songhe.areas.claims.actions.common import move, must_be, resum, save_lines
from songhe.areas.claims.limits import terms
from songhe.areas.claims.models import Claim, Score, State
from songhe.areas.claims.queries import fines as queries
from songhe.areas.claims.queries.figures import counts
from songhe.areas.claims.queries.fines import payable
from songhe.areas.claims.queries.sums import last_score, sample_of, towns_open
from songhe.areas.claims.rules import deductions, score
from songhe.core.flow import Span
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, add_detail, four_eyes
from songhe.engines.cases.api import calendar


@act("claims.sample", verb="claims.score")
def state_score(claim: Claim, *, actor: Actor, at: datetime) -> Claim:
    """State the score of the month and deduct what it says; from now on the organisation may dispute."""
    must_be(claim, State.FILED)
    four_eyes(claim.filed_by_id, actor)
    if claim.sampled_at is None:
        raise Refused("not_sampled", "Draw the sample first: its result is part of the score.")
    if left := sample_of(claim).open:
        raise Refused("sample_open", "{n} visits of the sample are not checked yet.", n=left)
    if left := towns_open(claim):
        raise Refused("towns_open", "{n} towns have not accepted their lines yet.", n=left)
    stated(claim, actor=actor, at=at)
    claim.scored_at, claim.scored_by_id = at, actor.id
    claim.dispute_until = calendar().deadline(at, Span("working_days", terms().dispute_days))
    move(claim, "score", actor=actor, at=at)
    claim.save()
    return claim


def stated(
    claim: Claim, *, actor: Actor, at: datetime, words: str = "", deduct_bp: int | None = None
) -> Score:
    """A new version of the score from what is known now; ``deduct_bp`` where a dispute set the share itself."""
    known, before = terms(), last_score(claim)
    found = score(known.parts, known.bands, counts(claim))
    share = found.deduct_bp if deduct_bp is None else deduct_bp
    if before is not None:
        share = min(share, before.deduct_bp)  # a dispute never makes it worse
    fines = queries.fines(claim, share)
    made: Score = Score.everywhere.create(
        claim=claim,
        region_id=claim.region_id,
        organisation_id=claim.organisation_id,
        version=before.version + 1 if before else 1,
        score_bp=found.score_bp,
        deduct_bp=share,
        parts=[asdict(mark) for mark in found.marks],
        fines=[asdict(fine) for fine in fines],
        assumed=known.assumed,
        words=words[:400],
        by=actor.name[:80],
        at=at,
    )
    fixed = sum(fine.fen for fine in fines if fine.fen > 0)
    claim.returned_fen = fixed - sum(fine.fen for fine in fines)
    _deduct(claim, share, fixed)
    add_detail(score=made.score_bp, deduct_bp=share, fines_fen=fixed, returned_fen=claim.returned_fen)
    return made


def _deduct(claim: Claim, deduct_bp: int, fixed: int) -> None:
    """Share the deduction out over what is left of the lines after refusals."""
    lines = payable(claim)
    left = [line.claimed_fen - line.refused_fen for line in lines]
    for line, fen in zip(lines, deductions(left, deduct_bp, fixed), strict=True):
        line.deduct(fen)
    save_lines(lines)
    resum(claim)
