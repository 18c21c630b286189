"""What claims hear of finance, and what finance is told of claims."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from songhe.areas.claims.actions.common import move
from songhe.areas.claims.actions.filing import set_free
from songhe.areas.claims.limits import terms
from songhe.areas.claims.models import LIVE, Claim, ClaimLine, LineState
from songhe.areas.claims.queries.drawing import held
from songhe.areas.contracts import api as contracts
from songhe.areas.finance.api import Settlement, when_decided, when_waiting
from songhe.areas.finance.api import State as Settled
from songhe.areas.visits.api import orders_by_visit
from songhe.engines.access.api import Actor, elevated

MOVES = {Settled.APPROVED: "approve", Settled.PAID: "pay", Settled.RETURNED: "send_back"}


@when_waiting
def keep_from_settlements(county: int, month: date, owners: Mapping[UUID, UUID]) -> set[UUID]:
    """Visits that claims hold, and all those of organisations that claim the month themselves."""
    if not terms().county_prepares:
        return set(owners)
    with elevated():  # claims of all organisations, whoever prepares
        rows = Claim.everywhere.filter(region_id=county, month=month, state__in=LIVE)
        claiming = set(rows.values_list("organisation_id", flat=True))
    return held(owners) | {visit for visit, owner in owners.items() if owner in claiming}


@when_decided
def heard(settlement: Settlement, actor: Actor, at: datetime) -> None:
    """A settlement that was made from a claim was approved, paid or returned."""
    if settlement.source_id is None:
        return
    with elevated():  # finance decides on the settlement; its claim follows
        claim = Claim.everywhere.select_for_update(no_key=True, of=("self",)).get(pk=settlement.source_id)
        returned = settlement.state == Settled.RETURNED
        claim.reason = settlement.reason if returned else claim.reason
        move(
            claim, MOVES[Settled(settlement.state)], actor=actor, at=at, note=claim.reason if returned else ""
        )
        claim.save()
        if returned:
            set_free(claim)
        elif settlement.state == Settled.APPROVED:
            _free_refused(claim, at=at)


def _free_refused(claim: Claim, *, at: datetime) -> None:
    """What a town refused cannot be disputed any more: it takes of the contract and of the person's month no longer."""
    rows = ClaimLine.everywhere.filter(claim=claim, state=LineState.REFUSED)
    contracts.release(orders_by_visit(rows.values_list("visit_id", flat=True)).values(), at=at)
