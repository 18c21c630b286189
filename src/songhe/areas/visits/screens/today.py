"""The worker's day on a phone: where to go next, the door, and what was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import catalogue, metres
from songhe.areas.registry.api import Person, secrets_of_many
from songhe.areas.visits import queries
from songhe.areas.visits.limits import outcome_choices, outcome_name
from songhe.areas.visits.models import Order, Visit, VisitState
from songhe.areas.visits.rules import heading
from songhe.core.codes import Point
from songhe.engines.acts.api import record_read
from songhe.engines.acts.models import Act
from songhe.engines.regions.tree import full_name
from songhe.kit.clock import now
from songhe.kit.pages import NavItem, page
from songhe.kit.who import who

READ = "visits.read_address"
HEADINGS = {
    "north": _("north"),
    "north_east": _("north-east"),
    "east": _("east"),
    "south_east": _("south-east"),
    "south": _("south"),
    "south_west": _("south-west"),
    "west": _("west"),
    "north_west": _("north-west"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One visit as the worker needs it. ``away``: metres and heading from the stop before, None where unknown."""

    visit: Visit
    name: str
    phone: str
    address: str
    place: str
    wishes: str
    asked: list[Any]
    away: tuple[int, Any] | None
    key: str
    outcome: str

    @property
    def is_next(self) -> bool:
        """Whether something is still to be done here."""
        return self.visit.state in (VisitState.PLANNED, VisitState.ARRIVED)


PROOFS = {"photo": _("Take a picture"), "note": _("Write a note"), "check_out": _("Check out when you leave")}


def stops(user: Any, at: datetime) -> list[Stop]:
    """The worker's visits of today in order, with addresses in full; showing them is logged once a day each."""
    day = timezone.localdate(at)
    scope = user.scope("visits.check_in")
    rows = list(queries.visits_on(scope, day).exclude(state__in=[VisitState.CANCELLED, VisitState.MISSED]))
    orders = {  # not joined: an order that went back to dispatch is out of the worker's reach, the visit is not
        order.pk: order for order in Order.objects.within(scope).filter(pk__in={row.order_id for row in rows})
    }
    persons = {
        p.pk: p for p in Person.objects.within(user.scope()).filter(pk__in={row.person_id for row in rows})
    }
    secrets = secrets_of_many(persons.values())
    _log_reads(rows, user, at)
    out: list[Stop] = []
    before: Point | None = None
    for row in rows:
        person, known = persons.get(row.person_id), secrets.get(row.person_id)
        here = known.place if known else None
        out.append(
            Stop(
                visit=row,
                name=person.name if person else "—",
                phone=known.phone if known else "",
                address=known.address if known else "",
                place=full_name(row.region_id, below=2),
                wishes=orders[row.order_id].note if known and row.order_id in orders else "",
                asked=_asked(row),
                away=_away(before, here),
                key=uuid4().hex,
                outcome=outcome_name(row.outcome) if row.outcome else "",
            )
        )
        before = here or before
    return out


def _asked(row: Visit) -> list[Any]:
    item = catalogue().items.get(row.item)
    return [words for proof, words in PROOFS.items() if item and proof in item.proof]


def _away(before: Point | None, here: Point | None) -> tuple[int, Any] | None:
    if before is None or here is None:
        return None
    return metres(before, here) or 0, HEADINGS[heading(before, here)]


def _log_reads(rows: list[Visit], user: Any, at: datetime) -> None:
    start = queries.day_span(timezone.localdate(at))[0]
    ids = [row.pk for row in rows]
    seen = Act.objects.filter(verb=READ, actor_id=user.pk, subject_id__in=ids, at__gte=start)
    done = set(seen.values_list("subject_id", flat=True))
    for row in rows:
        if row.pk not in done:
            record_read(READ, row, actor=user, at=at, purpose="visit")


def context(request: HttpRequest) -> dict[str, Any]:
    """What the day shows."""
    user = who(request)
    at = now()
    found = stops(user, at)
    tomorrow = queries.visits_on(user.scope("visits.check_in"), timezone.localdate(at) + timedelta(days=1))
    return {
        "stops": found,
        "left": sum(stop.is_next for stop in found),
        "next_stop": next((stop for stop in found if stop.is_next), None),
        "tomorrow": tomorrow.exclude(state=VisitState.CANCELLED)[:20],
        "outcomes": outcome_choices(),
        "day": timezone.localdate(at),
    }


today = page(
    "visits.today",
    path="today/",
    title=_("My visits today"),
    right="visits.check_in",
    template="visits/today.html",
    context=context,
    nav=NavItem("today", "calendar", 10),
    home_for=("worker", "volunteer"),
    offline="/today/",
)
