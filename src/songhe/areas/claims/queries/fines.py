"""What is paid less for complaints: each deduction once, with the first claim from which it can be taken.

What was borne and is decided again with less is given back with the organisation's next claim, under whatever contract:
the first may have ended. It is a debt and no service, so it takes of the fund and of no contract's ceiling.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from songhe.areas.claims.models import LIVE, PAYABLE, Claim, ClaimLine, Score
from songhe.areas.claims.rules import deductions as shared
from songhe.areas.hotline.api import deductions
from songhe.areas.visits.api import month_span
from songhe.engines.access.api import elevated


@dataclass(frozen=True, slots=True)
class Fine:
    """Fen taken for one complaint; less than none are given back. ``on``: the day it was decided or withdrawn."""

    id: str
    number: str
    fen: int
    on: str


def payable(claim: Claim) -> list[ClaimLine]:
    """The lines that are paid, in their order."""
    with elevated():
        return list(ClaimLine.everywhere.filter(claim=claim, state__in=PAYABLE).order_by("on", "id"))


def fines(claim: Claim, deduct_bp: int) -> list[Fine]:
    """What this claim bears: decided by the end of its month, of its contract or of none, and not borne by another claim;
    and what of other claims is given back with it.

    It bears no more than is left after the score's share; the rest stays for the next month.
    """
    amounts = [line.claimed_fen - line.refused_fen for line in payable(claim)]
    room = sum(amounts) - sum(shared(amounts, deduct_bp))
    end = month_span(claim.month)[1]
    low, high = claim.region_id, claim.region.upper
    decided = deductions(claim.organisation_id, low=low, high=high, until=end, borne=set(_borne(claim)))
    borne, out = _borne(claim), []  # after the lock: what another claim has taken meanwhile is seen
    for one in decided:
        fen = min(one.fen - borne[one.complaint_id], room)
        fits = one.contract_id in (claim.contract_id, None)
        if one.at and one.is_settled and (fen < 0 or (fits and fen)):
            out.append(Fine(str(one.complaint_id), one.number, fen, str(timezone.localdate(one.at))))
            room -= max(fen, 0)
    return out


def taken(score: Score | None) -> list[tuple[str, str, int]]:
    """Number, day (scores of old have none) and fen of the complaints of a score, given back below none."""
    rows = score.fines if score else []
    return [(str(one["number"]), str(one.get("on", "")), int(one["fen"])) for one in rows]


def _borne(claim: Claim) -> defaultdict[UUID, int]:
    """Fen by complaint that other claims of the organisation bear, less what they gave back, in the score that holds."""
    rows = Score.everywhere.filter(organisation_id=claim.organisation_id, claim__state__in=LIVE)
    newest = rows.exclude(claim=claim).order_by("claim_id", "-version").distinct("claim_id")
    out: defaultdict[UUID, int] = defaultdict(int)
    with elevated():
        known: Iterable[list[dict[str, object]]] = list(newest.values_list("fines", flat=True))
    for fine in (one for some in known for one in some):
        out[UUID(str(fine["id"]))] += int(str(fine["fen"]))
    return out
