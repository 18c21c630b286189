"""Appeals on screen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement import actions, queries
from songhe.areas.entitlement.models import Appeal, AppealState
from songhe.areas.entitlement.screens.common import steps_of
from songhe.areas.registry.api import numbered
from songhe.engines.access.api import Scope
from songhe.engines.acts.api import record_read
from songhe.kit import spec
from songhe.kit.clock import now
from songhe.kit.pages import HomeList, NavItem, home_panel, waiting
from songhe.kit.spec import panel, record, verb
from songhe.kit.who import who

A = AppealState
TONES = {A.FILED: "warn", A.ALLOWED: "ok", A.DISMISSED: "muted", A.WITHDRAWN: "muted"}
_STATE = spec.state("state", tones=TONES, sort="state")


def _words(row: Appeal, request: HttpRequest) -> Mapping[str, Any]:
    """Showing what a person writes about a decision is logged."""
    record_read("entitlement.read_appeal", row, actor=who(request), at=now(), purpose="appeal")
    return {"text": row.words, "day": timezone.localdate(row.filed_at)}


def _filed(row: Appeal, user: Any) -> bool:
    return bool(row.state == A.FILED)


record(
    Appeal,
    slug="appeals",
    right="entitlement.view",
    title=_("Appeals"),
    one=_("Appeal"),
    join=("person", "region", "application", "grant", "case"),
    columns=[
        spec.link("number", sort="number", css="number"),
        spec.text("person"),
        spec.text("about", _("Benefit")),
        spec.region(),
        _STATE,
        spec.when("filed_at", sort="filed_at"),
        spec.when("due_at", sort="due_at"),
    ],
    filters=[spec.choice("state"), spec.region_filter(), spec.date_range("filed_at")],
    search=numbered,
    order=("-filed_at", "id"),
    nav=NavItem("benefits", "scale", 70),
    heading=lambda row: row.number,
    subheading=lambda row: f"{row.person} · {row.about}",
    state=_STATE,
    empty=_("Nobody has appealed."),
    panels={
        _("Appeal"): [
            spec.link("person"),
            spec.region(),
            spec.link("application", optional=True),
            spec.link("grant", optional=True),
            spec.when("against_at"),
            spec.when("filed_at"),
            spec.when("due_at"),
            spec.when("decided_at", optional=True),
            spec.text("decided_by", optional=True),
            spec.text("answer", wide=True, optional=True),
        ],
        _("In the person's words"): panel("entitlement/visit.html", query=_words),
    },
    aside={
        _("Processing history"): spec.timeline(
            lambda row, request: steps_of(row.case, str(_("Appeal filed")))
        )
    },
    verbs=[
        verb(actions.allow, label=_("Allow"), primary=True, when=_filed),
        verb(actions.dismiss, label=_("Dismiss"), when=_filed),
        verb(actions.take_back, label=_("Withdraw"), danger=True, when=_filed),
    ],
)


def _to_hear(user: Any, scope: Scope, at: datetime) -> HomeList:
    def lines(found: list[Appeal]) -> list[tuple[str, str, str]]:
        return [
            (
                f"{row.person} · {row.about}",
                reverse("appeals.detail", args=[row.pk]),
                f"{timezone.localtime(row.due_at):%Y-%m-%d}" if row.due_at else "",
            )
            for row in found
        ]

    rows = queries.to_hear(user.scope("entitlement.hear"))
    late = rows.filter(due_at__lt=at).exists()
    return waiting(rows, lines, url=reverse("appeals.list") + "?state=filed", tone="danger" if late else "")


home_panel(
    title=_("Appeals to hear"),
    right="entitlement.hear",
    rows=_to_hear,
    order=18,
    none=_("No appeals to hear."),
)
