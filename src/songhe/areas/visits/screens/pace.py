"""Figures of orders: how long each part takes, and how organisations serve."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import Organisation, State, item_name, organisation_names
from songhe.areas.providers.api import said as in_words
from songhe.areas.visits import pace, quality, queries
from songhe.areas.visits.limits import terms
from songhe.areas.visits.screens.pool import offers
from songhe.core.flow import PRIORITIES
from songhe.core.ordering import Figures
from songhe.core.ordering.spans import Span
from songhe.engines.cases.api import Priority
from songhe.engines.regions.models import Region
from songhe.kit.clock import now, today
from songhe.kit.pages import NavItem, page
from songhe.kit.who import who
from songhe.kit.words import spent

BY = {"organisation": _("Organisation"), "town": _("Town or street"), "item": _("Service")}
GOOD, FAIR = 95, 80
LINES = 100


@dataclass(frozen=True, slots=True)
class Cell:
    """One span's figures in words."""

    count: int
    median: str
    p90: str
    percent: int | None
    tone: str


def _cell(one: Figures) -> Cell:
    share = one.percent
    tone = "muted" if share is None else "ok" if share >= GOOD else "warn" if share >= FAIR else "danger"
    return Cell(one.count, _long(one.median), _long(one.p90), share, tone)


def _long(seconds: int | None) -> str:
    """Seconds in words: rounded up to a minute, in days where it is long."""
    if seconds is None:
        return "—"
    minutes = -(-seconds // 60)
    if minutes >= 2 * 24 * 60:
        return gettext("{days} days").format(days=f"{minutes / 1440:.1f}")
    return spent(minutes)


def _limits(span: Span) -> str:
    words = {name: str(Priority(place).label) for place, name in enumerate(PRIORITIES)}
    parts = [f"{words[name]} {_long(minutes * 60)}" for name, minutes in span.within]
    return gettext("at most {limits}").format(limits=" · ".join(parts))


def _month(request: HttpRequest) -> date:
    try:
        found = date.fromisoformat(f"{request.GET.get('month', '')[:7]}-01")
    except ValueError:
        return today().replace(day=1)
    return found if 2000 <= found.year < 2200 else today().replace(day=1)


def _names(keys: list[Any], by: str) -> dict[Any, str]:
    if by == "organisation":
        return dict(organisation_names(keys))
    if by == "town":
        return dict(Region.objects.filter(code__in=keys).values_list("code", "name"))
    return {key: item_name(key) for key in keys}


def _context(request: HttpRequest) -> dict[str, Any]:
    month, by = _month(request), request.GET.get("by", "")
    by = by if by in BY else "organisation"
    since, until = queries.month_span(month)
    found = pace.lines(pace.rows_of(who(request).scope("visits.offers"), since, until), by)
    known = list(terms().spans.values())
    parts = [line for line in found if line.key is not None][:LINES]
    names = _names([line.key for line in parts], by)
    total = next((line for line in found if line.key is None), None)
    return {
        "month": month,
        "by": by,
        "by_words": BY[by],
        "choices": list(BY.items()),
        "assumed": terms().assumed,
        "all": total,
        "spans": [(in_words(span.label), _limits(span), _cell(total.spans[span.code])) for span in known] if total else [],
        "lines": [
            (names.get(line.key, "—"), line.orders, [(in_words(span.label), _cell(line.spans[span.code])) for span in known])
            for line in parts
        ],
    }  # fmt: skip


figures_page = page(
    "visits.pace",
    path="order-figures/",
    title=_("Order figures"),
    right="visits.offers",
    template="visits/pace.html",
    context=_context,
    nav=NavItem("service", "stopwatch", 58),
)


def _share(pair: tuple[int, int]) -> str:
    good, all_ = pair
    return f"{good * 100 // all_} %" if all_ else "—"


def _line(body: Organisation, one: quality.Standing) -> dict[str, Any]:
    mark, counts = one.mark, one.counts
    bar = terms().pool.bar
    tone = "muted" if mark is None else "danger" if mark < bar else "ok" if mark >= 85 else "warn"
    parts = [
        (_("Acceptance rate"), _share(counts.accepted)), (_("Promises met"), _share(counts.kept)), (_("On time"), _share(counts.punctual)),
        (_("Rating"), f"{1 + 4 * counts.rated[0] / counts.rated[1]:.1f}" if counts.rated[1] else "—"),
    ]  # fmt: skip
    return {
        "body": body, "mark": mark, "tone": tone, "parts": parts, "refused": one.refused, "put_back": one.put_back,
        "refused_url": f"{offers.url()}?result=refused", "back_url": f"{offers.url()}?result=put_back",
    }  # fmt: skip


def _quality(request: HttpRequest) -> dict[str, Any]:
    scope = who(request).scope("providers.view")
    rows = Organisation.objects.within(scope).filter(kinds__contains=["home"]).exclude(state=State.CLOSED)
    bodies = list(rows.order_by("name", "id")[:200])
    found = quality.standings([row.pk for row in bodies], now())
    lines = [_line(row, found[row.pk]) for row in bodies]
    lines.sort(key=lambda line: (line["mark"] is None, line["mark"] or 0))
    pool = terms().pool
    return {
        "lines": lines,
        "days": pool.days,
        "bar": pool.bar,
        "least": pool.least,
        "assumed": terms().assumed,
    }


quality_page = page(
    "visits.quality",
    path="order-quality/",
    title=_("Quality of organisations"),
    right="visits.offers",
    template="visits/quality.html",
    context=_quality,
    nav=NavItem("service", "certificate", 59),
)
