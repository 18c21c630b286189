"""What several verbs of contracts share."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Annotated

from django.utils.translation import gettext_lazy as _

from songhe.areas.contracts import queries
from songhe.areas.contracts.models import Contract, State, Version, VersionState
from songhe.areas.contracts.rules import collide
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, elevated
from songhe.engines.cases.api import Case, move_case
from songhe.kit.fields import Field

Reason = Annotated[str, Field(label=_("Reason"), long=True, size=400)]


def move(
    contract: Contract, code: str, *, actor: Actor, at: datetime, passed: Collection[str] = (), note: str = ""
) -> None:
    """Move the contract's case and mirror its state."""
    with elevated():  # whoever may act on the contract acts on its case
        case = move_case(
            Case.everywhere.get(pk=contract.case_id), code, actor=actor, at=at, passed=passed, note=note
        )
    contract.state = State(case.state)


def need(contract: Contract, *states: State) -> None:
    """Refuse what does not fit the state."""
    if contract.state not in states:
        raise Refused(
            "contract_state",
            "This is not possible while the contract is “{state}”. Reload the page and choose again.",
            state=contract.get_state_display(),
        )


def opened(contract: Contract) -> Version:
    """The version that waits to be approved; refused where there is none."""
    found = queries.open_version(contract)
    if found is None:
        raise Refused(
            "nothing_open",
            "Approved terms cannot be edited. Begin an amendment, which takes effect on a chosen day.",
        )
    return found


def not_before_last(contract: Contract, since: date) -> Version:
    """The version that was approved last, before which no other begins."""
    last = next(row for row in queries.versions_of(contract) if row.state == VersionState.APPROVED)
    if since < last.since:
        raise Refused(
            "before_last",
            "A later version already takes effect on {day}. Choose that day or a later one.",
            field="since",
            day=last.since.isoformat(),
        )
    return last


def check_terms(since: date, until: date, fen: int, minutes: int | None) -> None:
    """Refuse a term that ends before it begins, and a ceiling of nothing."""
    if until < since:
        raise Refused("term", "The last day must not lie before the first.", field="until")
    if fen <= 0:
        raise Refused("no_ceiling", "The ceiling must be above zero.", field="ceiling")
    if minutes is not None and minutes <= 0:
        raise Refused("no_ceiling", "The ceiling must be above zero.", field="ceiling_hours")


def check_whole(contract: Contract, version: Version) -> None:
    """Refuse terms without services or regions, and those that another contract of the organisation holds too."""
    deal = queries.draft_deal(contract, version)
    if not deal.ranges:
        raise Refused("no_place", "The contract names no region. Add at least one.")
    if not deal.versions or not deal.versions[-1][1]:
        raise Refused("no_service", "The contract names no service. Add at least one with its price.")
    with elevated():  # another office's contract with the organisation counts as well
        others = [
            *queries.deals(
                Contract.everywhere.filter(organisation_id=contract.organisation_id)
                .filter(state__in=[State.APPROVED, State.IN_FORCE, State.SUSPENDED])
                .exclude(pk=contract.pk)
            )
        ]
    for other in others:
        if collide(deal, other):
            raise Refused(
                "lots_overlap",
                "Contract {other} of this organisation has some of these services in some of these regions for some of "
                "these days. Change the services, the regions or the term.",
                other=other.number,
            )
