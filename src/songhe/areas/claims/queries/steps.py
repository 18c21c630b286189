"""How far a claim has come, step by step, with who did it or what it waits for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from songhe.areas.claims.models import Claim, State, TownPart
from songhe.areas.claims.queries.sums import open_disputes, sample_of
from songhe.kit.words import moment


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name, ``done``, ``now`` or ``later``, and a note."""

    name: str
    state: str
    note: str = ""


def steps_of(claim: Claim) -> list[Step]:
    """The steps of a claim; one that was returned or withdrawn ends there."""
    if claim.state in (State.RETURNED, State.WITHDRAWN):
        return [Step(str(claim.get_state_display()), "now", claim.reason)]
    sample = sample_of(claim)
    parts = TownPart.everywhere.filter(claim=claim)
    total, done = parts.count(), parts.filter(accepted_at__isnull=False).count()
    filed = claim.filed_at is not None
    settlement = claim.settlement
    steps = [
        (gettext("Filed by the organisation"), filed, _by(claim.filed_by, claim.filed_at)),
        (gettext("Sample checked"), claim.sampled_at is not None and sample.is_done, sample.text if claim.sampled_at else ""),
        (gettext("Accepted by the towns"), filed and done == total, f"{done} / {total}" if total else ""),
        (gettext("Monthly service score"), claim.scored_at is not None, _by("", claim.scored_at)),
        (gettext("Dispute period over"), claim.accepted_at is not None or _undisputed(claim), _dispute_note(claim)),
        (gettext("Accepted by the county"), claim.accepted_at is not None, _by(claim.accepted_by, claim.accepted_at)),
        (gettext("Approved by finance"), claim.state in (State.APPROVED, State.PAID),
         _by(settlement.decided_by, settlement.decided_at) if settlement else ""),
        (gettext("Paid"), claim.state == State.PAID, f"{settlement.paid_on}" if settlement and settlement.paid_on else ""),
    ]  # fmt: skip
    current = next((place for place, step in enumerate(steps) if not step[1]), len(steps))
    return [
        Step(name, "done" if done_ else "now" if place == current else "later", note)
        for place, (name, done_, note) in enumerate(steps)
    ]


def _undisputed(claim: Claim) -> bool:
    return claim.agreed_at is not None and not open_disputes(claim)


def _dispute_note(claim: Claim) -> str:
    if claim.scored_at is None or claim.dispute_until is None:
        return ""
    if left := open_disputes(claim):
        return gettext("{n} open").format(n=left)
    if claim.agreed_at is not None:
        return gettext("The organisation agrees")
    return gettext("until {at}").format(at=moment(claim.dispute_until))


def _by(name: str, at: datetime | None) -> str:
    return " · ".join(filter(None, (name, moment(at)))) if at else ""
