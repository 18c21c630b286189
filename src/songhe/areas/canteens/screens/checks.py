"""Checks on absent diners on screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from songhe.areas.canteens import actions, columns
from songhe.areas.canteens.actions.checks import TOPIC
from songhe.areas.canteens.models import OPEN, Check, CheckState, Diner
from songhe.areas.canteens.screens.common import CHECK_TONES, by_canteen
from songhe.engines.access.api import elevated
from songhe.engines.acts.api import record_read
from songhe.engines.cases.api import CaseStep, flow
from songhe.engines.vault.api import reveal
from songhe.kit import spec
from songhe.kit.clock import now
from songhe.kit.pages import NavItem, live_topic
from songhe.kit.spec import panel, record, timeline, verb
from songhe.kit.who import who
from songhe.kit.words import label_of

live_topic(TOPIC, right="canteens.check")
_STATE = spec.state("state", tones=CHECK_TONES, sort="state")
ASKING = (CheckState.ASKED, CheckState.DOOR, CheckState.ALARM)


def _late(row: Check) -> str:
    return str(_("overdue")) if row.state in OPEN and row.due_at is not None and row.due_at < now() else ""


def _contact(row: Check, request: HttpRequest) -> Mapping[str, Any]:
    """The neighbour's telephone and what was seen, for whoever looks after the person; reading them is logged."""
    with elevated():  # whoever reaches the check may call the neighbour
        diner = Diner.everywhere.get(pk=row.diner_id)
    phone, words = (
        reveal(row.person_id, diner.neighbour_phone_sealed),
        reveal(row.person_id, row.words_sealed),
    )
    if phone or words:
        record_read("canteens.read_check", row, actor=who(request), at=now(), purpose="check")
    return {"neighbour": row.neighbour, "phone": phone, "words": words}


def _steps(row: Check, request: HttpRequest) -> list[dict[str, Any]]:
    with elevated():  # whoever reaches the check sees how it went
        steps = list(CaseStep.everywhere.filter(case_id=row.case_id).order_by("-at"))
    way = flow("diner_check")
    moves = {move.code: move.label for move in way.moves} | {"open": way.state(way.start).label}
    return [
        {
            "at": step.at,
            "text": step.note
            if step.escalates
            else label_of({"en": moves[step.move].en, "zh": moves[step.move].zh}),
            "note": step.actor_name if step.actor_name != "system" else str(_("the system")),
            "tone": "danger" if step.escalates else "",
            "url": "",
        }
        for step in steps
    ]


def _open(rows: Any, yes: bool) -> Any:
    return rows.filter(state__in=OPEN) if yes else rows.exclude(state__in=OPEN)


checks = record(
    Check,
    slug="diner-checks",
    right="canteens.check",
    title=_("Absent-diner welfare checks"),
    one=_("Absent-diner welfare check"),
    intro=_("Somebody was expected and did not come. A neighbour asks, then somebody goes to the door, then the town is called."),
    columns=[
        columns.of_person(),
        spec.text("number", sort="number"),
        columns.canteen(),
        spec.day("on", sort="on"),
        columns.meal(),
        spec.text("neighbour"),
        _STATE,
        spec.when("due_at", sort="due_at", note=_late),
        spec.text("found"),
    ],
    filters=[
        spec.flag("open", _("Not closed yet"), narrow=_open),
        spec.flag("late", _("Overdue"), narrow=lambda rows, yes: rows.filter(Q(state__in=OPEN, due_at__lt=now())) if yes else rows),
        spec.choice("state"), spec.choice("found"), by_canteen(), spec.date_range("on"), spec.region_filter(),
    ],
    search=("number", "neighbour"),
    order=("-opened_at", "-id"),
    heading=columns.name_of,
    subheading=str,
    state=_STATE,
    panels={
        _("How it went"): timeline(_steps),
        _("Absent-diner welfare check"): [columns.person(), columns.canteen(), "on", columns.meal(), "opened_at", spec.when("due_at"),
                                        spec.text("found"), spec.text("closed_by", optional=True), spec.when("closed_at", optional=True)],
    },
    aside={_("Who asks"): panel("canteens/contact.html", query=_contact), _("History"): spec.history()},
    verbs=[
        verb(actions.enter_found, label=_("Enter what was found"), icon="check", primary=True,
             when=lambda row, user: row.state in ASKING),
        verb(actions.end_help, label=_("Help was given"), icon="heart-handshake", primary=True,
             when=lambda row, user: row.state == CheckState.HELPED),
    ],
    nav=NavItem("service", "urgent", 73),
    empty=_("Nobody was missed so far."),
)  # fmt: skip
