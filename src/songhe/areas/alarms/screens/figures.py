"""The page of figures: the promises, and the same by town, agent and kind of signal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.alarms.limits import terms
from songhe.areas.alarms.models import Alarm
from songhe.areas.alarms.queries import figures as queries
from songhe.areas.alarms.rules.figures import Figures, share, stands
from songhe.areas.providers.api import said
from songhe.engines.indicators.api import indicator
from songhe.engines.regions.tree import name_of
from songhe.kit.clock import now
from songhe.kit.pages import NavItem, page
from songhe.kit.who import who
from songhe.kit.words import is_chinese

DAYS = (1, 7, 30, 90)
MOST = 30
MOST_LISTED = 200
INDICATORS = (
    *(f"alarm_answered_{n}" for n in (15, 20, 60, 180)), "alarms_raised", "alarm_on_site", "alarm_false", "alarm_no_contact", "alarm_first_failed",
)  # fmt: skip


def _percent(part: int, whole: int) -> str:
    found = share(part, whole)
    return "—" if found is None else f"{found // 100}.{found % 100:02d}%"


def _row(name: str, found: Figures) -> Mapping[str, Any]:
    return {
        "name": name,
        "alarms": found.alarms,
        "within": [
            (int(span.total_seconds()), _percent(n, found.alarms)) for span, n in found.within.items()
        ],
        "on_site": _percent(found.on_site, found.sent),
        "false": _percent(found.false, found.ended),
        "no_contact": _percent(found.no_contact, found.ended),
        "first_failed": _percent(found.first_failed, found.called),
    }


def _shown(request: HttpRequest) -> Mapping[str, Any]:
    days, rows = _asked(request)
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
            {"seconds": int(one.span.total_seconds()), "promised": f"{one.share / 100:g}%", "share": _percent(total.within[one.span], total.alarms), "met": (share(total.within[one.span], total.alarms) or 0) >= one.share, "n": total.within[one.span], "url": _list(f"alarm_answered_{int(one.span.total_seconds())}", days), "source": one.source}
            for one in terms().answered
        ],
        "site": {"minutes": int(terms().on_site.span.total_seconds()) // 60, "promised": f"{terms().on_site.share / 100:g}%", "share": _percent(total.on_site, total.sent), "met": (share(total.on_site, total.sent) or 0) >= terms().on_site.share, "n": total.on_site, "url": _list("alarm_on_site", days), "source": terms().on_site.source},
        "groups": [
            (_("By town"), [_row(name_of(int(code)), found) for code, found in list(queries.by(rows, queries.town_of).items())[:MOST]]),
            (_("By agent"), [_row(name or str(_("Nobody yet")), found) for name, found in list(queries.by(rows, lambda one: one.times.answered_by).items())[:MOST]]),
            (_("By signal"), [_row(said(terms().kind(code).label), found) for code, found in queries.by(rows, lambda one: one.kind).items()]),
        ],
        "slow": [(numbers[one.id], one.times.waited) for one in slow[:MOST] if one.id in numbers],
        "slow_span": int(late.total_seconds()),
        "assumed": terms().assumed,
        "lists": [
            (name_of_indicator(code), _list(code, days), n, of)
            for code, n, of in (
                ("alarms_raised", total.alarms, total.alarms), ("alarm_false", total.false, total.ended),
                ("alarm_no_contact", total.no_contact, total.ended), ("alarm_first_failed", total.first_failed, total.called),
            )
        ],
    }  # fmt: skip


def _asked(request: HttpRequest) -> tuple[int, list[queries.Told]]:
    """The days that are asked for, and what counts of their alarms."""
    asked = request.GET.get("days", "30")
    days = int(asked) if asked.isascii() and asked.isdecimal() and int(asked[:4]) in DAYS else 30
    at = now()
    start = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days - 1)  # fmt: skip
    return days, queries.within(who(request).scope("alarms.view"), start, at)


def _list(code: str, days: int) -> str:
    return f"{reverse('alarms.counted', args=[code])}?days={days}"


def side_words(side: Mapping[str, str] | None) -> str:
    """What one side of an indicator counts, in the language of the page."""
    return "" if side is None else side["zh" if is_chinese() else "en"]


def name_of_indicator(code: str) -> str:
    """What an indicator is called, in the language of the page."""
    found = indicator(code)
    return found.zh if is_chinese() else found.en


def _counted(request: HttpRequest, code: str) -> Mapping[str, Any]:
    """Which alarms count in an indicator, above the line and below it only."""
    if code not in INDICATORS:
        raise Http404
    (days, rows), definition = _asked(request), indicator(code)
    site = terms().on_site.span
    sides: dict[bool, list[queries.Told]] = {True: [], False: []}
    for one in rows:
        below, above = stands(one.times, code, site)
        if below or above:
            sides[above].append(one)
    shown = {
        key: sorted(found, key=lambda one: one.times.raised, reverse=True) for key, found in sides.items()
    }
    keys = [one.id for found in shown.values() for one in found[:MOST_LISTED]]
    known = (
        Alarm.objects.within(who(request).scope("alarms.view"))
        .select_related("person", "region")
        .in_bulk(keys)
    )
    return {
        "name": name_of_indicator(code), "days": days, "choices": DAYS, "back": f"{reverse('alarms.figures')}?days={days}",
        "numerator": side_words(definition.numerator), "denominator": side_words(definition.denominator),
        "sides": [
            (above, len(shown[above]), [(known[one.id], one.times) for one in shown[above][:MOST_LISTED] if one.id in known])
            for above in (True, False)
        ],
    }  # fmt: skip


def _in_time(waited: timedelta | None, span: timedelta) -> bool:
    return waited is not None and timedelta() <= waited <= span


page(
    "alarms.figures",
    path="alarms/figures/",
    title=_("Alarm statistics"),
    right="alarms.view",
    template="alarms/figures.html",
    context=_shown,
    nav=NavItem("planning", icon="target", order=60),
)
page(
    "alarms.counted",
    path="alarms/figures/<str:code>/",
    title=_("Alarm statistics"),
    right="alarms.view",
    template="alarms/counted.html",
    context=_counted,
)
