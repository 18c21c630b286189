"""Coverage of a region: every rule with its share and goal, and the places and sites that lack something."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers import figures  # the measures of the rules are registered by it  # noqa: F401
from songhe.areas.providers.catalogue import said
from songhe.areas.providers.models import Facility, Kind
from songhe.areas.providers.queries import open_sites
from songhe.areas.providers.queries.coverage import asked_sites, coverage_rules, meeting, standings
from songhe.areas.providers.rules.coverage import Rule
from songhe.core.measure import Figure, Indicator, Light, Period, PlanTarget, Target, judge, rounded
from songhe.core.refusal import Hidden
from songhe.engines.access.api import Scope
from songhe.engines.acts.api import record_bulk
from songhe.engines.acts.once import digest_of
from songhe.engines.indicators.api import figure_now, indicator, plans
from songhe.engines.indicators.models import Value
from songhe.engines.regions.models import Level, Region
from songhe.kit import charts
from songhe.kit.clock import now, today
from songhe.kit.pages import NavItem, page
from songhe.kit.places import names_of
from songhe.kit.spec import RECORDS, url_of
from songhe.kit.who import who
from songhe.kit.words import is_chinese

RIGHT = "providers.coverage"
PAGE = 100
TONES = {Light.GREEN: "ok", Light.AMBER: "warn", Light.RED: "danger", Light.UNKNOWN: "muted"}
WORDS = {
    Light.GREEN: _("Reached"), Light.AMBER: _("Nearly there"), Light.RED: _("Far off"), Light.UNKNOWN: _("No goal"),
}  # fmt: skip
BEDS = "nursing_beds"
BEDS_GOAL = 5570
GROUPS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (_("Nursing homes"), (Kind.NURSING_HOME, Kind.TOWNSHIP_HOME)),
    (_("Day-care centres"), (Kind.DAY_CARE,)),
    (_("Happiness homes"), (Kind.HAPPINESS_HOME,)),
    (_("Demonstration community centres"), (Kind.DEMONSTRATION,)),
    (_("Canteens"), (Kind.CANTEEN, Kind.DINING_TABLE)),
)


@dataclass(frozen=True)
class Lack:
    """A place or site that a rule misses."""

    region: int
    name: str
    above: str
    url: str
    sites: int | None = None
    area_m2: int | None = None
    persons: int | None = None
    note: str = ""


def region_for(request: HttpRequest, scope: Scope) -> Region:
    """The region asked for, as far as it lies in the reader's scope; else the first of it."""
    text = request.GET.get("region", "")
    code = int(text) if text.isdecimal() and len(text) == 12 else scope.areas[0][0] if scope.areas else 0
    found = Region.objects.filter(code=code).first()
    if found is None or not scope.overlaps(found.code, found.upper):
        raise Hidden(
            "no_region",
            "There is no such region in your area. Choose one from the list.",
        )
    return found


def goal(rule_code: str, region: Region) -> tuple[Target | None, str]:
    """What is wanted in a region, in basis points, and who says so: the city's plan, else the yardstick of the rules."""
    for plan in plans():
        for target in plan.targets():
            if target.indicator == rule_code and _within(region, target):
                return target.target, plan.zh if is_chinese() else plan.en
    rule = coverage_rules().rules.get(rule_code)
    if rule is None:
        return (Target("min", BEDS_GOAL, exact=10), "") if rule_code == BEDS else (None, "")
    wanted = None if rule.target is None else Target("min", rule.target)
    return wanted, said(rule.source) if rule.source else ""


def _within(region: Region, target: PlanTarget) -> bool:
    return Region.objects.filter(code=target.region, code__lte=region.code, upper__gt=region.code).exists()


def coverage(request: HttpRequest) -> dict[str, Any]:
    """The rules of a region with their shares, and the stock of sites with its check."""
    scope = who(request).scope(RIGHT)
    region, day = region_for(request, scope), today()
    codes = [*coverage_rules().rules, BEDS]
    return {
        "region": region,
        "up": _up(region, scope),
        "below": [
            (child.name, f"?region={child.code}")
            for child in Region.objects.filter(parent_id=region.code, until=None).order_by("code")
            if region.level < Level.TOWN and scope.overlaps(child.code, child.upper)
        ],
        "lines": [line for code in codes if (line := _line(code, region, scope, day))],
        "stock": _stock(region, scope, day),
        "assumed": coverage_rules().assumed,
    }


