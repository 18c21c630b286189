"""The numbers of a past day or span: per hour and per agent, and the worst 24 hours of the month around it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from songhe.areas.lines.limits import say, terms
from songhe.areas.lines.queries import numbers
from songhe.areas.lines.screens.wall import figures_of, hours_chart
from songhe.areas.lines.screens.words import clock, share
from songhe.kit.clock import now, today
from songhe.kit.days import span_of
from songhe.kit.pages import NavItem, page
from songhe.kit.who import who

RIGHT, BACK = "lines.view", 29


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text[:10])
    except ValueError:
        return today()
    return found if date(2020, 1, 1) <= found <= today() else today()


def context(request: HttpRequest) -> dict[str, Any]:
    """One day's numbers; the worst 24 hours of the thirty days up to it."""
    day = _day(request.GET.get("day", ""))
    scope, at = who(request).scope(RIGHT), now()
    since, until = span_of(day)
    desk = numbers.desk(scope, since, until, now=min(at, until))
    begin, _end = span_of(day - timedelta(days=BACK))
    worst = numbers.desk(scope, begin, min(until, at), now=min(at, until)).worst
    names = numbers.names(scope, since)
    agents = sorted(desk.agents.values(), key=lambda row: -row.answered)
    return {
        "day": day,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1) if day < today() else None,
        "figures": figures_of(desk),
        "chart": hours_chart(desk),
        "any": desk.received > 0,
        "hours": [(hour, share(hour.quick / (hour.answered + hour.lost)) if hour.answered + hour.lost else "—",
                   clock(hour.talk_seconds)) for hour in desk.hours if hour.received or hour.talk_seconds],
        "agents": [
            (names.get(row.agent, "—"), row, clock(row.talk_seconds), clock(row.talk_seconds / (row.answered + row.dialled))
             if row.answered + row.dialled else "—", clock(row.wrap_seconds), share(row.occupancy), clock(row.duty_seconds))
            for row in agents
        ],
        "worst": worst,
        "worst_share": share(worst.share) if worst else "—",
        "worst_ok": bool(worst and worst.share * 10_000 >= terms().connected_bp),
        "least": share(terms().connected_bp / 10_000),
        "assumed": say(terms().assumed),
        "source": terms().source,
    }  # fmt: skip


day_page = page(
    "lines.day", path="lines/day/", title=_("The desk's numbers"), right=RIGHT, template="lines/day.html", context=context,
    nav=NavItem("service", "chart-pie", 56),
)  # fmt: skip
