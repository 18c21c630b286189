"""Plans on screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.caring import actions
from songhe.areas.caring.limits import group_name, terms
from songhe.areas.caring.models import CaringPlan, PauseKind, PlanState
from songhe.areas.caring.screens.common import PLAN_TONES
from songhe.engines.access.api import SYSTEM, role
from songhe.kit import spec
from songhe.kit.clock import today
from songhe.kit.history import LABELS
from songhe.kit.pages import NavItem
from songhe.kit.spec import panel, record, verb

LABELS["caring.make_plan"] = _("Plan generated")
LABELS["caring.plan_failed"] = _("Not generated")
_STATE = spec.state("state", tones=PLAN_TONES)


def _groups(row: CaringPlan, request: HttpRequest) -> Mapping[str, Any]:
    """Persons by group and how often they are seen, and why others are not planned for."""
    every = {"week": _("Every week"), "month": _("Every month"), "quarter": _("Every quarter")}
    words = {code: str(label) for code, label in PauseKind.choices} | {
        "institution": gettext("Lives in an institution")
    }
    return {
        "groups": [
            (group_name(one.code), every[one.every.value], row.groups.get(one.code, 0))
            for one in terms().groups
        ],
        "why": [(words.get(code, code), count) for code, count in sorted(row.why.items())],
        "assumed": terms().assumed,
    }


def _begin(row: Any, user: Any) -> dict[str, Any]:
    spans = [grant.region for grant in user.grants_in_force if "caring.plan" in role(grant.role).rights]
    return {"month": today(), "region": spans[0] if spans else None}


plans = record(
    CaringPlan,
    slug="caring-plans",
    right="caring.view",
    title=_("Visit plans"),
    one=_("Visit plan"),
    intro=_("The visits and calls of a month, generated in one go for a county or the city."),
    columns=[
        spec.link("month", show=lambda row: f"{row.month:%Y-%m}", sort="month"),
        spec.region(),
        spec.number("persons"),
        spec.number("visits"),
        spec.number("calls"),
        spec.number("paused"),
        spec.number("unassigned"),
        _STATE,
    ],
    filters=[spec.region_filter(), spec.choice("state")],
    order=("-month", "id"),
    join=("region",),
    state=_STATE,
    subheading=lambda row: str(row.region),
    panels={
        _("Visit plan"): [
            spec.number("persons"), spec.number("visits"), spec.number("calls"), spec.number("paused"), spec.number("unassigned"),
            spec.text("digest", wide=True, optional=True),
        ],
        _("By group"): panel("caring/groups.html", query=_groups),
    },
    aside={_("Created by and at"): [spec.region(), spec.text("by", _("By"), show=lambda row: gettext("the system") if row.by_id == SYSTEM.id else row.by), spec.when("at", _("Created at"))], _("History"): spec.history()},
    verbs=[
        verb(actions.start_plan, label=_("Generate a monthly plan"), icon="calendar-event", primary=True, initial=_begin,
             ask=_("Everybody due is included once per period. Generating it again only adds those missing."), then=lambda result, row: f"/caring-plans/{result.pk}/"),
    ],
    refresh=lambda row: row.state == PlanState.WORKING,
    nav=NavItem("service", "calendar-event", 51),
    empty=_("No plan yet. Generate this month's plan."),
)  # fmt: skip