def _up(region: Region, scope: Scope) -> Region | None:
    above = Region.objects.filter(code=region.parent_id).first() if region.parent_id else None
    return above if above is not None and scope.holds(above.code) else None


def _line(code: str, region: Region, scope: Scope, day: date) -> dict[str, Any] | None:
    """One rule of a region; none where it asks about nothing that is there."""
    definition: Indicator = indicator(code)
    narrow = scope.narrowed(region.code, region.upper)
    figure: Figure = figure_now(code, region, Period.holding(day), narrow)
    if not figure.denominator:
        return None
    share, (wanted, source) = definition.value(figure), goal(code, region)
    light = judge(wanted, share, day).light if wanted else Light.UNKNOWN
    rule = coverage_rules().rules.get(code)
    return {
        "code": code,
        "name": definition.zh if is_chinese() else definition.en,
        "numerator": definition.numerator["zh" if is_chinese() else "en"],
        "denominator": (definition.denominator or {}).get("zh" if is_chinese() else "en", ""),
        "figure": figure,
        "share": per_cent(share),
        "goal": per_cent(wanted.value) if wanted else "",
        "source": source,
        "tone": TONES[light],
        "word": WORDS[light],
        "bar": charts.progress(share or 0, 10_000, title=definition.zh if is_chinese() else definition.en, tone=TONES[light]),
        "lacking": (figure.denominator or 0) - (figure.numerator or 0) if rule else None,
        "url": reverse("providers.gaps", args=[code]) + f"?region={region.code}" if rule else "",
    }  # fmt: skip


def per_cent(points: int | None) -> str:
    """Basis points as per cent with one decimal."""
    if points is None:
        return "–"
    tenths = rounded(points, 10)
    return f"{tenths // 10}.{tenths % 10} %"


def _stock(region: Region, scope: Scope, day: date) -> dict[str, Any]:
    """Sites by kind beside the whole, counted apart, so that the sum can be checked."""
    rows = open_sites(
        Facility.objects.within(scope).filter(region_id__gte=region.code, region_id__lt=region.upper), day
    )
    parts = [(name, rows.filter(kind__in=kinds).count()) for name, kinds in GROUPS]
    named = [kind for _name, kinds in GROUPS for kind in kinds]
    parts.append((_("Others"), rows.exclude(kind__in=named).count()))
    whole = rows.count()
    return {"parts": parts, "whole": whole, "fits": whole == sum(count for _name, count in parts)}


def gaps(request: HttpRequest, code: str) -> HttpResponse:
    """The places or sites that a rule misses in a region: sorted, in pages, or as a file."""
    rule = coverage_rules().rules.get(code)
    if rule is None:
        raise Hidden("no_rule", "There is no such rule. Go back to the coverage page.")
    scope = who(request).scope(RIGHT)
    region, day = region_for(request, scope), today()
    found = lacks(rule, region, scope.narrowed(region.code, region.upper), day)
    sort = request.GET.get("sort", "name" if rule.place == "sites" else "-persons")
    found.sort(key=lambda lack: _key(lack, sort.lstrip("-")), reverse=sort.startswith("-"))
    if request.GET.get("format") == "csv":
        return _file(request, rule, region, found)
    pages = Paginator(found, PAGE)
    here = pages.get_page(request.GET.get("page"))
    definition = indicator(code)
    return render(
        request,
        "providers/gaps.html",
        {
            "page_title": definition.zh if is_chinese() else definition.en,
            "region": region,
            "rule": rule,
            "heads": [(label, name, _other(sort, name), sort.lstrip("-") == name) for label, name in _heads(rule)],
            "here": here,
            "count": len(found),
            "query": urlencode({"region": region.code, "sort": sort}),
            "back": reverse("providers.coverage") + f"?region={region.code}",
            "is_places": rule.place != "sites",
            "has_area": bool(rule.least_m2),
            "least": rule.least_m2,
        },
    )  # fmt: skip


