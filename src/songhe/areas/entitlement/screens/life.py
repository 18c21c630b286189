"""Life certifications on screen."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement import actions, queries
from songhe.areas.entitlement.models import LifeCheck, LifeState
from songhe.areas.entitlement.screens.common import month_text
from songhe.areas.entitlement.terms import book
from songhe.areas.registry.api import of_persons
from songhe.engines.access.api import Scope
from songhe.kit import spec
from songhe.kit.clock import today
from songhe.kit.pages import HomeList, NavItem, home_panel, waiting
from songhe.kit.spec import record, verb

L = LifeState
TONES = {L.OPEN: "info", L.LATE: "danger", L.DONE: "ok", L.VOID: "muted"}
_STATE = spec.state("state", tones=TONES, sort="state")


record(
    LifeCheck,
    slug="life-checks",
    right="entitlement.view",
    title=_("Life certifications"),
    one=_("Life certification"),
    join=("person", "region"),
    columns=[
        spec.link("person", to=lambda row: reverse("life-checks.detail", args=[row.pk])),
        spec.region(),
        _STATE,
        spec.day("due_on", sort="due_on"),
        spec.day("done_on", sort="done_on"),
        spec.text("how"),
        spec.text("by_name"),
    ],
    filters=[
        spec.choice("state"),
        spec.choice("how"),
        spec.region_filter(),
        spec.date_range("due_on"),
        spec.date_range("done_on"),
    ],
    search=of_persons,
    order=("due_on", "id"),
    nav=NavItem("benefits", "heartbeat", 60),
    state=_STATE,
    empty=_("Nobody receives a benefit that needs a life certification."),
    panels={
        _("Life certification"): [
            spec.link("person"),
            spec.region(),
            spec.day("due_on"),
            spec.day("done_on"),
            spec.text("how"),
            spec.text("by_name"),
            spec.text("late_from", show=lambda row: month_text(row.late_from)),
            spec.text("note", wide=True),
        ]
    },
    aside={_("Processing history"): spec.history()},
    verbs=[
        verb(
            actions.certify,
            label=_("Certify"),
            primary=True,
            when=lambda row, user: row.state in (L.OPEN, L.LATE),
            initial=lambda row, user: {"seen_on": today()},
        )
    ],
)


def _due(user: Any, scope: Scope, at: datetime) -> HomeList:
    def lines(found: list[LifeCheck]) -> list[tuple[str, str, str]]:
        return [
            (str(row.person), reverse("life-checks.detail", args=[row.pk]), row.due_on.isoformat())
            for row in found
        ]

    by = timezone.localdate(at) + timedelta(days=book().life.remind_days)
    rows = queries.to_certify(user.scope("entitlement.certify"), by)
    late = rows.filter(state=L.LATE).exists()
    return waiting(rows, lines, url=reverse("life-checks.list"), tone="danger" if late else "")


home_panel(
    title=_("Life certifications due"),
    right="entitlement.certify",
    rows=_due,
    order=40,
    none=_("No life certification is due."),
)
