"""What several verbs of claims share."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Q, Sum

from songhe.areas.claims.models import Claim, ClaimLine, Dispute, SampleCheck, State, TownPart
from songhe.areas.claims.queries.sums import PAYABLE_LINES, SUMS
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor, elevated
from songhe.engines.cases.api import Case, move_case
from songhe.engines.live.api import publish

TOPIC = "claims"
MOST_SIGNS = 400
LINE_FIELDS = (
    "state", "reason", "active", "claimed_fen", "refused_fen", "deducted_fen", "net_fen", "payable_minutes", "told_minutes",
    "decided_by_id",
)  # fmt: skip


def must_be(claim: Claim, *states: State) -> None:
    """Refuse what does not fit the state."""
    if claim.state not in states:
        raise Refused(
            "claim_state",
            "This claim is now “{state}”. Open it again to see what happened.",
            state=claim.get_state_display(),
        )


def written(words: str, *, field: str = "reason", most: int = MOST_SIGNS) -> str:
    """Words that are needed, ready to be stored."""
    clean = normalise(words, lines=True, field=field)
    if not clean or len(clean) > most:
        raise Refused("words", "Say in 1 to {most} characters why.", field=field, most=most)
    return clean


def move(
    claim: Claim, code: str, *, actor: Actor, at: datetime, passed: Collection[str] = (), note: str = ""
) -> None:
    """Move the claim's case, mirror its state, and tell open pages."""
    with elevated():  # whoever may act on the claim acts on its case
        case = move_case(
            Case.everywhere.get(pk=claim.case_id), code, actor=actor, at=at, passed=passed, note=note
        )
    claim.state = State(case.state)
    news = {"claim": str(claim.pk), "state": str(claim.state)}
    publish(TOPIC, claim.region_id, news, at=at, holder_id=claim.organisation_id)


def claim_of(part: ClaimLine | SampleCheck | TownPart | Dispute) -> Claim:
    """The claim of a part, locked, and the part read anew; whoever acts on a part acts on the claim's sums.

    Verbs of a part lock no row before, so that they wait for verbs of the whole claim in one order.
    """
    with elevated():
        found: Claim = Claim.everywhere.select_for_update(no_key=True, of=("self",)).get(pk=part.claim_id)
    part.refresh_from_db()
    return found


def resum(claim: Claim) -> None:
    """Add the lines up anew."""
    with elevated():  # a village's line is part of the county's claim
        rows = ClaimLine.everywhere.filter(claim=claim)
        for name, total in rows.aggregate(**{name: Sum(name) for name in SUMS}).items():
            setattr(claim, name, total or 0)
        claim.net_fen += claim.returned_fen
        claim.visits = rows.filter(PAYABLE_LINES).count()
        claim.left_out = rows.filter(~Q(PAYABLE_LINES)).count()
        claim.save(update_fields=[*SUMS, "returned_fen", "visits", "left_out"])


def save_lines(lines: Iterable[ClaimLine]) -> None:
    """Save what became of lines."""
    with elevated():  # a county's claim reaches into every village
        ClaimLine.everywhere.bulk_update(list(lines), LINE_FIELDS, batch_size=2_000)