def _key(lack: Lack, name: str) -> tuple[bool, Any]:
    value = (
        getattr(lack, name, None) if name in {"name", "above", "sites", "area_m2", "persons"} else lack.name
    )
    return (value is not None, value if value is not None else 0)


def _other(sort: str, name: str) -> str:
    return f"-{name}" if sort == name else name


def _heads(rule: Rule) -> list[tuple[Any, str]]:
    if rule.place == "sites":
        return [(_("Facility"), "name"), (_("Region"), "above")]
    heads: list[tuple[Any, str]] = [
        (_("Region"), "name"),
        (_("Town"), "above"),
        (_("Persons aged 60 and over"), "persons"),
    ]
    return [*heads, (_("Sites"), "sites"), *([(_("Floor area (m²)"), "area_m2")] if rule.least_m2 else [])]


def lacks(rule: Rule, region: Region, scope: Scope, day: date) -> list[Lack]:
    """What a rule misses in a region, within a scope."""
    if rule.place == "sites":
        return _sites(rule, region, scope, day)
    rows = [
        here
        for here in standings(rule, region.code, region.upper, day)
        if not here.met and scope.holds(here.region)
    ]
    names = names_of({here.region for here in rows} | {here.region // 1000 * 1000 for here in rows}
                     | {here.region // 10**6 * 10**6 for here in rows})  # fmt: skip
    persons = _persons([here.region for here in rows], scope, day)
    towns = rule.place == "town"
    return [
        Lack(
            here.region, names.get(here.region, str(here.region)),
            names.get(here.region // 10**6 * 10**6 if towns else here.region // 1000 * 1000, ""),
            f"{RECORDS['facilities'].url()}?region={here.region}", here.sites, here.area_m2,
            persons.get(here.region), gettext("class assumed") if here.assumed else "",
        )
        for here in rows
    ]  # fmt: skip


def _persons(codes: list[int], scope: Scope, day: date) -> dict[int, int]:
    """Persons aged 60 and over on file by region, as last counted."""
    rows = Value.objects.within(scope).filter(
        indicator="persons_registered", period=str(Period.holding(day)), region_id__in=codes
    )
    return {row.region_id: row.numerator for row in rows if row.numerator is not None}


def _sites(rule: Rule, region: Region, scope: Scope, day: date) -> list[Lack]:
    asked = asked_sites(rule, region.code, region.upper, day)
    keys = set(meeting(rule, asked, day).values_list("pk", flat=True))
    rows = [
        site
        for site in asked.filter(pk__in=Facility.objects.within(scope).values("pk"))
        if site.pk not in keys
    ]
    names = names_of({site.region_id for site in rows})
    return [
        Lack(site.region_id, site.name, names.get(site.region_id, ""), url_of(site) or "", note=str(site.get_kind_display()))
        for site in rows
    ]  # fmt: skip


def _file(request: HttpRequest, rule: Rule, region: Region, found: list[Lack]) -> HttpResponse:
    """The list as CSV; taking it is a recorded act."""
    heads = _heads(rule)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([gettext("Code"), *(str(label) for label, _name in heads), gettext("Note")])
    for lack in found:
        cells = [getattr(lack, name) for _label, name in heads]
        writer.writerow([lack.region, *("" if cell is None else cell for cell in cells), lack.note])
    at = now()
    digest = digest_of([rule.code, str(timezone.localdate(at)), region.code])
    record_bulk(
        "providers.gaps", model=Facility, count=len(found), digest=digest, actor=who(request), at=at, region_id=region.code
    )  # fmt: skip
    return HttpResponse(
        b"\xef\xbb\xbf" + out.getvalue().encode(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{rule.code}-{region.code}.csv"'},
    )


page(
    "providers.coverage",
    path="coverage/",
    title=_("Coverage"),
    right=RIGHT,
    template="providers/coverage.html",
    context=coverage,
    nav=NavItem("planning", "map-2", 20),
)
page("providers.gaps", path="coverage/<slug:code>/", title=_("Places that lack it"), right=RIGHT, view=gaps)
