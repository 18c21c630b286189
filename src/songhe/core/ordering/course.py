"""The moments of an order, and who has it at each step.

Assigned is not arrived: every moment is a stamp of its own, and none is filled in from another. The stamps are those of the
course that the order took last; what was tried before stays in its history.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from songhe.core.flow import Flow, Kind, moves_from

MOMENTS = (
    "placed",
    "offered",
    "taken",
    "assigned",
    "accepted",
    "departed",
    "arrived",
    "done",
    "confirmed",
    "called_back",
    "settled",
)
"""The moments in their order."""
Stamps = Mapping[str, datetime | None]


class Owner(StrEnum):
    """Who has to do something about an order."""

    DESK = "desk"
    ORGANISATION = "organisation"
    WORKER = "worker"
    LEVEL = "level"
    FINANCE = "finance"
    NOBODY = "nobody"


def moments_after(
    flow: Flow, state: str, code: str, stamps: Stamps, at: datetime
) -> dict[str, datetime | None]:
    """The stamps after a move: what it sets, without any that lies behind it; what it takes back is gone."""
    move = next(move for move in moves_from(flow, state) if move.code == code)
    first = move.clears or (move.stamps[0] if move.stamps else "")
    found = {name: stamps.get(name) for name in MOMENTS}
    if first:
        found |= dict.fromkeys(MOMENTS[MOMENTS.index(first) :])
    return found | dict.fromkeys(move.stamps, at)


def owner(flow: Flow, state: str, *, organisation: bool, worker: bool, level: bool) -> Owner:
    """Who has an order: a level of the network where it was escalated, else whoever the last move gave it to.

    Nobody only where it has ended: the desk has whatever is nobody else's.
    """
    if flow.state(state).kind is not Kind.OPEN:
        return Owner.NOBODY
    if level:
        return Owner.LEVEL
    if state in WITH_WORKER and worker:
        return Owner.WORKER
    if state in ("received", "taken") and organisation:
        return Owner.ORGANISATION
    return Owner.FINANCE if state == "followed_up" else Owner.DESK


WITH_WORKER = ("dispatched", "accepted", "on_the_way", "in_service")
