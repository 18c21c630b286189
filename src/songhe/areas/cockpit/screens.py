"""Pages of the cockpit: the front, one indicator opened, the plans, and the live stream."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.cockpit import downloads, drawings, measures, queries
from songhe.areas.cockpit.rules import TONES, amount, hours, per_cent, said, tenths
from songhe.areas.cockpit.words import (
    KINDS,
    LIGHT_WORDS,
    base_unit,
    made_of,
    name_of,
    unit_word,
    valued,
    wanted,
    words_of,
)
from songhe.core.measure import Figure, Indicator, Light, Period
from songhe.engines.access.api import Scope
from songhe.engines.indicators import api as indicators
from songhe.engines.indicators.api import Judged
from songhe.engines.regions.models import Level, Region
from songhe.kit import charts
from songhe.kit.clock import now
from songhe.kit.pages import NavItem, page
from songhe.kit.who import reads, who
from songhe.kit.words import is_chinese, long_day


def drill_url(code: str, region: int | None = None, period: Period | None = None) -> str:
    """The page that opens an indicator; empty for readers who see the figures alone."""
    if not reads("cockpit.drill"):
        return ""
    query = {key: str(value) for key, value in (("region", region), ("period", period)) if value}
    return reverse("cockpit.indicator", args=[code]) + (f"?{urlencode(query)}" if query else "")


def front(request: HttpRequest) -> dict[str, Any]:
    """The first page: the headline, counts, facilities, months, regions, and the plan's lights."""
    user, at = who(request), now()
    region = queries.region_for(request.GET.get("region"), user)
    scope: Scope = user.scope("cockpit.view")
    lights = queries.lights(scope, at)
    return {
        "region": region,
        "can_report": user.may("cockpit.report"),
        "sees_money": user.may("finance.view"),
        "day": long_day(localtime(at).date()),
        **_headline(region, scope),
        "strip": [_tile(counted, region) for counted in queries.strip(region, scope, at)],
        "today": measures.today(user, region, scope.narrowed(region.code, region.upper), at),
        **_facilities(region, scope),
        "chart": _chart(region, scope),
        "parts": _parts(queries.HEADLINE, region, Period.holding(localtime(at).date()), scope),
        "lights": [(light, TONES[light], LIGHT_WORDS[light], lights[light]) for light in Light],
        "computed_at": indicators.computed_at("beds", Period.holding(localtime(at).date())),
    }


def headline_now(request: HttpRequest) -> HttpResponse:
    """The headline alone, asked for again when something happened."""
    region = queries.region_for(request.GET.get("region"), who(request))
    scope: Scope = who(request).scope("cockpit.view")
    return render(request, "cockpit/headline.html", {"region": region, **_headline(region, scope)})


def _headline(region: Region, scope: Scope) -> dict[str, Any]:
    found = queries.headline(region, scope, now())
    target = found.target
    delivered, granted = found.delivered.numerator, found.delivered.denominator
    return {
        "headline": found,
        "delivered": amount(hours(delivered), "number"),
        "granted": amount(hours(granted), "number"),
        "ring": _ring(found.delivered, target),
        "persons": amount(found.per_person.denominator, "person"),
        "per_person": tenths(found.per_person.mean),
        "denominator_url": drill_url(queries.HEADLINE, region.code, found.period),
        "persons_url": drill_url(queries.PER_PERSON, region.code, found.period),
        "target": _judged(target) if target else None,
        "band": _band(target) if target else "",
        "pace": tenths(target.standing.value) if target else "",
    }


def _ring(figure: Figure, target: Judged | None) -> Any:
    tone = TONES[target.standing.light] if target else ""  # one judgement on the page: the plan's
    title = gettext("Share of the granted hours that was delivered")
    return charts.gauge(figure.share or 0, 10_000, title=title, shown=per_cent(figure.share), tone=tone)


def _band(judged: Judged) -> Any:
    low, high = judged.target.target.value, judged.target.target.upper or judged.target.target.value
    labels = (f"{low // 60} h", f"{high // 60} h")
    return drawings.band(judged.standing.value, low=low, high=high, top=high + low, labels=labels)


def _tile(counted: queries.Counted, region: Region) -> dict[str, Any]:
    definition, figure = counted.indicator, counted.figure
    note = made_of(definition, figure)
    return {
        "label": name_of(definition),
        "value": said(definition, counted.value),
        "note": note or unit_word(definition),
        "url": drill_url(definition.code, region.code),
    }


def _facilities(region: Region, scope: Scope) -> dict[str, Any]:
    rows, check = queries.facilities(region, scope, now())
    most = max((row.value or 0 for row in rows), default=0) or 1
    return {
        "facilities": [
            (
                name_of(row.indicator),
                amount(row.value, "number"),
                charts.progress(row.value or 0, most, title=name_of(row.indicator)),
                drill_url(row.indicator.code, region.code),
            )
            for row in rows
        ],
        "check": check,
        "whole": amount(check.whole, "number"),
    }


def _chart(region: Region, scope: Scope) -> Any:
    period = Period.holding(localtime(now()).date())
    found = queries.trend(queries.HEADLINE, region, period, scope)
    return drawings.columns(
        gettext("Hours delivered and granted by month"), [_month(when, figure) for when, figure in found]
    )


def _month(period: Period, figure: Figure) -> drawings.Column:
    words = gettext("{period}: {done} of {promised} hours").format(
        period=period, done=tenths(figure.numerator), promised=tenths(figure.denominator)
    )
    return drawings.Column(_short(period), hours(figure.numerator), hours(figure.denominator), words)


