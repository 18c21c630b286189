"""Giving up what nobody claimed in time, so that no grant and no contract is held for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.claims.actions.common import MOST_SIGNS, written
from songhe.areas.claims.actions.filing import Purchaser
from songhe.areas.claims.queries.unclaimed import overdue, still_late, too_late
from songhe.areas.providers.api import Organisation
from songhe.areas.visits.api import Visit, give_up, month_span
from songhe.core.days import month_of
from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM, Actor, Scope, elevated
from songhe.engines.acts.api import act, add_detail, record_bulk
from songhe.engines.acts.once import digest_of
from songhe.kit.fields import Field

MOST = 5_000
Theirs = Annotated[Organisation, Field(label=_("Organisation"))]


def lapse(*, at: datetime) -> int:
    """Give up visits whose month was claimed or settled without them and that come with no claim any more; returns how many.
    Run by a nightly job."""
    with elevated():  # of all offices
        late = list(too_late(Scope.EVERYTHING, timezone.localdate(at)).values_list("pk", flat=True)[:MOST])
    if late:
        _give_up(late, actor=SYSTEM, at=at)
    return len(late)


@act("claims.settle")
def close_month(
    *,
    actor: Actor,
    at: datetime,
    organisation: Theirs,
    region: Purchaser,
    month: Annotated[date, Field(label=_("Month"), help=_("Any day of the month"))],
    reason: Annotated[str, Field(label=_("Reason"), long=True, size=MOST_SIGNS)],
) -> int:
    """Close a month that an organisation does not claim: nothing of it is paid any more. Returns how many visits it concerns."""
    day = timezone.localdate(at)
    if month_of(month) >= still_late(day):
        raise Refused(
            "not_late",
            "Visits of this month can still come with a claim. Wait until that is over.",
            field="month",
        )
    add_detail(reason=written(reason), month=month_of(month).isoformat())
    first, after = month_span(month)
    mine = overdue(actor.scope("claims.settle").narrowed(region.code, region.upper), day)
    rows = mine.filter(organisation=organisation, arrived_at__gte=first, arrived_at__lt=after)
    found = list(rows.values_list("pk", flat=True))
    if not found:
        raise Refused("nothing", "No visit of this month waits to be claimed.", field="month")
    _give_up(found, actor=actor, at=at)
    return len(found)


@act("claims.settle", verb="claims.lapse")
def _give_up(visits: Sequence[UUID], *, actor: Actor, at: datetime) -> None:
    give_up(visits, at=at)
    digest = digest_of(sorted(visits))
    record_bulk("claims.give_up", model=Visit, count=len(visits), digest=digest, actor=actor, at=at)
