"""What reviews found, as a worklist."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement import actions, queries, words
from songhe.areas.entitlement.models import Finding, FindingKind, FindingState
from songhe.areas.entitlement.screens.common import month_text
from songhe.areas.registry.api import of_persons
from songhe.engines.access.api import Scope
from songhe.engines.regions.tree import full_name
from songhe.kit import spec
from songhe.kit.clock import today
from songhe.kit.pages import HomeList, NavItem, home_panel, waiting
from songhe.kit.spec import record, verb
from songhe.kit.words import label_of

TONES = {
    FindingState.OPEN: "warn",
    FindingState.SUSPENDED: "info",
    FindingState.STOPPED: "muted",
    FindingState.KEPT: "ok",
    FindingState.GONE: "muted",
}
_STATE = spec.state("state", tones=TONES, sort="state")


def detail_text(row: Finding) -> str:
    """What changed, in one line."""
    told = row.detail
    if row.kind == FindingKind.MOVED_OUT:
        return full_name(int(told["region"])) if "region" in told else ""
    if row.kind == FindingKind.DIED:
        return gettext("Reported for {day}, not confirmed yet").format(day=told.get("on", ""))
    if row.kind == FindingKind.LIFE:
        return gettext("Due {day}").format(day=told.get("on", ""))
    parts = [label_of(told)] if told.get("zh") else []
    if "before" in told:
        unit = told.get("unit")
        parts.append(f"{words.shown(told['before'], unit)} → {words.shown(told['now'], unit)}")
    return " · ".join(parts)


def _open(row: Finding, user: Any) -> bool:
    return bool(row.state == FindingState.OPEN)


record(
    Finding,
    slug="benefit-reviews",
    right="entitlement.review",
    title=_("Review of grants"),
    one=_("Review"),
    join=("grant", "grant__person", "region"),
    columns=[
        spec.link("kind", show=lambda row: str(row.get_kind_display()), note=detail_text, sort="kind"),
        spec.text("holder", _("Held by"), show=lambda row: row.grant.holder),
        spec.text("benefit", _("Benefit"), show=lambda row: row.grant.name),
        spec.region(),
        _STATE,
        spec.text("month", show=lambda row: month_text(row.month), sort="month"),
    ],
    filters=[
        spec.choice("state"),
        spec.choice("kind"),
        spec.region_filter(),
        spec.date_range("month"),
    ],
    search=of_persons,
    order=("state", "-found_at", "id"),
    nav=NavItem("benefits", "checklist", 50),
    heading=lambda row: str(row.get_kind_display()),
    subheading=lambda row: row.grant,
    state=_STATE,
    empty=_("Nothing changed for anybody. A review runs every night; start one for a region here."),
    panels={
        _("What changed"): [
            spec.text("kind"),
            spec.text("detail", _("Details"), show=detail_text, wide=True),
            spec.link("grant"),
            spec.region(),
            spec.when("found_at"),
            spec.when("decided_at"),
            spec.text("decided_by"),
            spec.text("note", wide=True),
        ]
    },
    aside={_("Processing history"): spec.history()},
    verbs=[
        verb(actions.review_region, label=_("Review a region"), primary=True),
        verb(
            actions.suspend_found,
            label=_("Suspend"),
            when=_open,
            initial=lambda row, user: {"from_month": today()},
        ),
        verb(
            actions.stop_found,
            label=_("Stop"),
            danger=True,
            when=_open,
            initial=lambda row, user: {"on": row.detail["on"] if row.kind == FindingKind.DIED else today()},
        ),
        verb(actions.keep, label=_("Keep"), primary=True, when=_open),
    ],
)


def _to_decide(user: Any, scope: Scope, at: datetime) -> HomeList:
    def lines(found: list[Finding]) -> list[tuple[str, str, str]]:
        return [
            (str(row.grant), reverse("benefit-reviews.detail", args=[row.pk]), str(row.get_kind_display()))
            for row in found
        ]

    rows = queries.open_findings(user.scope("entitlement.review"))
    return waiting(rows, lines, url=f"{reverse('benefit-reviews.list')}?state=open", tone="warn")


home_panel(
    title=_("Grants for which something changed"),
    right="entitlement.review",
    rows=_to_decide,
    order=16,
    none=_("Nothing changed for anybody."),
)
