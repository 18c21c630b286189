"""Incidents on screen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import organisation_column, worker_column
from songhe.areas.visits import actions
from songhe.areas.visits.models import Incident, IncidentState
from songhe.areas.visits.screens.common import person
from songhe.engines.access.api import elevated
from songhe.engines.vault.models import Attachment
from songhe.kit.pages import NavItem
from songhe.kit.spec import (
    choice,
    date_range,
    link,
    panel,
    record,
    region,
    region_filter,
    state,
    text,
    verb,
    when,
)
from songhe.kit.who import who

TONES = {"reported": "danger", "in_hand": "warn", "closed": "muted"}


def _in(*states: IncidentState) -> Any:
    return lambda row, user: row.state in states


def _due(row: Incident) -> datetime | None:
    with (
        elevated()
    ):  # whoever sees the incident knows until when it is to be done; the case is the organisation's
        return row.case.due_at


def _pictures(row: Incident, request: Any) -> Mapping[str, Any]:
    rows = Attachment.objects.within(who(request).scope("visits.report")).filter(about_id=row.pk)
    return {"pictures": list(rows.defer("body_sealed", "thumbnail_sealed"))}


incidents = record(
    Incident,
    slug="incidents",
    right="visits.report",
    title=_("Incidents"),
    one=_("Incident"),
    columns=[
        link("number"),
        person(),
        text("kind", _("What happened")),
        text("severity", _("Severity")),
        worker_column(_("Worker")),
        organisation_column(_("Organisation")),
        region("region"),
        when("happened_at", sort="happened_at"),
        state("state", tones=TONES),
    ],
    filters=[
        region_filter(),
        choice("state"),
        choice("kind"),
        choice("severity"),
        date_range("happened_at", _("Happened")),
    ],
    order=("-happened_at", "id"),
    detail_template="visits/detail.html",
    state=state("state", tones=TONES),
    panels={
        _("Incident"): [
            person(),
            "kind",
            "severity",
            text("told_names", _("Told already"), optional=True),
            worker_column(_("Worker")),
            organisation_column(_("Organisation")),
            when("happened_at"),
            when("reported_at"),
            when("due_at", _("Due by"), show=_due, optional=True),
            text("words", _("What happened, in words"), wide=True),
            text("measures", _("What was done about it"), wide=True, optional=True),
            when("closed_at", optional=True),
        ],
        _("Pictures"): panel("visits/pictures.html", query=_pictures),
    },
    verbs=[
        verb(actions.take_up_incident, label=_("Take up"), primary=True, when=_in(IncidentState.REPORTED)),
        verb(actions.close_incident, label=_("Close"), primary=True, when=_in(IncidentState.IN_HAND)),
        verb(actions.reopen_incident, label=_("Reopen"), when=_in(IncidentState.CLOSED)),
    ],
    nav=NavItem("service", "alert-triangle", 45),
    empty=_("No incident was reported."),
)
