"""What hangs on the wall of the desk: today's numbers, who waits, who sits where."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.lines.actions.following import TOPIC
from songhe.areas.lines.limits import terms
from songhe.areas.lines.queries import numbers
from songhe.areas.lines.queries.shifts import on_duty
from songhe.areas.lines.rules import Desk
from songhe.areas.lines.screens.words import SEAT_TONES, clock, queue_name, share
from songhe.kit.charts import Bar, columns
from songhe.kit.clock import now
from songhe.kit.pages import NavItem, live_topic, page
from songhe.kit.spec import Figure
from songhe.kit.who import who

RIGHT = "lines.wall"


def figures_of(desk: Desk, last_day: Desk | None = None) -> list[Figure]:
    """The strip of numbers."""
    norm, least = terms().answer_seconds, terms().connected_bp / 10_000
    day = last_day or desk
    out = [
        Figure(_("Incoming calls"), str(desk.received), " · ".join(_fates(desk))),
        Figure(
            _("Connected in 24 hours"), share(day.connected), gettext("at least {share}").format(share=share(least)),
            tone=_tone(day.connected, least),
        ),
        Figure(_("Answered in {seconds} s").format(seconds=norm), share(desk.quick_share), gettext("{n} calls").format(n=desk.quick)),
        Figure(_("Average wait"), clock(desk.mean_wait), gettext("longest {time}").format(time=clock(desk.longest))),
        Figure(
            _("Abandoned"), str(desk.lost), gettext("{n} called back").format(n=desk.called_back),
            tone="warn" if desk.lost > desk.called_back else "",
        ),
        Figure(_("Chats answered in 3 min"), share(desk.text_share), gettext("{n} sessions").format(n=desk.texts)),
    ]  # fmt: skip
    if last_day is not None:
        del out[3]  # the wall says how long they wait now
        waits = "danger" if desk.longest_now > norm else "warn" if desk.waiting else "ok"
        out.insert(0, Figure(
            _("Waiting now"), str(desk.waiting), gettext("longest {time}").format(time=clock(desk.longest_now)), tone=waits,
        ))  # fmt: skip
    return out


def _fates(desk: Desk) -> list[str]:
    told = [gettext("{n} answered").format(n=desk.answered)]
    return [*told, gettext("{n} with unknown outcome").format(n=desk.untold)] if desk.untold else told


def _tone(value: float | None, least: float) -> str:
    return "" if value is None else "ok" if value >= least else "danger"


def hours_chart(desk: Desk) -> Any:
    """Calls of each hour."""
    bars = [
        Bar(
            f"{timezone.localtime(hour.since):%H}", hour.received, "warn" if hour.lost else "",
            gettext("{n} lost").format(n=hour.lost) if hour.lost else "",
        )
        for hour in desk.hours
    ]  # fmt: skip
    return columns(bars, title=gettext("Calls by hour"))


def context(request: HttpRequest) -> dict[str, Any]:
    """The wall of this moment."""
    user, at = who(request), now()
    scope = user.scope(RIGHT)
    wall = numbers.wall(scope, at)
    return {
        "figures": figures_of(wall.desk, wall.last_day),
        "chart": hours_chart(wall.desk),
        "any": wall.desk.received > 0,
        "seats": [
            (seat, SEAT_TONES[seat.state], own, clock((at - seat.since).total_seconds()), long, share(own.occupancy) if own else "—",
             clock(own.talk_seconds) if own else "—")
            for seat, own, long in wall.seats
        ],
        "states": [(state, wall.states[state]) for state in ("ready", "talking", "wrapping", "break")],
        "tones": SEAT_TONES,
        "waiting": [
            (row, clock((at - row.began_at).total_seconds()), queue_name(row.queue)) for row in wall.waiting
        ],
        "shift": on_duty(scope, at),
        "clock": timezone.localtime(at),
        "source": terms().source,
    }  # fmt: skip


live_topic(TOPIC, right=RIGHT)
wall_page = page(
    "lines.wall", path="lines/wall/", title=_("Wallboard"), right=RIGHT, template="lines/wall.html", context=context,
    nav=NavItem("service", "chart-pie", 54),
)  # fmt: skip
