"""Errands: the responder's page on a telephone, and the desk's list of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.alarms import actions
from songhe.areas.alarms.actions.common import MINE
from songhe.areas.alarms.limits import terms
from songhe.areas.alarms.models import Alarm, Response
from songhe.areas.alarms.queries import person as people
from songhe.areas.alarms.queries.responders import sent_to
from songhe.areas.grid.api import Helper, Task, helps_today
from songhe.areas.providers.api import said
from songhe.engines.access.api import Scope, elevated
from songhe.engines.acts.api import record_read
from songhe.kit import spec
from songhe.kit.clock import now
from songhe.kit.pages import NavItem, live_topic
from songhe.kit.spec import record, verb
from songhe.kit.who import who

live_topic(MINE, right="alarms.respond")
TONES = {"sent": "danger", "accepted": "warn", "started": "warn", "arrived": "info", "left": "ok", "refused": "muted", "lapsed": "muted"}  # fmt: skip
STATES = {
    "sent": _("To be answered"),
    "accepted": _("Call-out accepted"),
    "started": _("On the way"),
    "arrived": _("Help on site"),
    "left": _("Has left"),
    "refused": _("Declined"),
    "lapsed": _("No answer in time"),
}
state = spec.state("state", _("State"), tones=TONES, label_of=lambda row: STATES[row.state])


def _waits(row: Response, user: Any) -> bool:
    return row.is_open and row.arrived_at is None


def _there(row: Response, user: Any) -> bool:
    return row.arrived_at is not None and row.left_at is None


def _whom(row: Response) -> str:
    """What is the matter, and with whom."""
    with elevated():  # a responder sees the errand only, and with it whom it is about
        alarm = Alarm.everywhere.select_related("person").get(pk=row.alarm_id)
    return f"{alarm.kind_label} · {alarm.person or people.caller(alarm) or alarm.number}"


def _about(row: Response, request: HttpRequest) -> Mapping[str, Any]:
    """Whom it is about; address and number in the clear as long as the errand lasts."""
    with elevated():  # a responder sees the errand only, and with it what is needed to get there
        alarm = Alarm.everywhere.get(pk=row.alarm_id)
    about, full = people.known(alarm, at=now(), scope=Scope.EVERYTHING), row.is_open and alarm.is_open
    return {
        "errand": row, "alarm": alarm, "about": about, "full": full, "address": about.secrets.address if full else about.secrets.address_masked,
        "phone": about.secrets.phone if full else "", "kind": said(terms().kind(alarm.kind).label), "place": about.secrets.place if full else None,
    }  # fmt: skip


def _steps(row: Response, request: HttpRequest) -> Mapping[str, Any]:
    user = who(request)
    with elevated():  # as above
        is_open = Alarm.everywhere.filter(pk=row.alarm_id, closed_at=None).exists()
    there = _there(row, user)  # whoever is there may find worse than the desk knew
    return {"errand": row, "may": (is_open or there) and user.may("alarms.respond"), "waits": _waits(row, user), "there": there}  # fmt: skip


def _seen(row: Response, request: HttpRequest) -> None:
    if row.is_open and row.arrived_at is None:
        record_read("alarms.read_errand", row, actor=who(request), at=now(), purpose=f"errand of {row.name}")


errands = record(
    Response,
    slug="errands",
    right="alarms.respond",
    title=_("Call-outs"),
    one=_("Call-out"),
    columns=[
        spec.link("name", _("Assigned to")),
        state,
        spec.region(),
        spec.when("sent_at", sort="sent_at"),
        spec.when("accepted_at", _("Call-out accepted")),
        spec.when("arrived_at"),
        spec.when("left_at"),
        spec.yes_no("needs_120"),
    ],
    filters=[spec.region_filter(), spec.date_range("sent_at", _("Errand sent at"))],
    search=("name",),
    order=("-sent_at", "-id"),
    join=("region",),
    panels={
        _("Where to go"): spec.panel("alarms/where.html", query=_about),
        _("What to do now"): spec.panel("alarms/steps.html", query=_steps),
        _("Call-out"): [
            spec.when("sent_at"),
            spec.when("accepted_at", _("Call-out accepted"), optional=True),
            spec.when("started_at", optional=True),
            spec.when("arrived_at", optional=True),
            spec.when("left_at", optional=True),
            spec.text("found", _("What was found"), optional=True, wide=True),
            spec.text("officer", optional=True),
            spec.text("case_number", optional=True),
        ],
    },
    verbs=[
        verb(actions.accept, label=_("I accept"), primary=True, icon="check", when=lambda row, user: _waits(row, user) and row.accepted_at is None, button=False),
        verb(actions.set_off, label=_("I am on the way"), primary=True, icon="walk", when=lambda row, user: _waits(row, user) and row.started_at is None, button=False),
        verb(actions.arrive, label=_("I have arrived"), primary=True, icon="map-pin", when=_waits, button=False),
        verb(actions.report, label=_("Report what was found"), icon="pencil", when=_there, button=False),
        verb(actions.add_photo, label=_("Add a photo"), icon="camera", when=_there),
        verb(actions.force_entry, label=_("The door was forced"), icon="door", when=_there),
        verb(actions.refuse, label=_("I cannot go"), danger=True, when=_waits),
    ],
    state=state,
    heading=_whom,
    subheading=lambda row: row.name,
    seen=_seen,
    detail_template="alarms/errand.html",
    nav=NavItem("today", icon="walk", order=15),
    empty=_("No call-outs. Those assigned to you appear here."),
)  # fmt: skip


@helps_today
def _to_go(helper: Helper, at: datetime) -> Iterable[Task]:
    """Where the helper is sent, above everything else on the phone."""
    for row in sent_to(helper):
        words = gettext("Called for help: {state}").format(state=STATES[row.state])
        yield Task(row.alarm.person_id, words, row.alarm.kind_label, errands.url_of(row), "danger")
