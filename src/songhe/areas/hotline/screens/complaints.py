"""Complaints on screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as say_now
from django.utils.translation import gettext_lazy as _

from songhe.areas.hotline import actions
from songhe.areas.hotline.city import complaining
from songhe.areas.hotline.models import Complaint
from songhe.areas.hotline.screens.calls import matter_of, number_of, person
from songhe.areas.providers.api import organisation_column, said
from songhe.engines.access.api import elevated
from songhe.engines.cases.api import CaseStep
from songhe.kit.clock import now
from songhe.kit.pages import NavItem
from songhe.kit.spec import (
    choice,
    date_range,
    link,
    money,
    number,
    record,
    region,
    region_filter,
    state,
    text,
    verb,
    when,
)
from songhe.kit.spec import timeline as events

TONES = {
    "received": "warn",
    "in_hand": "info",
    "answered": "ok",
    "closed": "muted",
    "withdrawn": "muted",
}


def _steps(row: Complaint, request: Any) -> Iterable[Mapping[str, Any]]:
    with elevated():  # whoever sees the complaint sees its history
        steps = list(CaseStep.everywhere.filter(case_id=row.case_id).order_by("-at", "-id")[:100])
        moves = {move.code: move.label for move in row.case.flow.moves}
    for step in steps:
        label = moves.get(step.move)
        words = (
            label.in_language(getattr(request, "LANGUAGE_CODE", "zh"))
            if label
            else step.note or say_now("Complaint received")
        )
        yield {
            "at": step.at,
            "text": words,
            "note": step.actor_name,
            "tone": "danger" if step.escalates else "",
        }


def _in(*states: str) -> Any:
    return lambda row, user: row.state in states


def klass_of(row: Complaint) -> str:
    """The class in words."""
    found = complaining().klasses.get(row.klass)
    return said(found.label) if found else ""


def _consequence(row: Complaint) -> str:
    found = complaining().consequences.get(row.consequence)
    return said(found.label) if found else ""


def _level(row: Complaint) -> str:
    levels = complaining().levels
    return said(levels[min(row.level, len(levels) - 1)]) if row.level else ""


def _due_tone(row: Complaint) -> str:
    return "danger" if row.late_at(now()) else "muted" if not row.is_open else "ok"


def _due_words(row: Complaint) -> str:
    if row.late_at(now()):
        return say_now("overdue")
    return say_now("in time")


def _may_object(row: Complaint, user: Any) -> bool:
    return row.by_id == user.pk and row.state in ("answered", "closed")


complaints = record(
    Complaint,
    slug="complaints",
    right="hotline.view",
    title=_("Complaints"),
    one=_("Complaint"),
    columns=[
        link("number", css="number"),
        person,
        text("klass", _("Class"), show=klass_of, note=lambda row: matter_of(row.matter)),
        when("opened_at", sort="opened_at"),
        when("due_at", sort="due_at"),
        state("late", _("In time"), tone=_due_tone, show=_due_words),
        organisation_column(_("Responsible organisation")),
        region("region"),
        state("state", tones=TONES),
    ],
    filters=[
        region_filter(),
        choice("state"),
        choice("finding"),
        date_range("opened_at", _("Received")),
        date_range("due_at", _("Answer due")),
    ],
    search=("number",),
    order=("-opened_at", "id"),
    hint=_("Number"),
    state=state("state", tones=TONES),
    panels={
        _("Complaint"): [
            person,
            text("by_name", optional=True),
            when("opened_at"),
            text("klass", _("Class"), show=klass_of),
            text("matter", show=lambda row: matter_of(row.matter), optional=True),
            when("due_at"),
            text("order", _("Order"), show=lambda row: number_of(row.order_id)),
            region("region"),
            text("words", _("What was said"), wide=True),
        ],
        _("Investigation"): [
            organisation_column(_("Responsible organisation")),
            "finding",
            text("found_by", optional=True),
            text("findings", _("What was found"), wide=True),
            text("answer", _("Answer"), wide=True),
            when("answered_at", optional=True),
            when("ended_at", optional=True),
        ],
        _("Consequence"): [
            text("consequence", show=_consequence),
            money("deduction_fen"),
            text("decided_by", optional=True),
            number("reopened"),
            text("level", _("Escalated to"), show=_level, optional=True),
            when("overdue_at", optional=True),
        ],
    },
    aside={_("History"): events(_steps)},
    verbs=[
        verb(
            actions.complain,
            label=_("Complain"),
            button=False,
            done=_("Your complaint was received. You will be answered."),
            then=lambda result, row: "/",
        ),
        verb(
            actions.take_up,
            label=_("Take up"),
            primary=True,
            when=_in("received"),
            initial=lambda row, user: {"klass": row.klass},
        ),
        verb(actions.investigate, label=_("Enter the investigation"), primary=True, when=_in("in_hand")),
        verb(
            actions.answer_complaint,
            label=_("Answer"),
            when=lambda row, user: row.state == "in_hand" and bool(row.finding),
        ),
        verb(
            actions.sanction,
            label=_("Decide the consequence"),
            when=lambda row, user: (
                bool(row.finding) and row.decided_by_id is None and row.found_by_id != user.pk
            ),
        ),
        verb(actions.close_complaint, label=_("Close"), primary=True, when=_in("answered")),
        verb(actions.reopen_complaint, label=_("Not satisfied"), when=_in("answered", "closed")),
        verb(actions.object_to_answer, label=_("I am not satisfied"), when=_may_object),
        verb(actions.withdraw_complaint, label=_("Taken back"), when=_in("received", "in_hand"), danger=True),
    ],
    nav=NavItem("service", "flag", 60),
    empty=_("No complaint. May it stay so."),
)
