"""Reports of helpers on screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from songhe.areas.grid import actions, columns
from songhe.areas.grid.models import OPEN, Report, ReportState
from songhe.areas.grid.screens.common import REPORT_TONES
from songhe.engines.acts.api import record_read
from songhe.engines.vault.api import reveal
from songhe.kit import spec
from songhe.kit.clock import now
from songhe.kit.history import LABELS
from songhe.kit.pages import NavItem, live_topic
from songhe.kit.spec import panel, record, verb
from songhe.kit.who import who

LABELS["grid.read_report"] = _("Report viewed")
live_topic("grid", right="grid.answer")
_STATE = spec.state("state", tones=REPORT_TONES)


def _words(row: Report, request: HttpRequest) -> Mapping[str, Any]:
    """What was reported and answered; about a person, reading it is logged."""
    if row.person_id:
        record_read("grid.read_report", row, actor=who(request), at=now(), purpose="report")
    return {
        "words": reveal(row.owner_id, row.words_sealed),
        "answer": reveal(row.owner_id, row.answer_sealed),
        "photo": row.photo_id,
    }


reports = record(
    Report,
    slug="grid-reports",
    right="grid.answer",
    title=_("Helpers' reports"),
    one=_("Helper's report"),
    columns=[
        spec.link("number"),
        spec.text("kind"),
        columns.person(),
        columns.helper(),
        spec.region(),
        spec.when("reported_at", sort="reported_at"),
        spec.when("due_at"),
        _STATE,
    ],
    filters=[
        spec.region_filter(),
        spec.choice("state"),
        spec.choice("kind"),
        spec.flag("open", _("Not closed"), narrow=lambda rows, yes: rows.filter(state__in=OPEN) if yes else rows.exclude(state__in=OPEN)),
        spec.date_range("reported_at", _("Reported at")),
    ],
    order=("-reported_at", "id"),
    state=_STATE,
    subheading=lambda row: str(row.get_kind_display()),
    panels={_("What was reported"): panel("grid/report.html", query=_words)},
    aside={
        _("Report details"): [
            spec.text("kind", _("What was reported")), columns.person(), columns.helper(), spec.region(), spec.when("reported_at"),
            spec.when("due_at", optional=True), spec.text("closed_by", optional=True), spec.when("closed_at", optional=True),
        ],
        _("History"): spec.history(),
    },
    verbs=[
        verb(actions.take, label=_("Take it on"), icon="hand-stop", primary=True, when=lambda row, user: row.state == ReportState.REPORTED),
        verb(actions.settle, label=_("Settle"), icon="check", primary=True, when=lambda row, user: row.state in OPEN),
    ],
    nav=NavItem("service", "flag", 58),
    empty=_("Nothing was reported."),
)  # fmt: skip
