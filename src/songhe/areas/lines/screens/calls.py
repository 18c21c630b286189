"""Calls on the line: what the exchange told of each, what was written, and its recordings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.lines import actions
from songhe.areas.lines.models import LineEvent, LineState, Seat, Session
from songhe.areas.lines.queries import sessions
from songhe.areas.lines.rules import Kind
from songhe.areas.lines.screens.words import STATE_TONES, clock, queue_name
from songhe.core.refusal import Refused
from songhe.engines.access.api import elevated
from songhe.kit import spec
from songhe.kit.clock import now
from songhe.kit.links import opened_by
from songhe.kit.pages import NavItem, page
from songhe.kit.refusals import said, status_of
from songhe.kit.spec import panel, record, verb
from songhe.kit.who import who

_STATE = spec.state("state", tones=STATE_TONES)
WORDS = {
    "dialled": _("Dialled"),
    "ringing": _("Now ringing"),
    "queued": _("Entered the queue"),
    "texted": _("Wrote"),
    "answered": _("Call answered"),
    "held": _("Put on hold"),
    "resumed": _("Resumed"),
    "transferred": _("Transferred"),
    "recorded": _("Recording reported"),
    "abandoned": _("Caller abandoned"),
    "hung_up": _("Hung up"),
    "failed": _("Not connected"),
    "untold": _("Nothing more was reported"),
}
END_TONES = {"untold": "warn", "abandoned": "danger", "failed": "danger", "answered": "ok"}


def _events(row: Session, request: HttpRequest) -> Iterable[Mapping[str, Any]]:
    with elevated():  # whoever sees the call sees what happened in it
        found = list(LineEvent.everywhere.filter(session=row).order_by("-at", "-seq", "-id")[:200])
        agents = {event.agent_id for event in found if event.agent_id}
        names = dict(Seat.everywhere.filter(agent_id__in=agents).values_list("agent_id", "agent_name"))
    for event in found:
        late = (event.received_at - event.at).total_seconds()
        note = " · ".join(
            part
            for part in (
                names.get(event.agent_id, "") if event.agent_id else "",
                queue_name(event.queue) if event.queue else "",
                gettext("reported {time} later").format(time=clock(late))
                if late > 60 and event.kind != Kind.UNTOLD
                else "",
            )
            if part
        )
        yield {"at": event.at, "text": WORDS[event.kind], "note": note, "tone": END_TONES.get(event.kind, "")}


def _written(row: Session, request: HttpRequest) -> Mapping[str, Any]:
    with elevated():  # the conversation belongs to the call
        return {"lines": sessions.written(row)}


def _waited(row: Session) -> str:
    leg = row.course[0] if row.legs else None
    return clock(leg.wait_seconds) if leg else "—"


def _talked(row: Session) -> str:
    turns = [turn for leg in row.course for turn in leg.turns if turn.until]
    seconds = sum((turn.until - turn.since).total_seconds() for turn in turns if turn.until)
    return clock(seconds) if turns else "—"


def at_desk(row: Session, user: Any) -> str:
    """Where a reader opens a call at the desk; empty for whoever answers none there."""
    url = sessions.address_of(row.pk)
    return url if opened_by(user, [url]) else ""


def leads_to(row: Session, user: Any) -> str:
    """Where a call leads its reader: to the desk, or to its own page."""
    return at_desk(row, user) or calls.url_of(row) or ""


def _is_mine(row: Session, user: Any) -> bool:
    return row.is_open and row.agent_id == user.pk


def _in_writing(row: Session, user: Any) -> bool:
    return row.is_open and row.media == Session.Medium.TEXT


calls = record(
    Session,
    slug="line-calls",
    right="lines.view",
    title=_("Calls on the line"),
    one=_("Call on the line"),
    intro=_("What the telephone exchange reported. What a call was about is shown at the desk."),
    columns=[
        spec.link("began_at", _("Began"), show=str, sort="began_at"),
        spec.text("direction"),
        spec.text("queue", show=lambda row: queue_name(row.queue)),
        spec.text("agent_name"),
        spec.text("waited", _("Wait time"), show=_waited),
        spec.text("talked", _("Talk time"), show=_talked),
        _STATE,
    ],
    filters=[
        spec.choice("state"), spec.choice("direction"), spec.choice("media"), spec.date_range("began_at", _("Began")),
    ],
    search=("agent_name", "ref"),
    hint=_("Agent, reference of the exchange"),
    order=("-began_at", "id"),
    state=_STATE,
    panels={
        _("Call on the line"): [
            spec.text("number_masked", _("Number of the caller")), spec.text("direction"), spec.text("media"),
            spec.text("queue", show=lambda row: queue_name(row.queue)), spec.text("agent_name"),
            spec.when("began_at"), spec.when("answered_at", _("Call answered")), spec.when("ended_at"),
            spec.text("waited", _("Wait time"), show=_waited), spec.text("talked", _("Talk time"), show=_talked),
            spec.number("late"), spec.yes_no("clock_moved"), spec.text("ref"),
        ],
        _("Text chat"): panel("lines/written.html", query=_written, when=lambda row: row.media == Session.Medium.TEXT),
        _("At the desk"): panel("lines/opened.html", query=lambda row, request: {"opened": row.call_id, "at": row.linked_at,
                                "url": at_desk(row, who(request)), "recordings": row.recordings}),
    },
    aside={_("Course of the call"): spec.timeline(_events)},
    verbs=[
        verb(actions.dial, label=_("Call a number"), icon="phone", primary=True),
        verb(actions.reply, label=_("Write back"), icon="file-text", primary=True, when=_in_writing),
        verb(actions.end_call, label=_("Hang up"), when=_is_mine, danger=True),
    ],
    nav=NavItem("service", "phone", 55),
    empty=_("No call yet. Let the exchange report its events; see “Telephone exchanges”."),
)  # fmt: skip


def recording(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask what for, keep it, then show the exchange's references of the recordings."""
    user, refs, error = who(request), [], ""
    row: Session = Session.objects.take(pk, user.scope("lines.listen"))
    purpose = request.POST.get("purpose", "")
    if request.method == "POST":
        try:
            refs = actions.listen(row, actor=user, at=now(), purpose=purpose)
        except Refused as refusal:
            if status_of(refusal) != 422:
                raise
            error = said(refusal)
    context = {
        "page_title": gettext("Recording"),
        "call": row,
        "refs": refs,
        "error": error,
        "purpose": purpose[:200],
    }
    return render(request, "lines/recording.html", context, status=422 if error else 200)


page(
    "lines.recording", path="line-calls/<uuid:pk>/recording/", title=_("Recording"), right="lines.listen", view=recording,
)  # fmt: skip


def found(rows: list[Session]) -> Iterable[tuple[Any, ...]]:
    """Calls as lines of a home panel."""
    return [(str(row), calls.url_of(row), str(LineState(row.state).label)) for row in rows]
