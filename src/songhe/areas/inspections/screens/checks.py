"""The list of checks and the page of one; a facility's own page shows its history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.inspections import actions, pages, queries, sheet
from songhe.areas.inspections.limits import say
from songhe.areas.inspections.models import Finding, Inspection, Measure, State
from songhe.areas.inspections.screens.common import (
    FINDING_TONES,
    LEVEL_TONES,
    SEVERITY_TONES,
    STATE_TONES,
    kind_name,
)
from songhe.areas.providers.api import Kind, organisation_column
from songhe.core.decision import Reason
from songhe.core.labels import Label, Labels
from songhe.engines.access.api import elevated
from songhe.engines.forms import api as forms
from songhe.kit import spec
from songhe.kit.charts import progress
from songhe.kit.clock import today
from songhe.kit.pages import NavItem, page
from songhe.kit.spec import Figure, grid, panel, panel_on, record, verb
from songhe.kit.who import who

_STATE = spec.state("state", tones=STATE_TONES, sort="state")
_GRADE = spec.state(
    "level",
    _("Grade"),
    show=lambda row: row.level_name or None,
    tone=lambda row: LEVEL_TONES.get(row.level, "muted"),
    note=lambda row: row.score_text,
)
OPEN = (State.RECTIFY, State.RECHECK, State.ESCALATED)

page(
    "inspections.checklist", path="checklist/<uuid:pk>/", title=_("Checklist"), right="inspections.check",
    view=pages.checklist,
)  # fmt: skip


def _said(reason: Reason) -> str:
    language = get_language() or "zh"
    values = {
        name: value.in_language(language) if isinstance(value, Label | Labels) else value
        for name, value in reason.values.items()
    }
    return gettext(reason.text).format(**values)


def _result(row: Inspection, request: HttpRequest) -> Mapping[str, Any]:
    user = who(request)
    mine = row.state == State.DRAWN and row.is_officer(user.pk) and user.may("inspections.check")
    context: dict[str, Any] = {
        "row": row,
        "tone": LEVEL_TONES.get(row.level if row.level is not None else -1, "muted"),
        "fill": reverse("inspections.checklist", args=[row.pk]) if mine else "",
    }
    if row.answers_id is None or row.done_at is None:
        return context
    with elevated():  # whoever sees a check sees its checklist
        answers = row.answers
        assert answers is not None
        result, form = forms.result_of(answers), forms.form_of(answers.form)
    return context | {
        "parts": [
            (say(part.label), f"{part.so_far} / {part.top}", progress(part.so_far, part.top or 1, title=say(part.label), width=160))
            for part in result.dimensions
        ],
        "reasons": [_said(reason) for reason in result.reasons],
        "uncertain": [say(one.note) for one in form.uncertain],
    }  # fmt: skip


def _answers(row: Inspection, request: HttpRequest) -> Mapping[str, Any]:
    form = sheet.form_of(row)
    scope = who(request).scope("inspections.view")
    return {"parts": sheet.parts(row, form, sheet.given(row), scope=scope)}


def _campaign(row: Inspection) -> str | None:
    with elevated():  # a city's campaign lies outside the scope of a town that sees the check
        return str(row.campaign) if row.campaign_id else None


def _findings(row: Inspection, request: HttpRequest) -> list[Finding]:
    return queries.findings_of(row)


def _measures(row: Inspection, request: HttpRequest) -> list[Measure]:
    with elevated():
        return list(Measure.everywhere.filter(inspection=row).order_by("-at", "-id"))


def _history(row: Any, request: HttpRequest) -> list[Inspection]:
    rows = Inspection.objects.within(who(request).scope("inspections.view")).filter(facility_id=row.pk)
    return list(rows.order_by("-due_on", "-id")[:20])


def _figures(request: HttpRequest) -> list[Figure]:
    rows = Inspection.objects.within(who(request).scope("inspections.view"))
    late = queries.overdue(who(request).scope("inspections.view"), today()).count()
    url = checks.url()
    return [
        Figure(_("To be carried out"), rows.filter(state=State.DRAWN).count(), "", f"{url}?state=drawn"),
        Figure(_("To be rectified"), rows.filter(state=State.RECTIFY).count(), "", f"{url}?state=rectify"),
        Figure(_("To be re-checked"), rows.filter(state=State.RECHECK).count(), "", f"{url}?state=recheck"),
        Figure(_("Findings overdue"), late, "", "/findings/?overdue=1", "danger" if late else ""),
    ]  # fmt: skip


def _may_measure(row: Inspection, user: Any) -> bool:
    return row.state in OPEN and not row.is_officer(user.pk)


checks = record(
    Inspection,
    slug="inspections",
    right="inspections.view",
    title=_("Spot checks"),
    one=_("Spot check"),
    columns=[
        spec.link("facility_name", _("Facility"), sort="facility_name", show=lambda row: row.facility_name,
                  note=lambda row: kind_name(row.facility_kind)),
        spec.region("region"),
        spec.text("number", sort="number", css="number"),
        spec.text("officers"),
        spec.day("due_on", sort="due_on"),
        _GRADE,
        spec.number("found", sort="found"),
        spec.number("left", sort="left"),
        _STATE,
    ],
    filters=[
        spec.region_filter(),
        spec.choice("state"),
        spec.choice("facility_kind", options=Kind.choices),
        spec.choice("why"),
        spec.date_range("due_on"),
    ],
    search=("number", "facility_name", "officers"),
    order=("-due_on", "facility_name", "id"),
    state=_STATE,
    heading=lambda row: row.facility_name,
    subheading=lambda row: row.number,
    figures=_figures,
    panels={
        _("Result of the check"): panel("inspections/result.html", query=_result),
        _("Findings"): grid(
            _findings,
            [
                spec.link("item", _("Item of the checklist"), show=str, note=lambda row: row.words),
                spec.state("severity", tones=SEVERITY_TONES, note=lambda row: _("repeat finding") if row.repeated else ""),
                spec.day("due_on"),
                spec.state("state", tones=FINDING_TONES),
            ],
            none=_("Nothing was found."),
        ),
        _("Measures"): grid(
            _measures,
            [
                spec.state("kind", tones={"warning": "warn", "suspension": "danger", "report": "danger"}, note=lambda row: row.to),
                spec.text("words"),
                spec.text("by"),
                spec.when("at"),
            ],
            none=_("No measure was taken."),
        ),
        _("Checklist"): panel("inspections/answers.html", query=_answers, when=lambda row: row.done_at is not None),
    },
    aside={
        _("Spot check"): [
            spec.link("facility"), organisation_column(_("Organisation")), spec.region("region"),
            spec.text("campaign", show=_campaign, optional=True), "why",
            "officers", "due_on", spec.when("done_at"), spec.day("next_due", optional=True), spec.day("closed_on", optional=True),
            spec.text("reason", optional=True),
        ],
        _("History"): spec.history(),
    },
    verbs=[
        verb(actions.order_check, label=_("Order a check"), icon="plus", primary=True,
             initial=lambda row, user: {"until": today() + timedelta(days=14)}),
        verb(actions.call_again, label=_("Re-check now"), icon="refresh",
             when=lambda row, user: row.state in (State.RECTIFY, State.ESCALATED)),
        verb(actions.take_measure, label=_("Take a measure"), icon="alert-triangle", danger=True, when=_may_measure),
        verb(actions.cancel_check, label=_("Cancel"), danger=True, when=lambda row, user: row.state == State.DRAWN),
    ],
    nav=NavItem("providers", "clipboard-check", 41),
    empty=_("No checks yet. They come from a sampled campaign, or are ordered."),
)  # fmt: skip

panel_on(
    "facilities",
    _("Spot checks"),
    replace(
        grid(
            _history,
            [
                spec.link("number", show=lambda row: row.number),
                spec.when("done_at"),
                _GRADE,
                spec.number("found"),
                spec.number("left"),
                spec.state("state", tones=STATE_TONES),
            ],
            none=_("Not checked yet."),
        ),
        right="inspections.view",
    ),
)  # fmt: skip
