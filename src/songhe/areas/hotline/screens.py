"""The desk, calls, call-backs and complaints on screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as say_now
from django.utils.translation import gettext_lazy as _

from songhe.areas.hotline import actions, desk, queries
from songhe.areas.hotline.models import Call, Complaint
from songhe.areas.providers.api import Named, organisation_column, worker_column
from songhe.areas.registry.api import Happening, Person, secrets_of, timeline
from songhe.areas.visits.api import TO_FOLLOW_UP, Order, person_names, who_and_what
from songhe.engines.access.api import Scope, elevated
from songhe.engines.acts.api import record_read
from songhe.engines.cases.api import CaseStep
from songhe.kit.clock import now
from songhe.kit.pages import HomeList, NavItem, home_panel, page, waiting
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
from songhe.kit.spec import timeline as events
from songhe.kit.who import who
from songhe.kit.words import ago

OUTCOME_TONES = {
    "ordered": "ok",
    "answered": "ok",
    "rated": "ok",
    "passed_on": "warn",
    "complained": "danger",
}
COMPLAINT_TONES = {
    "received": "warn",
    "in_hand": "info",
    "answered": "ok",
    "closed": "muted",
    "withdrawn": "muted",
}
person = Named(name="person_id", label=_("Person"), model=Person, names=person_names)

page(
    "hotline.desk",
    path="desk/",
    title=_("Desk"),
    right="hotline.answer",
    view=desk.desk,
    nav=NavItem("today", "phone", 20),
    home_for=("hotline_agent",),
)
page("hotline.call", path="desk/<uuid:pk>/", title=_("Call"), right="hotline.answer", view=desk.call_page)

calls = record(
    Call,
    slug="calls",
    right="hotline.view",
    title=_("Calls"),
    one=_("Call"),
    columns=[
        link("started_at", _("Started"), show=str, sort="started_at"),
        text("direction"),
        person,
        text("relation"),
        text("purpose"),
        state("outcome", _("Outcome"), tones=OUTCOME_TONES),
        text("agent_name"),
        region("region"),
    ],
    filters=[
        region_filter(),
        choice("direction"),
        choice("purpose"),
        choice("outcome"),
        date_range("started_at", _("Started")),
    ],
    search=("agent_name",),
    order=("-started_at", "id"),
    hint=_("Agent"),
    panels={
        _("Call"): [
            when("started_at"),
            when("ended_at"),
            "direction",
            text("number_masked", _("Number")),
            "relation",
            "purpose",
            "outcome",
            text("agent_name"),
            text("note", _("Note"), wide=True),
        ],
        _("About"): [
            person,
            text("order", _("Order"), show=lambda row: _number(row.order_id)),
            region("region"),
        ],
    },
    verbs=[verb(actions.hang_up, label=_("Close the call"), when=lambda row, user: row.is_open)],
    nav=NavItem("service", "phone", 50),
    empty=_("No call yet. The first one is taken at the desk."),
)


def _number(order_id: Any) -> str:
    if order_id is None:
        return ""
    with elevated():  # the number of an order says nothing about whom it serves
        return Order.everywhere.filter(pk=order_id).values_list("number", flat=True).first() or ""


def _due(scope: Scope) -> Any:
    return queries.due(scope)


def _log_phone(row: Order, request: HttpRequest) -> None:
    user = who(request)
    if row.state in TO_FOLLOW_UP:
        record_read("hotline.read_phone", row, actor=user, at=now(), purpose="follow-up")


def _phone(row: Order, request: Any) -> Mapping[str, Any]:
    with elevated():  # the number of the person to call; showing it was logged when the page was opened
        secrets = secrets_of(row.person)
    return {
        "phone": secrets.phone,
        "tries": queries.tries([row.pk]).get(row.pk, 0),
        "most": actions.CALLS_PER_FOLLOW_UP,
    }


follow_ups = record(
    Order,
    slug="follow-ups",
    main=False,
    right="hotline.follow_up",
    title=_("Follow-up calls"),
    one=_("Follow-up call"),
    rows=_due,
    columns=[
        link("number", css="number"),
        person,
        text("item_label", _("Service")),
        when("completed_at", sort="completed_at"),
        organisation_column(_("Organisation")),
        worker_column(_("Worker")),
        region("region"),
    ],
    filters=[region_filter(), date_range("completed_at", _("Completed"))],
    search=("number",),
    order=("completed_at", "id"),
    hint=_("Number"),
    subheading=lambda row: row.item_label,
    seen=_log_phone,
    panels={
        _("Call"): panel("hotline/phone.html", query=_phone),
        _("Service"): [
            person,
            text("item_label", _("Service")),
            when("completed_at"),
            organisation_column(_("Organisation")),
            worker_column(_("Worker")),
            text("note", _("Wishes"), wide=True),
        ],
    },
    verbs=[
        verb(
            actions.call_back,
            label=_("Enter the answer"),
            primary=True,
            icon="star",
            then=lambda result, row: reverse("follow-ups.list"),
        ),
        verb(
            actions.not_reached,
            label=_("Nobody answered"),
            icon="phone",
            then=lambda result, row: reverse("follow-ups.list"),
        ),
    ],
    nav=NavItem("service", "star", 40),
    empty=_("Everybody who was served has been called."),
)


def _steps(row: Complaint, request: Any) -> Iterable[Mapping[str, Any]]:
    with elevated():  # whoever sees the complaint sees its history
        steps = list(CaseStep.everywhere.filter(case_id=row.case_id).order_by("-at", "-id")[:100])
        moves = {move.code: move.label for move in row.case.flow.moves}
    for step in steps:
        label = moves.get(step.move)
        words = (
            label.in_language(getattr(request, "LANGUAGE_CODE", "zh"))
            if label
            else step.note or say_now("Received")
        )
        yield {
            "at": step.at,
            "text": words,
            "note": step.actor_name,
            "tone": "danger" if step.escalates else "",
        }


def _in(*states: str) -> Any:
    return lambda row, user: row.state in states


complaints = record(
    Complaint,
    slug="complaints",
    right="hotline.view",
    title=_("Complaints"),
    one=_("Complaint"),
    columns=[
        link("number", css="number"),
        person,
        when("opened_at", sort="opened_at"),
        region("region"),
        state("state", tones=COMPLAINT_TONES),
    ],
    filters=[region_filter(), choice("state"), date_range("opened_at", _("Received"))],
    search=("number",),
    order=("-opened_at", "id"),
    hint=_("Number"),
    state=state("state", tones=COMPLAINT_TONES),
    panels={
        _("Complaint"): [
            person,
            text("by_name", optional=True),
            when("opened_at"),
            text("order", _("Order"), show=lambda row: _number(row.order_id)),
            region("region"),
            text("words", _("What was said"), wide=True),
            text("answer", _("Answer"), wide=True),
        ]
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
        verb(actions.take_up, label=_("Take up"), primary=True, when=_in("received")),
        verb(actions.answer_complaint, label=_("Answer"), primary=True, when=_in("in_hand")),
        verb(actions.close_complaint, label=_("Close"), primary=True, when=_in("answered")),
        verb(actions.reopen_complaint, label=_("Not satisfied"), when=_in("answered")),
        verb(actions.withdraw_complaint, label=_("Taken back"), when=_in("received", "in_hand"), danger=True),
    ],
    nav=NavItem("service", "flag", 60),
    empty=_("No complaint. May it stay so."),
)


def _follow_ups_due(user: Any, scope: Scope, at: datetime) -> HomeList:
    def lines(found: list[Any]) -> Iterator[tuple[str, str, str]]:
        for row, words in who_and_what(found):
            yield words, follow_ups.url_of(row), ago(row.completed_at, at) if row.completed_at else ""

    return waiting(queries.due(user.scope("hotline.follow_up")), lines, url=follow_ups.url(), tone="warn")


def _open_calls(user: Any, scope: Scope, at: datetime) -> HomeList:
    return waiting(
        queries.open_calls(user.pk),
        lambda found: [
            (str(row), reverse("hotline.call", args=[row.pk]), ago(row.started_at, at)) for row in found
        ],
        url=reverse("hotline.desk"),
        tone="danger",
    )


def _complaints(user: Any, scope: Scope, at: datetime) -> HomeList:
    return waiting(
        queries.open_complaints(user.scope("hotline.escalate")),
        lambda found: [(row.number, complaints.url_of(row), str(row.get_state_display())) for row in found],
        url=complaints.url(),
        tone="warn",
    )


home_panel(
    title=_("Open calls"),
    right="hotline.answer",
    rows=_open_calls,
    icon="phone",
    order=5,
    none=_("No call is open."),
)
home_panel(
    title=_("Follow-up calls due"),
    right="hotline.follow_up",
    rows=_follow_ups_due,
    icon="star",
    order=15,
    none=_("Everybody who was served has been called."),
)
home_panel(
    title=_("Open complaints"),
    right="hotline.escalate",
    rows=_complaints,
    icon="flag",
    order=25,
    none=_("No complaint waits."),
)


@timeline("hotline.view", Call)
def told(row: Person, scope: Scope) -> Iterable[Happening]:
    """Calls about a person, for the person's page."""
    for call in Call.objects.within(scope).filter(person_id=row.pk).order_by("-started_at")[:40]:
        words = say_now("Call: {purpose}").format(purpose=call.get_purpose_display())
        yield Happening(
            call.started_at,
            words,
            str(call.get_outcome_display()),
            calls.url_of(call),
            OUTCOME_TONES.get(call.outcome, ""),
        )


__all__ = ["calls", "complaints", "follow_ups", "told"]
