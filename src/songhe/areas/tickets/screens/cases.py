"""Cases of 12345 and their extensions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.hotline.api import Call
from songhe.areas.tickets import actions, queries
from songhe.areas.tickets.models import CaseExtension, CaseState, CityCase
from songhe.areas.visits.api import Order
from songhe.engines.access.api import elevated
from songhe.engines.acts.api import record_read
from songhe.kit import spec
from songhe.kit.clock import now
from songhe.kit.pages import NavItem, live_topic
from songhe.kit.spec import panel, record, verb
from songhe.kit.who import who

TONES = {
    "received": "warn", "in_hand": "info", "answered": "ok", "closed": "muted", "sent_back": "muted", "withdrawn": "muted",
}  # fmt: skip
LEVEL_TONES = {"ordinary": "muted", "urgent": "warn", "supervised": "danger"}
MESSAGES = {
    "new": _("Case arrived"),
    "remind": _("Reminder"),
    "supervise": _("Put under supervision"),
    "extended": _("Extension granted"),
    "not_extended": _("Extension refused by 12345"),
    "reject": _("Returned by 12345 for rework"),
    "withdraw": _("Withdrawn by 12345"),
    "satisfied": _("Called back by 12345"),
    "closed": _("Closed by 12345"),
    "accepted": _("Taken up"),
    "progress": _("Progress reported"),
    "answered": _("Answered"),
    "sent_back": _("Sent back as not ours"),
    "extend": _("Extension requested"),
}
_STATE = spec.state("state", tones=TONES)
_LEVEL = spec.state("level", tones=LEVEL_TONES)


def _due_tone(row: CityCase) -> str:
    at = now()
    if row.state not in (CaseState.RECEIVED, CaseState.IN_HAND):
        return "danger" if row.late_at(at) else "muted"
    return "danger" if at > row.due_at else "warn" if row.warned_at else "muted"


def _due_word(row: CityCase) -> str:
    tone = _due_tone(row)
    return (
        gettext("Overdue")
        if tone == "danger"
        else gettext("Due soon")
        if tone == "warn"
        else gettext("In time")
    )


_DUE = spec.state("due", _("Deadline of 12345"), show=_due_word, tone=_due_tone, sort="due_at")


def _history(row: CityCase, request: HttpRequest) -> Iterable[Mapping[str, Any]]:
    with elevated():  # whoever sees the case sees what was written in it
        found = queries.messages_of(row)
    for message, words, sending in found:
        state = str(sending.get_state_display()) if sending else ""
        fault = sending.fault if sending and sending.fault else ""
        yield {
            "at": message.at,
            "text": f"{'↑' if message.outward else '↓'} {MESSAGES.get(message.kind, message.kind)}",
            "note": " · ".join(part for part in (words[:160], message.by_name, state, fault) if part),
            "tone": "danger" if sending and sending.state == "failed" else "",
        }


def _became(row: CityCase, request: HttpRequest) -> Mapping[str, Any]:
    with elevated():  # the links lead nowhere for who may not open them
        call = Call.everywhere.filter(pk=row.call_id).first() if row.call_id else None
        order = Order.everywhere.filter(pk=call.order_id).first() if call and call.order_id else None
        complaint = queries.complaint_of(row)
    return {
        "call": call,
        "order": order,
        "complaint": complaint,
        "desk_url": reverse("hotline.call", args=[call.pk]) if call and call.is_open else "",
        "row": row,
        "phone": row.caller if row.handler_id == who(request).pk and row.state == CaseState.IN_HAND else "",
    }


def _seen(row: CityCase, request: HttpRequest) -> None:
    user = who(request)
    if row.handler_id == user.pk and row.state == CaseState.IN_HAND and row.caller_sealed:
        record_read("tickets.read_phone", row, actor=user, at=now(), purpose="12345")


def _in(*states: str) -> Any:
    return lambda row, user: row.state in states


live_topic("tickets", right="tickets.view")
cases = record(
    CityCase,
    slug="city-cases",
    right="tickets.view",
    title=_("12345 cases"),
    one=_("12345 case"),
    columns=[
        spec.link("number", css="number", sort="number", note=lambda row: row.title),
        spec.text("kind"),
        _LEVEL,
        spec.when("received_at", sort="received_at"),
        spec.when("due_at", sort="due_at"),
        _DUE,
        spec.text("handler"),
        _STATE,
    ],
    filters=[
        spec.region_filter(), spec.choice("state"), spec.choice("kind"), spec.choice("level"),
        spec.date_range("received_at", _("Received")), spec.date_range("due_at", _("Due")),
    ],
    search=("number", "title", "handler"),
    hint=_("12345 case number, subject"),
    order=("due_at", "id"),
    state=_STATE,
    heading=lambda row: row.number,
    subheading=lambda row: row.title,
    seen=_seen,
    panels={
        _("What 12345 wrote"): [
            spec.text("words", _("What was said"), wide=True), spec.text("kind"), _LEVEL, spec.text("number_masked"),
            spec.when("received_at"), spec.when("due_at"), _DUE, spec.when("first_due_at"), spec.when("overdue_at", optional=True), spec.number("reminders"),
            spec.number("returns"), spec.region("region"), spec.text("handler"), spec.number("score", optional=True),
        ],
        _("What came of the case"): panel("tickets/became.html", query=_became),
        _("Our answer"): [spec.text("answer", _("Answer"), wide=True), spec.when("answered_at"), spec.when("closed_at")],
    },
    aside={_("Correspondence"): spec.timeline(_history)},
    verbs=[
        verb(actions.take_up, label=_("Take up"), icon="check", primary=True, when=_in("received")),
        verb(actions.open_at_desk, label=_("Open at the desk"), icon="phone", primary=True,
             when=lambda row, user: row.state == "in_hand" and row.call_id is None,
             then=lambda result, row: reverse("hotline.call", args=[result.call_id])),
        verb(actions.answer, label=_("Answer"), icon="send", primary=True, when=_in("in_hand")),
        verb(actions.note_progress, label=_("Report progress"), when=_in("in_hand")),
        verb(actions.ask_extension, label=_("Request an extension"), when=_in("in_hand"), initial=lambda row, user: {"days": 3}),
        verb(actions.send_back, label=_("Send back"), danger=True,
             when=lambda row, user: row.state in ("received", "in_hand") and row.call_id is None),
        verb(actions.take_file, label=_("Import a file of cases"), icon="upload"),
    ],
    nav=NavItem("service", "file-text", 62),
    empty=_("No case of 12345 yet. Connect the city line, or take a file of cases."),
)  # fmt: skip

_EXTENSION = spec.state(
    "state", tones={"asked": "warn", "approved": "info", "granted": "ok", "refused": "muted"}
)

extensions = record(
    CaseExtension,
    slug="city-extensions",
    right="tickets.view",
    title=_("Extensions of 12345 cases"),
    one=_("Deadline extension"),
    join=("case",),
    columns=[
        spec.link("case", show=lambda row: row.case.number, note=lambda row: row.reason[:60]),
        spec.number("days"),
        spec.text("asked_by"),
        spec.when("asked_at", sort="asked_at"),
        spec.text("decided_by"),
        _EXTENSION,
    ],
    filters=[spec.choice("state"), spec.region_filter()],
    search=("case__number", "asked_by"),
    order=("-asked_at", "id"),
    state=_EXTENSION,
    heading=lambda row: row.case.number,
    panels={
        _("Deadline extension"): [
            spec.number("days"), spec.text("reason", wide=True), spec.text("asked_by"), spec.when("asked_at"),
            spec.text("decided_by"), spec.when("decided_at"), spec.when("until"), spec.region("region"),
        ]
    },
    aside={_("History"): spec.history()},
    verbs=[
        verb(actions.approve_extension, label=_("Approve"), primary=True,
             when=lambda row, user: row.state == "asked" and row.asked_by_id != user.pk),
        verb(actions.refuse_extension, label=_("Refuse"), danger=True,
             when=lambda row, user: row.state == "asked" and row.asked_by_id != user.pk),
    ],
    nav=NavItem("service", "hourglass", 63),
    empty=_("No extension was requested."),
)  # fmt: skip
