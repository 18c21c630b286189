"""The page of figures: the promises, and the same by town, agent and kind of signal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.alarms.limits import terms
from songhe.areas.alarms.models import Alarm
from songhe.areas.alarms.queries import figures as queries
from songhe.areas.alarms.rules.figures import Figures, share
from songhe.areas.providers.api import said
from songhe.engines.regions.tree import name_of
from songhe.kit.clock import now
from songhe.kit.pages import NavItem, page
from songhe.kit.who import who

DAYS = (1, 7, 30, 90)
MOST = 30


def _percent(part: int, whole: int) -> str:
    found = share(part, whole)
    return "—" if found is None else f"{found // 100}.{found % 100:02d}%"


def _row(name: str, found: Figures) -> Mapping[str, Any]:
    return {
        "name": name,
        "alarms": found.alarms,
        "within": [_percent(n, found.alarms) for n in found.within.values()],
        "on_site": _percent(found.on_site, found.sent),
        "false": _percent(found.false, found.ended),
        "no_contact": _percent(found.no_contact, found.ended),
        "first_failed": _percent(found.first_failed, found.called),
    }


def _shown(request: HttpRequest) -> Mapping[str, Any]:
    asked = request.GET.get("days", "30")
    days = int(asked) if asked.isascii() and asked.isdecimal() and int(asked[:4]) in DAYS else 30
    at = now()
    start = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days - 1)  # fmt: skip
    rows = queries.within(who(request).scope("alarms.view"), start, at)
    total = queries.counted(rows)
    late = terms().answered[2].span if len(terms().answered) > 2 else terms().answered[-1].span
    slow = [one for one in rows if one.times.outcome != "test" and not _in_time(one.times.waited, late)]
    slow.sort(key=lambda one: one.times.raised, reverse=True)
    numbers = {row.pk: row for row in Alarm.everywhere.filter(pk__in=[one.id for one in slow[:MOST]])}
    return {
        "days": days,
        "choices": DAYS,
        "total": total,
        "row": _row("", total),
        "targets": [
            {"seconds": int(one.span.total_seconds()), "promised": f"{one.share / 100:g}%", "share": _percent(total.within[one.span], total.alarms), "met": (share(total.within[one.span], total.alarms) or 0) >= one.share, "n": total.within[one.span], "source": one.source}
            for one in terms().answered
        ],
        "site": {"minutes": int(terms().on_site.span.total_seconds()) // 60, "promised": f"{terms().on_site.share / 100:g}%", "share": _percent(total.on_site, total.sent), "met": (share(total.on_site, total.sent) or 0) >= terms().on_site.share, "n": total.on_site, "source": terms().on_site.source},
        "groups": [
            (_("By town"), [_row(name_of(int(code)), found) for code, found in list(queries.by(rows, queries.town_of).items())[:MOST]]),
            (_("By agent"), [_row(name or str(_("Nobody yet")), found) for name, found in list(queries.by(rows, lambda one: one.times.answered_by).items())[:MOST]]),
            (_("By signal"), [_row(said(terms().kind(code).label), found) for code, found in queries.by(rows, lambda one: one.kind).items()]),
        ],
        "slow": [(numbers[one.id], one.times.waited) for one in slow[:MOST] if one.id in numbers],
        "slow_span": int(late.total_seconds()),
        "assumed": terms().assumed,
    }  # fmt: skip


def _in_time(waited: timedelta | None, span: timedelta) -> bool:
    return waited is not None and timedelta() <= waited <= span


page(
    "alarms.figures",
    path="alarms/figures/",
    title=_("Figures of alarms"),
    right="alarms.view",
    template="alarms/figures.html",
    context=_shown,
    nav=NavItem("planning", icon="target", order=60),
)
