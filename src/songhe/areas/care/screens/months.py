"""Months planned in one go: how far it is, what was made, and what was left out and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.care import actions, queries
from songhe.areas.care.models import LeftOut, Month, MonthState, Plan
from songhe.areas.care.screens.plans import person
from songhe.areas.providers.api import Organisation, item_name, organisation_column
from songhe.core.days import month_after
from songhe.kit import spec
from songhe.kit.clock import today
from songhe.kit.links import address_of
from songhe.kit.pages import NavItem
from songhe.kit.spec import Figure, grid, panel, record, verb
from songhe.kit.who import who

TONES = {MonthState.RUNNING: "info", MonthState.STOPPED: "warn", MonthState.DONE: "ok"}
_STATE = spec.state("state", tones=TONES, sort="state")
WHY: Mapping[str, Any] = {
    "moved": _("The person moved"),
    "review": _("The plan is to be reviewed"),
    "not_living": _("The person died or is no longer registered"),
    "not_active": _("The organisation does not operate"),
    "window": _("The time is past"),
    "ordered_twice": _("Ordered already"),
    "not_granted": _("The month's hours are not approved"),
    "over_grant": _("Beyond the grant"),
    "no_contract": _("No contract in force"),
    "not_in_contract": _("The contract does not cover the service"),
    "not_served_by_contract": _("The contract does not cover the person"),
    "beyond_contract": _("Beyond the contract's ceiling"),
}


def _reasons(row: Month, request: HttpRequest) -> Mapping[str, Any]:
    found = sorted(row.reasons.items(), key=lambda one: -one[1])
    return {
        "rows": [(WHY.get(code, code), count) for code, count in found],
        "running": row.state == MonthState.RUNNING,
    }


def _left_out(row: Month, request: HttpRequest) -> list[LeftOut]:
    return queries.left_out(row, who(request).scope("care.view"))


def _why(row: LeftOut) -> str:
    return gettext(row.text).format(**row.values)


def _plan(row: LeftOut) -> str | None:
    return address_of("care-plans", row.plan_id)


def _organisation(user: Any) -> Organisation | None:
    scope = user.scope("care.plan")
    found: Organisation | None = Organisation.objects.within(scope).filter(pk__in=scope.holders).first()
    return found


def _region_now(row: Any, user: Any) -> dict[str, Any]:
    areas = user.scope("care.plan").areas
    return {"month": month_after(today()), **({"region": areas[0][0]} if areas else {})}


def _own_now(row: Any, user: Any) -> dict[str, Any]:
    own = _organisation(user)
    return {"month": month_after(today()), **({"organisation": own} if own else {})}


def _for_whom(has_region: bool) -> Callable[[Any, Any], bool]:
    return lambda row, user: bool(user.scope("care.plan").areas) == has_region


def _to_plan(request: HttpRequest) -> list[Figure]:
    scope = who(request).scope("care.view")
    active = Plan.objects.within(scope).filter(state="active").count()
    return [Figure(label=_("Active plans"), value=active)]


months = record(
    Month,
    slug="care-months",
    right="care.view",
    title=_("Monthly planning runs"),
    one=_("Monthly planning run"),
    intro=_("The orders of a month for all plans in one go. A second run adds nothing but what has become possible since."),
    columns=[
        spec.link("month", _("Month"), show=lambda row: f"{row.month:%Y-%m}", sort="month"),
        spec.region("region"),
        organisation_column(_("Organisation")),
        spec.number("made"),
        spec.number("there"),
        spec.number("left_out"),
        spec.when("started_at", sort="started_at"),
        _STATE,
    ],
    filters=[spec.choice("state"), spec.region_filter(), spec.date_range("month")],
    order=("-started_at", "id"),
    join=("region", "organisation"),
    state=_STATE,
    figures=_to_plan,
    refresh=lambda row: row.state == MonthState.RUNNING,
    panels={
        _("What was left out"): panel("care/reasons.html", query=_reasons),
        _("Day by day"): grid(
            _left_out,
            [
                spec.link("day", _("Day"), to=_plan),
                person(),
                spec.text("item", _("Service"), show=lambda row: item_name(row.item)),
                spec.text("text", _("Why"), show=_why),
            ],
            none=_("Nothing was left out in your area."),
        ),
    },
    aside={
        _("Monthly planning run"): [
            spec.text("month", _("Month"), show=lambda row: f"{row.month:%Y-%m}"), spec.region("region"),
            organisation_column(_("Organisation")), "plans", "done", "made", "there", "left_out", "started_by", "started_at",
            "finished_at",
        ],
        _("History"): spec.history(),
    },
    verbs=[
        verb(actions.plan_region_month, label=_("Plan a month"), icon="calendar", primary=True, initial=_region_now,
             when=_for_whom(True), ask=_("Orders are made for every active plan of the region.")),
        verb(actions.plan_own_month, label=_("Plan our month"), icon="calendar", primary=True, initial=_own_now,
             when=_for_whom(False), ask=_("Orders are made for everything that the organisation provides under care plans.")),
    ],
    nav=NavItem("service", "calendar", 31),
    empty=_("No month was planned yet."),
)  # fmt: skip
