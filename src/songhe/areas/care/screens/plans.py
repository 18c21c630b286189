"""Care plans: the list, and one with its services, its month and its hours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from songhe.areas.care import actions, queries
from songhe.areas.care.actions.ending import pauses_of
from songhe.areas.care.models import Line, Plan, PlanState
from songhe.areas.care.screens.calendar import asked_month, lives, reasons, weeks
from songhe.areas.care.words import clock, how_often, special
from songhe.areas.providers.api import Named, Organisation, organisation_column
from songhe.areas.registry.api import Person, of_persons
from songhe.areas.visits.api import PaidBy, person_names
from songhe.core.days import month_after, month_end
from songhe.kit import spec
from songhe.kit.clock import today
from songhe.kit.pages import NavItem
from songhe.kit.spec import grid, panel, record, verb
from songhe.kit.who import who
from songhe.kit.words import WEEKDAYS, spent

P = PlanState
PLAN_TONES = {P.DRAFT: "warn", P.ACTIVE: "ok", P.SUPERSEDED: "muted", P.ENDED: "muted", P.DISCARDED: "muted"}
_STATE = spec.state("state", tones=PLAN_TONES, sort="state")
SHOWN_WEEKDAYS = WEEKDAYS


def person(name: str = "person_id") -> Named:
    """A person by name, linked where the reader reaches the person's page."""
    return Named(name=name, label=_("Person"), model=Person, names=person_names)


def _lines(row: Plan, request: HttpRequest) -> list[Line]:
    return queries.lines_of(row)


def _wanted(line: Line) -> str:
    parts = [str(line.get_gender_display()) if line.gender else "", line.language]
    parts += [queries.named(line.preferred)]
    unwanted = queries.named(line.unwanted)
    return " · ".join([part for part in parts if part] + ([f"✕ {unwanted}"] if unwanted else []))


def _calendar(row: Plan, request: HttpRequest) -> Mapping[str, Any]:
    month = asked_month(request)
    first, last = month, month_end(month)
    ahead = today() + timedelta(days=1)
    found = queries.slots(row, queries.lines_of(row), first, last, after=ahead)
    hours = queries.hours_left(row.person_id, month)
    wanted = sum(slot.minutes for slot in found if slot.line.paid_by == PaidBy.ENTITLEMENT)
    granted = hours.granted if hours else None
    return {
        "month": month,
        "before": first - timedelta(days=1),
        "after": last + timedelta(days=1),
        "weekdays": SHOWN_WEEKDAYS,
        "weeks": list(weeks(row, found, month, granted)),
        "hours": hours,
        "wanted": spent(wanted),
        "granted": spent(granted or 0),
        "tone": "danger" if wanted > (granted or 0) else "ok",
        "reasons": reasons(found),
        "lives": lives(row, month),
    }


def _hours(row: Plan, request: HttpRequest) -> Mapping[str, Any]:
    day = today()
    found = [queries.hours_left(row.person_id, month) for month in (day, month_after(day))]
    return {"months": [one for one in found if one is not None], "plan_url": ""}


def _versions(row: Plan, request: HttpRequest) -> Any:
    return queries.plans_of(row.person_id, who(request).scope("care.view"))


def _is(*states: PlanState) -> Any:
    return lambda row, user: row.state in states


def _first_plan(row: Any, user: Any) -> dict[str, Any]:
    own = (
        Organisation.objects.within(user.scope("care.draft"))
        .filter(pk__in=user.scope("care.draft").holders)
        .first()
    )
    begin = month_after(today())
    return {
        "since": begin,
        "review_on": begin + timedelta(days=180),
        **({"organisation": own} if own else {}),
    }