def _short(period: Period) -> str:
    """A month as its number, with the year where it begins."""
    return (
        f"{period.year}" if period.kind == "month" and period.number == 1 else str(period)[5:] or str(period)
    )


def _parts(code: str, region: Region, period: Period, scope: Scope) -> list[dict[str, Any]]:
    definition = indicators.indicator(code)
    rows = indicators.parts(code, region, period, scope)
    most = max((definition.value(row.shown.figure) or 0 for row in rows), default=0) or 1
    return [
        {
            "region": row.region,
            "value": _hidden_or(definition, row),
            "detail": made_of(definition, row.shown.figure),
            "bar": charts.progress(*_filled(definition, row.shown.figure, most), title=row.region.name),
            "url": drill_url(code, row.region.code, period),
        }
        for row in rows
    ]


def _hidden_or(definition: Indicator, row: indicators.Part) -> str:
    return (
        gettext("too few to show")
        if row.shown.hidden
        else said(definition, definition.value(row.shown.figure))
    )


def _filled(definition: Indicator, figure: Figure, most: int) -> tuple[int, int]:
    value = definition.value(figure) or 0
    return (value, 10_000) if definition.show == "share" else (value, most)


def indicator(request: HttpRequest, code: str) -> dict[str, Any]:
    """One indicator opened: what it counts over what, its parts, its months, and at the end its persons."""
    user, at = who(request), now()
    region = queries.region_for(request.GET.get("region"), user)
    scope: Scope = user.scope("cockpit.view")
    kind = indicators.indicators()[code].period if code in indicators.indicators() else "month"
    period = queries.period_for(request.GET.get("period"), kind, at)
    found = queries.drill(code, region, period, scope, at)
    definition, figure = found.counted.indicator, found.counted.figure
    return {
        "page_title": name_of(definition),
        "definition": definition,
        "can_export": user.may("cockpit.export"),
        "region": region,
        "path": [
            (name, drill_url(code, place, period))
            for place, name in found.path
            if scope.overlaps(place, place + 1)
        ],
        "period": period,
        "periods": queries.months_back(localtime(at).date(), queries.MONTHS),
        "value": said(definition, found.counted.value),
        "unit": unit_word(definition),
        "numerator": (words_of(definition.numerator), amount(figure.numerator, definition.unit)),
        "denominator": (words_of(definition.denominator), amount(figure.denominator, base_unit(definition))),
        "note": words_of(definition.note),
        "parts": _parts(code, region, period, scope),
        "chart": _history(definition, found.history),
        "computed_at": found.computed_at,
        "rows": measures.rows(code, user, region, period) if region.level >= Level.TOWN else None,
    }


def _history(definition: Indicator, found: list[tuple[Period, Figure]]) -> Any:
    points = [
        drawings.Column(
            _short(period),
            _drawn(definition, figure.numerator if definition.show != "mean" else figure.mean),
            _drawn(definition, figure.denominator) if definition.show == "share" else None,
            f"{period}: {said(definition, definition.value(figure))}",
        )
        for period, figure in found
    ]
    return drawings.columns(name_of(definition), points)


def _drawn(definition: Indicator, value: int | None) -> int | None:
    if value is None:
        return None
    return {"minute": hours(value), "fen": value // 100}.get(definition.unit, value)


def plan(request: HttpRequest) -> dict[str, Any]:
    """The city's plans as a tree: task, target, how it stands."""
    scope: Scope = who(request).scope("cockpit.view")
    found = queries.plans(scope, now())
    return {
        "plans": [
            {
                "name": name_of(plan),
                "source": plan.source["zh" if is_chinese() else "en"],
                "tasks": [
                    {"name": name_of(task), "targets": [_judged(judged) for judged in targets]}
                    for task, targets in tasks
                ],
            }
            for plan, tasks in found
        ],
    }


def _judged(judged: Judged) -> dict[str, Any]:
    target, standing = judged.target, judged.standing
    return {
        "name": name_of(target),
        "code": target.code,
        "kind": KINDS.get(target.kind, target.kind),
        "wanted": wanted(judged),
        "value": valued(judged, standing.value),
        "light": standing.light,
        "tone": TONES[standing.light],
        "word": LIGHT_WORDS[standing.light],
        "overdue": standing.overdue,
        "due": target.target.due,
        "bar": charts.progress(
            standing.attained or 0, 10_000, title=name_of(target), tone=TONES[standing.light]
        ),
        "attained": per_cent(standing.attained),
        "verified": target.verified,
        "url": drill_url(judged.indicator.code, target.region) if judged.indicator else "",
    }


page(
    "cockpit",
    path="cockpit/",
    title=_("City at a glance"),
    right="cockpit.view",
    template="cockpit/front.html",
    context=front,
    nav=NavItem("today", "chart-bar", 5),
    home_for=("city_leader",),
)
page("cockpit.now", path="cockpit/now/", title=_("Headline"), right="cockpit.view", view=headline_now)
page(
    "cockpit.indicator",
    path="cockpit/indicator/<slug:code>/",
    title=_("Indicator"),
    right="cockpit.drill",
    template="cockpit/indicator.html",
    context=indicator,
)
page(
    "cockpit.plan",
    path="cockpit/plan/",
    title=_("Plans and targets"),
    right="cockpit.view",
    template="cockpit/plan.html",
    context=plan,
    nav=NavItem("planning", "target", 10),
)
page(
    "cockpit.report",
    path="cockpit/report.pdf",
    title=_("Monthly report"),
    right="cockpit.report",
    view=downloads.report,
)
page(
    "cockpit.export",
    path="cockpit/indicator/<slug:code>.csv",
    title=_("Export"),
    right="cockpit.export",
    view=downloads.table,
)
