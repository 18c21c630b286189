"""Alarms as records: the list, and the agent's page of one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from songhe.areas.alarms import actions
from songhe.areas.alarms.limits import answer_choices, kind_choices, reason_words, terms
from songhe.areas.alarms.models import Alarm, AlarmState
from songhe.areas.alarms.queries import course as told
from songhe.areas.alarms.queries import person as people
from songhe.areas.alarms.queries.responders import candidates
from songhe.areas.alarms.screens import maps, sealed
from songhe.areas.lines.api import seat_of
from songhe.areas.providers.api import said
from songhe.engines.acts.api import record_read
from songhe.kit import spec
from songhe.kit.clock import now
from songhe.kit.filters import Choice
from songhe.kit.map.panel import map_panel
from songhe.kit.pages import NavItem
from songhe.kit.spec import record, verb
from songhe.kit.who import who

TONES = {
    "raised": "danger", "taken": "warn", "sent": "info", "arrived": "info", "resolved": "ok", "false_alarm": "muted",
    "test": "muted", "no_contact": "warn", "duplicate": "muted", "reviewed": "ok",
}  # fmt: skip


def _mine(alarm: Alarm, user: Any) -> bool:
    return alarm.is_open and alarm.agent_id == user.pk


def _ended(alarm: Alarm, user: Any) -> bool:
    return not alarm.is_open


def _takes(alarm: Alarm, user: Any) -> bool:
    return alarm.is_open and alarm.agent_id != user.pk and (alarm.agent_id is None or alarm.rings_from is not None)  # fmt: skip


def _onward(made: Alarm, row: Alarm) -> str:
    return f"/alarms/{made.pk}/"


def _seen(alarm: Alarm, request: HttpRequest) -> None:
    """Whoever holds an alarm sees numbers and address in the clear; the first look is logged with its reason."""
    user = who(request)
    if _mine(alarm, user) and alarm.acted_at is not None and alarm.seen_at == alarm.acted_at:
        record_read(
            "alarms.read_person", alarm, actor=user, at=now(), purpose=f"{alarm.number}: verification"
        )


def _person(alarm: Alarm, request: HttpRequest) -> Mapping[str, Any]:
    about = people.known(alarm, at=now(), scope=who(request).scope("alarms.view"))
    health = reverse("alarms.health", args=[alarm.pk]) if about.person is not None else ""
    return {"about": about, "full": _mine(alarm, who(request)), "health": health, "page": spec.url_of(about.person) if about.person else ""}  # fmt: skip


def _ladder(alarm: Alarm, request: HttpRequest) -> Mapping[str, Any]:
    about, calls = (
        people.known(alarm, at=now(), scope=who(request).scope("alarms.view")),
        told.calls_of(alarm),
    )
    rungs = people.ladder(alarm, about, calls)
    following = next((one for one in rungs if not one.tried), None)
    return {
        "rungs": rungs, "next": following, "mine": _mine(alarm, who(request)), "answers": answer_choices(), "alarm": alarm,
        "seat": who(request).may("lines.dial") and seat_of(who(request).pk) is not None,
        "words": dict(answer_choices()),
    }  # fmt: skip


def _help(alarm: Alarm, request: HttpRequest) -> Mapping[str, Any]:
    mine = _mine(alarm, who(request))
    found = candidates(alarm, at=now())[:8] if mine else []
    return {
        "alarm": alarm, "mine": mine, "candidates": found, "errands": told.errands_of(alarm),
        "kinds": {code: said(one) for code, one in {**terms().responders, **terms().relays}.items()},
        "relays": list(terms().relays), "call": terms().kind(alarm.kind).call, "may": who(request).may("alarms.respond"),
    }  # fmt: skip


def _signals(alarm: Alarm, request: HttpRequest) -> Any:
    return told.signals_of(alarm)


alarms = record(
    Alarm,
    slug="alarms",
    right="alarms.view",
    title=_("Alarms"),
    one=_("Alarm"),
    columns=[
        spec.link("number", sort="number", note=lambda row: row.kind_label),
        spec.state("state", tones=TONES),
        spec.link("person", note=lambda row: _("User unknown") if row.provisional else "" if row.person else row.whom),
        spec.region(),
        spec.when("raised_at", sort="raised_at"),
        spec.when("taken_at"),
        spec.when("arrived_at"),
        spec.when("closed_at", note=lambda row: reason_words(row.reason) if row.reason else ""),
        "agent_name",
    ],
    filters=[
        spec.choice("state"),
        Choice(name="kind", label=_("Signal"), options=kind_choices),
        spec.choice("source"),
        spec.region_filter(),
        spec.date_range("raised_at", _("Raised")),
    ],
    search=("number", "agent_name", "closed_by_name"),
    hint=_("Number or agent"),
    order=("-raised_at", "-id"),
    join=("person", "region"),
    panels={
        _("Finder's message"): spec.panel("alarms/findings.html", query=sealed.findings, when=lambda row: bool(told.findings_of(row))),
        _("Verification calls"): spec.panel("alarms/ladder.html", query=_ladder, right="alarms.answer"),
        _("Responders sent"): spec.panel("alarms/help.html", query=_help, right="alarms.answer"),
        _("Forced entry"): spec.panel("alarms/entries.html", query=sealed.entries, when=lambda row: row.helped_at is not None and bool(told.entries_of(row))),
        _("Map"): map_panel(maps.of_alarm, right="alarms.answer"),
        _("Processing history"): spec.timeline(lambda row, request: told.course(row, who(request).scope("alarms.view"))),
    },
    aside={
        _("Person"): spec.panel("alarms/person.html", query=_person),
        _("Alarm"): [
            spec.text("kind", _("Signal"), show=lambda row: row.kind_label),
            spec.text("source"),
            spec.when("raised_at"),
            spec.when("pressed_at", optional=True),
            spec.when("shown_at", optional=True),
            spec.when("taken_at", optional=True),
            spec.when("reached_at", optional=True),
            spec.when("helped_at", optional=True),
            spec.when("arrived_at", optional=True),
            spec.when("closed_at", optional=True),
            spec.text("agent_name", optional=True),
            spec.text("level", _("Level of the network"), show=told.level_words, optional=True),
            spec.text("reason", _("Reason"), show=lambda row: reason_words(row.reason), optional=True),
            spec.text("closed_by_name", optional=True),
            spec.text("words", _("What happened and what was done"), optional=True, wide=True),
            spec.text("reviewed_by_name", optional=True),
            spec.text("review_words", _("Review findings"), optional=True, wide=True),
        ],
        _("Signals"): spec.grid(_signals, [spec.when("at", _("Received")), spec.text("kind", _("Signal"), show=lambda row: said(terms().kind(row.kind).label)), spec.number("battery", _("Battery"), unit="%")], none=_("No signal")),
    },
    verbs=[
        verb(actions.take, label=_("Take"), primary=True, icon="phone", when=_takes, then=lambda made, row: f"/alarms/{row.pk}/"),
        verb(actions.hear, label=_("Alert acknowledged"), when=lambda row, user: _mine(row, user) and row.rings_from is not None),
        verb(actions.note_call, label=_("Enter a call"), when=_mine, button=False),
        verb(actions.name_person, label=_("Name the person in need"), icon="user-plus", primary=True, when=lambda row, user: _mine(row, user) and row.person_id is None and row.worker_id is None, then=_onward),
        verb(actions.send, label=_("Send help"), icon="walk", when=_mine),
        verb(actions.note_arrival, label=_("Help has arrived"), icon="map-pin", when=_mine, button=False),
        verb(actions.relay, label=_("Alert 120, 119 or 110"), icon="heartbeat", when=_mine),
        verb(actions.resolve, label=_("Resolved"), icon="check", primary=True, when=_mine),
        verb(actions.call_false, label=_("False alarm"), when=_mine),
        verb(actions.call_test, label=_("It was a test"), when=_mine),
        verb(actions.give_up, label=_("Nobody reached"), when=_mine),
        verb(actions.call_duplicate, label=_("Duplicate"), when=_mine),
        verb(actions.change_person, label=_("Correct the person in need"), when=lambda row, user: _mine(row, user) and row.person_id is not None, then=_onward),
        verb(actions.reopen, label=_("Reopen"), when=_ended),
        verb(actions.review, label=_("Review"), primary=True, when=lambda row, user: row.closed_at is not None and row.state not in (AlarmState.REVIEWED, AlarmState.TEST) and row.closed_by_id != user.pk),
        verb(actions.raise_one, label=_("Raise an alarm"), icon="alert-triangle", then=lambda made, row: f"/alarms/{made.pk}/"),
    ],
    state=spec.state("state", tones=TONES),
    heading=lambda row: f"{row.number} · {row.kind_label}",
    subheading=lambda row: row.whom or people.caller(row) or _("User unknown"),
    seen=_seen,
    detail_template="alarms/alarm.html",
    nav=NavItem("service", icon="alert-triangle", order=45),
    empty=_("No alarms yet. Devices raise them, or they are entered by hand."),
)  # fmt: skip