plans = record(
    Plan,
    slug="care-plans",
    right="care.view",
    title=_("Care plans"),
    one=_("Care plan"),
    intro=_("Which services recur for whom. Each month's orders are made from them."),
    columns=[
        person(),
        spec.link("version", _("Care plan"), show=str, sort="version"),
        spec.region("region"),
        organisation_column(_("Organisation")),
        spec.day("since", sort="since"),
        spec.day("review_on", sort="review_on"),
        _STATE,
    ],
    filters=[spec.choice("state"), spec.region_filter(), spec.date_range("review_on")],
    search=of_persons,
    order=("-since", "-id"),
    detail_template="care/detail.html",
    state=_STATE,
    heading=lambda row: person_names([row.person_id]).get(row.person_id, ""),
    subheading=str,
    hint=_("Name"),
    panels={
        _("Services planned"): grid(
            _lines,
            [
                spec.text("item_label", _("Service")),
                spec.text("rule", _("When"), show=how_often, note=lambda row: clock(row.earliest, row.latest)),
                spec.minutes("minutes"),
                spec.text("hard", _("Besides"), show=special),
                spec.text("gender", _("Who comes"), show=_wanted),
                organisation_column(_("Organisation")),
                spec.text("paid_by", _("Paid by")),
            ],
            none=_("No service yet. Add the first one."),
        ),
        _("Month view"): panel("care/calendar.html", query=_calendar),
        _("Hours of home service"): panel("care/hours.html", query=_hours),
        _("Visits paused"): grid(
            lambda row, request: pauses_of(row),
            [
                spec.text("kind", _("Why")),
                spec.day("since", _("From")),
                spec.day("until", _("Until")),
                spec.text("entered_by", _("Entered by")),
            ],
            none=_("No absence is entered."),
        ),
    },
    aside={
        _("Care plan"): [
            person(), "level", organisation_column(_("Organisation")), spec.region("region"), "since", "until", "review_on",
            spec.text("wishes", _("Wishes"), wide=True),
        ],
        _("Signature"): ["signer", "signed_by", "signed_on", "prepared_by", "prepared_at", spec.text("reason", optional=True)],
        _("Versions"): grid(
            _versions, [spec.link("version", _("Version")), spec.day("since"), spec.day("until"), spec.state("state", _("State"), tones=PLAN_TONES)]
        ),
        _("History"): spec.history(),
    },
    verbs=[
        verb(actions.draft_plan, label=_("Make a care plan"), icon="plus", primary=True, initial=_first_plan),
        verb(actions.add_line, label=_("Add a service"), icon="plus", primary=True, when=_is(P.DRAFT)),
        verb(actions.who_comes, label=_("Who comes"), icon="users", when=_is(P.DRAFT)),
        verb(actions.drop_line, label=_("Remove a service"), when=_is(P.DRAFT)),
        verb(actions.sign, label=_("Sign"), icon="check", primary=True, when=_is(P.DRAFT),
             initial=lambda row, user: {"signed_on": today()},
             ask=_("The plan is checked against the grant and the contracts, and then takes effect on its first day.")),
        verb(actions.skip_day, label=_("Leave a day out"), when=_is(P.DRAFT, P.ACTIVE)),
        verb(actions.pause, label=_("Pause"), icon="clock", when=_is(P.ACTIVE), initial=lambda row, user: {"since": today()},
             ask=_("What is planned for these days is called off.")),
        verb(actions.back, label=_("Back home"), icon="home-heart", when=lambda row, user: row.state == P.ACTIVE and bool(pauses_of(row)),
             initial=lambda row, user: {"on": today()}),
        verb(actions.revise, label=_("New version"), icon="pencil", when=_is(P.ACTIVE),
             initial=lambda row, user: {"since": month_after(today()), "review_on": month_after(today()) + timedelta(days=180)}),
        verb(actions.end_plan, label=_("End the plan"), danger=True, when=_is(P.ACTIVE), initial=lambda row, user: {"until": today()}),
        verb(actions.discard, label=_("Void"), danger=True, when=_is(P.DRAFT)),
    ],
    nav=NavItem("service", "calendar", 30),
    empty=_("No care plan yet. Make the first one from a person's page."),
)  # fmt: skip
