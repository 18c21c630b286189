"""Findings on screen: what was seen, the answer with its evidence, and whether it is mended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from songhe.areas.inspections import actions, queries
from songhe.areas.inspections.models import Finding, FindingState, State
from songhe.areas.inspections.screens.common import FINDING_TONES, SEVERITY_TONES
from songhe.areas.providers.api import organisation_column
from songhe.engines.access.api import elevated
from songhe.kit import spec
from songhe.kit.clock import today
from songhe.kit.pages import NavItem
from songhe.kit.spec import grid, panel, record, verb
from songhe.kit.who import who

_STATE = spec.state("state", tones=FINDING_TONES, sort="state")


def _evidence(row: Finding, request: HttpRequest) -> Mapping[str, Any]:
    scope = who(request).scope("inspections.view")
    mark = queries.marks_of(row.inspection).get(row.item)
    keys = [row.pk, *([mark.pk] if mark else [])]
    found = queries.pictures_about(keys, scope)
    return {"files": [file for key in keys for file in found.get(key, [])]}


def _before(row: Finding, request: HttpRequest) -> list[Finding]:
    rows = Finding.objects.within(who(request).scope("inspections.view"))
    rows = rows.filter(facility_id=row.facility_id, item=row.item, found_on__lte=row.found_on).exclude(
        pk=row.pk
    )
    return list(rows.order_by("-found_on", "id")[:10])


def _check_of(row: Finding) -> str | None:
    """The page of the check that a finding is of."""
    return spec.url_of(row.inspection)


def _state_of(row: Finding) -> str:
    with elevated():  # whoever sees a finding knows where its check stands
        return str(row.inspection.state)


def _to_answer(row: Finding, user: Any) -> bool:
    return row.state == FindingState.OPEN and _state_of(row) in (State.RECTIFY, State.ESCALATED)


def _to_check(row: Finding, user: Any) -> bool:
    return (
        row.state != FindingState.MENDED and _state_of(row) == State.RECHECK and row.answered_by_id != user.pk
    )


findings = record(
    Finding,
    slug="findings",
    right="inspections.view",
    title=_("Findings of spot checks"),
    one=_("Finding"),
    columns=[
        spec.link("name_zh", _("Item of the checklist"), show=str, note=lambda row: row.words),
        spec.link("facility", show=lambda row: row.facility_name, to=_check_of),
        spec.region("region"),
        spec.state("severity", tones=SEVERITY_TONES, note=lambda row: _("repeat finding") if row.repeated else ""),
        spec.day("found_on", sort="found_on"),
        spec.day("due_on", sort="due_on"),
        _STATE,
    ],
    filters=[
        spec.region_filter(),
        spec.choice("state"),
        spec.choice("severity"),
        spec.flag("repeated", _("Repeat finding")),
        spec.flag(
            "overdue", _("Overdue"),
            narrow=lambda rows, yes: (
                rows.filter(state=FindingState.OPEN, due_on__lt=today()) if yes
                else rows.exclude(state=FindingState.OPEN, due_on__lt=today())
            ),
        ),
        spec.date_range("due_on"),
    ],
    search=("name_zh", "name_en", "facility_name", "words"),
    order=("due_on", "id"),
    join=("inspection",),
    state=_STATE,
    heading=str,
    subheading=lambda row: row.facility_name,
    panels={
        _("What was found"): [
            spec.text("choice", _("Checklist answer")), spec.state("severity", tones=SEVERITY_TONES), "repeated", "found_on", "first_due",
            "due_on", "rounds", spec.text("source", wide=True), spec.text("words", wide=True),
        ],
        _("Answer of the facility"): [
            spec.text("answer", wide=True), spec.text("answered_by", optional=True), spec.when("answered_at", optional=True),
        ],
        _("Pictures and documents"): panel("inspections/evidence.html", query=_evidence),
        _("Re-check"): [
            spec.text("check_words", wide=True), spec.text("checked_by", optional=True), spec.when("checked_at", optional=True),
            spec.day("mended_on", optional=True),
        ],
        _("Earlier at this facility"): grid(
            _before,
            [spec.link("found_on", show=lambda row: row.found_on), spec.state("state", tones=FINDING_TONES), spec.text("words")],
            none=_("Not found before."),
        ),
    },
    aside={
        _("Finding"): [
            spec.link("inspection"), spec.text("facility_name"), organisation_column(_("Organisation")), spec.region("region"),
        ],
        _("History"): spec.history(),
    },
    verbs=[
        verb(actions.answer_finding, label=_("Report the rectification"), icon="send", primary=True, when=_to_answer),
        verb(actions.mend_finding, label=_("Rectified in full"), icon="check", primary=True, when=_to_check),
        verb(actions.still_found, label=_("Not rectified"), danger=True, when=_to_check),
    ],
    nav=NavItem("providers", "alert-triangle", 42),
    empty=_("Nothing was found."),
)  # fmt: skip
