"""The screening census on screen: its list, its progress, its signed report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from songhe.areas.assessment import actions
from songhe.areas.assessment.models import Census
from songhe.areas.assessment.queries.screening import progress, tiers
from songhe.areas.assessment.screens import doors
from songhe.areas.assessment.screens.mapping import mapped
from songhe.areas.assessment.screens.places import drawn
from songhe.areas.assessment.words import say
from songhe.core.codes.region import COUNTY, at_level
from songhe.core.refusal import Refused
from songhe.kit import spec
from songhe.kit.map.panel import map_panel
from songhe.kit.map.shapes import Map
from songhe.kit.pages import NavItem, page
from songhe.kit.spec import panel, record, verb
from songhe.kit.who import who


def _progress(row: Census, request: HttpRequest) -> Mapping[str, Any]:
    return drawn(row, progress(row, who(request).scope("assessment.screen"), row.region_id))


def _map(row: Census, request: HttpRequest) -> Map:
    return mapped(row, who(request).scope("assessment.screen"), row.region_id)


def _tiers(row: Census, request: HttpRequest) -> Mapping[str, Any]:
    counted = tiers(row, who(request).scope("assessment.screen"))
    return {
        "tiers": [
            (say(tier.label), say(tier.because), counted[tier.code]) for tier in row.questionnaire.tiers
        ],
        "assumed": bool(row.questions.get("assumed")),
    }


def _report(row: Census, request: HttpRequest) -> Mapping[str, Any]:
    return {"url": reverse("assessment.census_report", args=[row.pk])}


def _whole(row: Census, user: Any) -> bool:
    areas = user.scope("assessment.census").areas
    return row.is_open and any(low <= row.region_id and row.upper <= high for low, high in areas)


censuses = record(
    Census,
    slug="censuses",
    right="assessment.screen",
    title=_("Screening censuses"),
    join=("region",),
    columns=[
        spec.link("title", sort="title"),
        spec.region(),
        spec.day("since", sort="since"),
        spec.day("until", sort="until"),
        spec.state("state", tones={"open": "info", "locked": "ok"}, sort="state"),
    ],
    filters=[spec.choice("state"), spec.date_range("since")],
    search=("title",),
    order=("-since", "id"),
    state=spec.state("state", tones={"open": "info", "locked": "ok"}),
    nav=NavItem("people", "door", 42),
    empty=_("No census yet. Start one for a county or a town."),
    panels={
        _("Census"): [
            spec.region(),
            spec.day("since"),
            spec.day("until"),
            spec.number("min_age"),
        ],
        _("Map"): map_panel(_map),
        _("Progress"): panel("assessment/census_places.html", query=_progress),
        _("Tiers proposed"): panel("assessment/census_tiers.html", query=_tiers),
        _("Signed report"): panel(
            "assessment/census_report.html", query=_report, when=lambda row: not row.is_open
        ),
    },
    verbs=[
        verb(actions.start_census, label=_("Start a census"), primary=True),
        verb(
            actions.sign_report,
            label=_("Sign the report"),
            when=_whole,
            ask=_("You sign the summary as it is now. Nothing is entered in this census afterwards."),
        ),
    ],
)


def report_pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The signed report as a paper; counts only."""
    from songhe.areas.assessment.screens import papersheets  # loads a large library, which few requests need

    row: Census = Census.objects.take(pk, who(request).scope("assessment.screen"))
    if row.is_open or row.locked_at is None:
        raise Refused("assessment.census_unsigned", "The report is not signed yet. Sign it first.")
    body = papersheets.census_report(row)
    name = f"census-{at_level(row.region_id, COUNTY) // 10**6}-{row.since:%Y%m%d}.pdf"
    return HttpResponse(
        body,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


page(
    "assessment.census_place",
    path="censuses/<uuid:pk>/place/<int:code>/",
    title=_("Screening by place"),
    right="assessment.screen",
    view=doors.place,
)
page(
    "assessment.census_person",
    path="censuses/<uuid:pk>/person/<uuid:person>/",
    title=_("At the door"),
    right="assessment.screen",
    view=doors.person,
)
page(
    "assessment.census_new",
    path="censuses/<uuid:pk>/place/<int:code>/new/",
    title=_("New person"),
    right="assessment.screen",
    view=doors.new_person,
)
page(
    "assessment.census_paper",
    path="censuses/<uuid:pk>/place/<int:code>/paper/",
    title=_("Batch entry from paper"),
    right="assessment.screen",
    view=doors.paper,
)
page(
    "assessment.census_report",
    path="censuses/<uuid:pk>/report.pdf",
    title=_("Signed report"),
    right="assessment.screen",
    view=report_pdf,
)
