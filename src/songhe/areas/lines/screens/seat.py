"""The agent's own seat: what rings, what to do between two calls, and the part that pops up on other pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from songhe.areas.lines.actions.following import OWN_TOPIC, own_topic
from songhe.areas.lines.limits import say, terms
from songhe.areas.lines.queries import numbers, sessions
from songhe.areas.lines.rules import SeatState
from songhe.areas.lines.screens.calls import leads_to
from songhe.areas.lines.screens.words import SEAT_TONES, clock, queue_name, share
from songhe.engines.access.api import elevated
from songhe.kit.clock import now, today
from songhe.kit.days import span_of
from songhe.kit.pages import NavItem, live_topic, page
from songhe.kit.who import who

SHOWN = 10


def ringing(user: Any) -> dict[str, Any]:
    """What is on the agent's line at this moment."""
    row = sessions.ringing_for(user.pk)
    if row is None:
        return {"ringing": None}
    return {
        "ringing": row,
        "rings": row.state not in ("talking", "held"),
        "open_url": leads_to(row, user),
        "queue": queue_name(row.queue),
    }


def context(request: HttpRequest) -> dict[str, Any]:
    """The seat page."""
    user, at = who(request), now()
    scope = user.scope("lines.seat")
    with elevated():  # the agent's own seat, calls and numbers, wherever the exchange stands
        seat = sessions.seat_of(user.pk)
        mine = sessions.calls_of(user.pk)
        since, until = span_of(today())
        own = numbers.own_day(user.pk, since, until, now=at)
        left = list(sessions.not_opened(user.pk, since)[:SHOWN])
    return {
        "seat": seat,
        "tone": SEAT_TONES[seat.state] if seat else "muted",
        "states": SeatState,
        "breaks": [(code, say(label)) for code, label in terms().breaks.items()],
        "calls": mine,
        "left": [(row, leads_to(row, user)) for row in left],
        "written": list(sessions.in_writing(scope)[:SHOWN]),
        "back": list(sessions.to_call_back(scope, at)[:SHOWN]),
        "figures": [
            (_("Calls answered"), own.answered, ""),
            (_("Dialled"), own.dialled, ""),
            (_("Rang unanswered"), own.missed, "warn" if own.missed else ""),
            (_("Talk time"), clock(own.talk_seconds), ""),
            (_("Wrap-up time"), clock(own.wrap_seconds), ""),
            (_("Occupancy"), share(own.occupancy), ""),
        ],
        "topic": own_topic(user.pk),
        **ringing(user),
    }


def pop(request: HttpRequest) -> dict[str, Any]:
    """The small part alone."""
    with elevated():  # the agent's own line
        return ringing(who(request))


live_topic(OWN_TOPIC, right="lines.seat", own=True)
seat_page = page(
    "lines.seat", path="seat/", title=_("My seat"), right="lines.seat", template="lines/seat.html", context=context,
    nav=NavItem("today", "phone", 15),
)  # fmt: skip
page(
    "lines.pop", path="seat/now/", title=_("On my line"), right="lines.seat", template="lines/now.html", context=pop,
)  # fmt: skip
