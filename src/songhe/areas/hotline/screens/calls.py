"""Calls, nuisance numbers, and the pages of the desk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as say_now
from django.utils.translation import gettext_lazy as _

from songhe.areas.hotline import (
    actions,
    connecting,  # noqa: F401  lines learn of the desk by its import
    queries,
)
from songhe.areas.hotline.actions.alarming import kind_of
from songhe.areas.hotline.city import branch_of
from songhe.areas.hotline.desk import danger, line, parts
from songhe.areas.hotline.desk import page as desk
from songhe.areas.hotline.models import Call, Nuisance
from songhe.areas.hotline.queries.danger import alarm_of_call
from songhe.areas.providers.api import Named, said
from songhe.areas.registry.api import Happening, Person, timeline
from songhe.areas.visits.api import Order, person_names
from songhe.engines.access.api import Scope, elevated
from songhe.kit.pages import NavItem, live_topic, page
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

OUTCOME_TONES = {
    "ordered": "ok",
    "answered": "ok",
    "rated": "ok",
    "passed_on": "warn",
    "complained": "danger",
}
URGENCY_TONES = {"now": "danger", "urgent": "warn", "ordinary": "info", "advice": "muted"}
person = Named(name="person_id", label=_("Person"), model=Person, names=person_names)

live_topic(actions.TOPIC, right="hotline.answer")
page(
    "hotline.desk",
    path="desk/",
    title=_("Desk"),
    right="hotline.answer",
    view=desk.desk,
    nav=NavItem("today", "phone", 20),
    home_for=("hotline_agent",),
)
page(
    "hotline.services",
    path="desk/services/",
    title=_("Services"),
    right="hotline.answer",
    view=parts.service_list,
)
page(
    "hotline.favourite",
    path="desk/favourite/",
    title=_("Services"),
    right="hotline.answer",
    view=parts.favourite,
)
page(
    "hotline.line", path="desk/line/<uuid:pk>/", title=_("Call"), right="hotline.answer", view=line.open_line
)
page("hotline.dial", path="desk/dial/", title=_("Call"), right="lines.dial", view=line.dial)
page(
    "hotline.alarm",
    path="desk/<uuid:pk>/alarm/",
    title=_("Raise an alarm"),
    right="alarms.raise",
    view=danger.raise_alarm,
)
page("hotline.call", path="desk/<uuid:pk>/", title=_("Call"), right="hotline.answer", view=desk.call_page)
page(
    "hotline.save",
    path="desk/<uuid:pk>/save/",
    title=_("Call"),
    right="hotline.answer",
    view=parts.save_typed,
)
page("hotline.price", path="desk/<uuid:pk>/price/", title=_("Call"), right="hotline.answer", view=parts.price)
page(
    "hotline.triage",
    path="desk/<uuid:pk>/triage/",
    title=_("Call"),
    right="hotline.answer",
    view=parts.triage_part,
)
page(
    "hotline.articles",
    path="desk/<uuid:pk>/articles/",
    title=_("Call"),
    right="hotline.answer",
    view=parts.articles_part,
)
page(
    "hotline.near",
    path="desk/<uuid:pk>/near/",
    title=_("Nearby"),
    right="hotline.answer",
    view=parts.near_part,
)
page("hotline.write", path="desk/<uuid:pk>/write/", title=_("Call"), right="hotline.answer", view=parts.write)
page(
    "hotline.vote",
    path="desk/articles/<uuid:pk>/vote/",
    title=_("Knowledge"),
    right="hotline.answer",
    view=parts.vote,
)


def number_of(order_id: Any) -> str:
    """The number of an order, which says nothing about whom it serves."""
    if order_id is None:
        return ""
    with elevated():
        return Order.everywhere.filter(pk=order_id).values_list("number", flat=True).first() or ""


def matter_of(code: str) -> str:
    """A branch of the call tree in words."""
    branch = branch_of(code)
    return said(branch.label) if branch else ""


def _asked(row: Call, request: HttpRequest) -> Mapping[str, Any]:
    chinese = getattr(request, "LANGUAGE_CODE", "zh").startswith("zh")
    triage = row.triage
    asked = [one["zh" if chinese else "en"] for one in triage.get("said", ())]
    return {
        "asked": asked,
        "why": triage.get("why", ()),
        "lines": queries.lines(row),
        "ordered": queries.ordered(row),
        "danger": alarm_of_call(row, who(request)),
    }


def _open(row: Call, user: Any) -> bool:
    return row.is_open


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
        text("purpose", note=lambda row: matter_of(row.matter)),
        state("urgency", tones=URGENCY_TONES),
        state("outcome", _("Outcome"), tones=OUTCOME_TONES),
        text("agent_name"),
        region("region"),
    ],
    filters=[
        region_filter(),
        choice("direction"),
        choice("purpose"),
        choice("urgency"),
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
            "channel",
            text("number_masked", _("Telephone number")),
            "relation",
            text("caller", _("Name of the caller"), optional=True),
            text("consent", optional=True),
            "purpose",
            text("matter", show=lambda row: matter_of(row.matter), optional=True),
            "urgency",
            "outcome",
            text("agent_name"),
            text("passed_from", optional=True),
            text("note", _("Note"), wide=True),
        ],
        _("About"): [
            person,
            text("order", _("Order"), show=lambda row: number_of(row.order_id)),
            region("region"),
        ],
        _("Triage, chat and orders"): panel("hotline/asked.html", query=_asked),
    },
    verbs=[
        verb(actions.hang_up, label=_("Close the call"), when=_open),
        verb(
            actions.pass_on,
            label=_("Transfer the call"),
            when=_open,
            then=lambda result, row: reverse("hotline.desk"),
            done=_("The call is transferred, with everything typed so far."),
        ),
        verb(
            actions.take_over,
            label=_("Take it over"),
            when=lambda row, user: row.is_open and row.agent_id != user.pk,
            then=lambda result, row: reverse("hotline.call", args=[row.pk]),
        ),
        verb(
            actions.raise_alarm,
            label=_("Raise an alarm"),
            icon="alert-triangle",
            danger=True,
            when=lambda row, user: row.is_open and row.alarm_id is None,
            initial=lambda row, user: (
                {"kind": kind_of(row.matter)} | ({"person": row.person_id} if row.person_id else {})
            ),
        ),
        verb(
            actions.mark_nuisance,
            label=_("Mark as a nuisance number"),
            when=lambda row, user: bool(row.number_masked),
            then=lambda result, row: reverse("hotline.call", args=[row.pk]),
        ),
    ],
    nav=NavItem("service", "phone", 50),
    empty=_("No call yet. The first one is taken at the desk."),
)

nuisances = record(
    Nuisance,
    slug="nuisance-numbers",
    right="hotline.nuisance",
    title=_("Nuisance numbers"),
    one=_("Nuisance number"),
    intro=_("Agents are warned of these numbers. Their calls are answered like all others."),
    columns=[
        link("number_masked", _("Telephone number")),
        text("reason"),
        text("note"),
        when("since", sort="since"),
        when("until", sort="until"),
        text("by_name"),
        when("lifted_at"),
        region("region"),
    ],
    filters=[region_filter(), choice("reason"), date_range("until", _("Marked until"))],
    search=("note", "by_name"),
    order=("-since", "id"),
    panels={
        _("Nuisance number"): [
            text("number_masked", _("Telephone number")),
            "reason",
            when("since"),
            when("until"),
            text("by_name"),
            when("lifted_at"),
            text("note", wide=True),
        ]
    },
    verbs=[
        verb(actions.lift_nuisance, label=_("Lift the mark"), when=lambda row, user: row.lifted_at is None)
    ],
    nav=NavItem("service", "ban", 65),
    empty=_("No number is marked."),
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
