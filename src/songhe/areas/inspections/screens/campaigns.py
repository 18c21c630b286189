"""Campaigns on screen: what is drawn from, the proof of the draw, the checks and what came of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.inspections import actions, queries
from songhe.areas.inspections.limits import terms
from songhe.areas.inspections.models import By, Campaign, CampaignState, Draw, Inspection
from songhe.areas.inspections.screens.common import CAMPAIGN_TONES, LEVEL_TONES, STATE_TONES, kind_name
from songhe.areas.providers.api import Kind
from songhe.engines.regions.tree import name_of
from songhe.kit import spec
from songhe.kit.clock import today
from songhe.kit.pages import NavItem
from songhe.kit.spec import grid, panel, record, verb
from songhe.kit.who import who

_STATE = spec.state("state", tones=CAMPAIGN_TONES, sort="state")
MOST = 300


def _draw(row: Campaign, request: HttpRequest) -> Mapping[str, Any]:
    draw = Draw.everywhere.get(campaign=row)
    digest, again = queries.drawn_again(draw)
    return {
        "draw": draw,
        "same": (digest, again) == (draw.list_hash, draw.drawn),
        "strata": [
            (_stratum(stratum), listed, drawn, draw.shares[stratum])
            for stratum, listed, drawn in queries.strata(draw)
        ],
    }


def _stratum(stratum: str) -> str:
    parts = dict(one.split("=", 1) for one in stratum.split("|") if one)
    said = []
    if "kind" in parts:
        said.append(kind_name(parts["kind"]))
    if "county" in parts:
        said.append(name_of(int(parts["county"]) * 10**6))
    if "risk" in parts:
        said.append(gettext("high risk") if parts["risk"] == "high" else gettext("normal risk"))
    return " · ".join(said) or gettext("the whole list")


def _checks(row: Campaign, request: HttpRequest) -> list[Inspection]:
    rows = Inspection.objects.within(who(request).scope("inspections.view")).filter(campaign=row)
    return list(rows.order_by("state", "facility_name", "id")[:MOST])


def _draft(row: Campaign, user: Any) -> bool:
    return row.state == CampaignState.DRAFT


def _may_draw(row: Campaign, user: Any) -> bool:
    return row.state == CampaignState.DRAFT and row.prepared_by_id != user.pk and bool(row.officers)


def _here(row: Any, user: Any) -> dict[str, Any]:
    areas = user.scope("inspections.draft").worked
    return {
        "until": today() + timedelta(days=30), "share_percent": terms().share_percent,
        "high_share_percent": terms().high_share_percent, "kinds": [Kind.NURSING_HOME, Kind.TOWNSHIP_HOME],
        "by": [By.KIND, By.RISK],
    } | ({"region": areas[0][0]} if len(areas) == 1 else {})  # fmt: skip


campaigns = record(
    Campaign,
    slug="campaigns",
    right="inspections.view",
    title=_("Spot-check campaigns"),
    one=_("Campaign"),
    intro=_("Facilities and officers are selected at random, and the results are published."),
    columns=[
        spec.link("number", sort="number", show=lambda row: row.number, note=lambda row: row.title),
        spec.region("region"),
        spec.text("kinds", show=lambda row: row.kind_names),
        spec.number("listed"),
        spec.number("drawn"),
        spec.day("until", sort="until"),
        _STATE,
    ],
    filters=[spec.region_filter(), spec.choice("state"), spec.date_range("until")],
    search=("number", "title"),
    order=("-prepared_at", "id"),
    state=_STATE,
    heading=lambda row: row.title,
    subheading=lambda row: row.number,
    panels={
        _("Proof of sampling"): panel("inspections/draw.html", query=_draw, when=lambda row: row.drawn_at is not None),
        _("Checks"): grid(
            _checks,
            [
                spec.link("facility_name", _("Facility"), show=lambda row: row.facility_name, note=lambda row: kind_name(row.facility_kind)),
                spec.region("region"),
                spec.text("officers"),
                spec.state("state", tones=STATE_TONES),
                spec.state("level", _("Grade"), show=lambda row: row.level_name or None,
                           tone=lambda row: LEVEL_TONES.get(row.level, "muted"), note=lambda row: row.score_text),
                spec.number("found"),
                spec.number("left"),
            ],
            none=_("No sample yet. Somebody other than the person who prepared the campaign takes it."),
        ),
    },
    aside={
        _("Campaign"): [
            spec.region("region"), spec.text("kinds", show=lambda row: row.kind_names),
            spec.text("by", show=lambda row: row.by_names), "share_percent", "high_share_percent",
            spec.text("officers", show=lambda row: row.officer_names), "until", "listed", "drawn",
        ],
        _("Who decided"): ["prepared_by", "prepared_at", "drawn_by", "drawn_at", "published_by", "published_at"],
        _("History"): spec.history(),
    },
    verbs=[
        verb(actions.draft_campaign, label=_("Prepare a campaign"), icon="plus", primary=True, initial=_here,
             ask=_("Its officers are named next; then somebody else takes the sample.")),
        verb(actions.list_officers, label=_("Name the officers"), icon="users", primary=True, when=_draft,
             initial=lambda row, user: {"officers": [key for key, _name in row.officers]}),
        verb(actions.draw_campaign, label=_("Sample at random"), icon="bolt", primary=True, when=_may_draw,
             ask=_("List, seed and sample are kept; no second sample can be taken.")),
        verb(actions.publish_campaign, label=_("Publish the results"), icon="check",
             when=lambda row, user: row.state == CampaignState.DRAWN),
        verb(actions.drop_campaign, label=_("Abandon"), danger=True, when=_draft),
    ],
    nav=NavItem("providers", "checklist", 40),
    empty=_("No campaign yet. Prepare the first one."),
)  # fmt: skip
