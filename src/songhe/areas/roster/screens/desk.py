"""Drafts kept warm between requests of one server, so that a bar that is dragged is answered at once.

What is kept is read again whenever the board is opened, and after half a minute; it is reached only through a roster that
the reader may see.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock
from uuid import UUID

from songhe.areas.roster import queries
from songhe.areas.roster.fitting import Offer, desk_of, offers, standing
from songhe.areas.roster.models import Roster
from songhe.areas.roster.planning import Draft, draft_of
from songhe.core.roster import Desk

KEPT = 12
FRESH = timedelta(seconds=30)
_drafts: OrderedDict[tuple[UUID, int, str], tuple[datetime, Draft]] = OrderedDict()
_lock = Lock()
_desks: dict[tuple[UUID, int, str], tuple[datetime, Draft, Desk]] = {}
_asking = Lock()


def draft(roster: Roster, at: datetime, *, anew: bool = False) -> Draft:
    """The draft as it stands at a revision of its roster; ``anew``: with what came since, kept or not."""
    key = roster.pk, roster.revision, roster.state
    with _lock:
        found = None if anew else _drafts.get(key)
    if found is not None and timedelta(0) <= at - found[0] < FRESH:
        return found[1]
    made = draft_of(roster, at, queries.facts(roster, at))
    with _lock:
        _drafts[key] = at, made
        _drafts.move_to_end(key)
        while len(_drafts) > KEPT:
            _drafts.popitem(last=False)
    return made


def offered(roster: Roster, at: datetime, order: UUID) -> tuple[Draft, list[Offer]]:
    """The best places of an urgent order, and the plan into which it would go; the plan stays ready for the next one."""
    key = roster.pk, roster.revision, roster.state
    with _asking:
        found = _desks.get(key)
        if (
            found is None
            or not timedelta(0) <= at - found[0] < FRESH
            or str(order) not in found[1].facts.orders
        ):
            made = standing(roster, at)
            _desks.clear()
            found = _desks[key] = at, made, desk_of(made)
        return found[1], offers(found[1], order, found[2])


def forget() -> None:
    """Drop everything that is kept."""
    with _lock:
        _drafts.clear()
    with _asking:
        _desks.clear()
