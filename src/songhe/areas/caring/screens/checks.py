"""Checks by town and county on screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from songhe.areas.caring import actions, columns
from songhe.areas.caring.actions.checking import drawn_of
from songhe.areas.caring.models import Probe, ProbeState, Review
from songhe.areas.caring.screens.common import PROBE_TONES, words_of
from songhe.kit import spec
from songhe.kit.clock import today
from songhe.kit.pages import NavItem
from songhe.kit.spec import grid, panel, record, verb

_STATE = spec.state("state", tones=PROBE_TONES)


def _probes(row: Review, request: HttpRequest) -> list[Probe]:
    return list(Probe.everywhere.filter(review=row).order_by("state", "id")[:200])


def _proof(row: Review, request: HttpRequest) -> Mapping[str, Any]:
    """Draw again and compare, before the eyes of whoever opens the page."""
    again = set(drawn_of(row.seed, row.pool, row.share_percent))
    kept = {str(key) for key in Probe.everywhere.filter(review=row).values_list("caring_id", flat=True)}
    return {"same": again == kept, "review": row}


reviews = record(
    Review,
    slug="visit-reviews",
    right="caring.view",
    title=_("Visit checks"),
    one=_("Visit check"),
    intro=_("The village visits, the town and the county check a sample. Seed and list are kept, so that anybody can repeat the sample."),
    columns=[
        spec.link("month", show=lambda row: f"{row.month:%Y-%m}", sort="month"),
        spec.region(),
        spec.text("level"),
        spec.number("listed"),
        spec.number("drawn"),
        spec.number("share_percent", unit="%"),
        spec.text("by"),
    ],
    filters=[spec.region_filter(), spec.choice("level")],
    order=("-month", "id"),
    join=("region",),
    subheading=lambda row: f"{row.region} · {row.get_level_display()}",
    panels={
        _("Visits sampled"): grid(
            _probes, [columns.of_person(), spec.text("found"), spec.text("checked_by"), spec.when("checked_at"), _STATE], none=_("Nothing was sampled.")
        ),
    },
    aside={
        _("Visit check"): [spec.region(), "level", spec.number("listed"), spec.number("drawn"), spec.number("share_percent", unit="%"),
                     spec.text("by"), spec.when("at")],
        _("Proof of sampling"): panel("caring/proof.html", query=_proof),
        _("History"): spec.history(),
    },
    verbs=[
        verb(actions.draw_review, label=_("Sample visits"), icon="target", primary=True, initial=lambda row, user: {"month": today()}),
    ],
    nav=NavItem("service", "shield-check", 59),
    empty=_("No sample yet."),
)  # fmt: skip

probes = record(
    Probe,
    slug="visit-probes",
    right="caring.view",
    title=_("Visits sampled for a check"),
    one=_("Visit sampled for a check"),
    columns=[
        columns.of_person(),
        spec.region(),
        spec.link("review"),
        spec.text("found"),
        spec.text("checked_by"),
        spec.when("checked_at", sort="checked_at"),
        _STATE,
    ],
    filters=[spec.region_filter(), spec.choice("state"), spec.choice("found")],
    order=("state", "id"),
    join=("review", "caring"),
    heading=columns.name_of,
    state=_STATE,
    panels={_("What was found"): panel("caring/words.html", query=words_of, right="caring.read", when=lambda row: bool(row.words_sealed))},
    aside={
        _("Visit sampled for a check"): [columns.person(), spec.link("caring"), spec.link("review"), spec.region(), spec.text("found", optional=True),
                      spec.text("checked_by", optional=True), spec.when("checked_at", optional=True), spec.text("mended_by", optional=True)],
        _("History"): spec.history(),
    },
    verbs=[
        verb(actions.enter_probe, label=_("Enter what was found"), icon="clipboard-check", primary=True, when=lambda row, user: row.state == ProbeState.OPEN),
        verb(actions.mend, label=_("Send somebody again"), icon="refresh", primary=True, when=lambda row, user: row.state == ProbeState.WRONG),
    ],
    empty=_("No sample yet."),
)  # fmt: skip
