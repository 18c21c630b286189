"""Hours left, on a person's page and on a plan's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.care import queries
from songhe.areas.care.models import Plan, PlanState
from songhe.areas.care.screens.plans import PLAN_TONES, plans
from songhe.areas.registry.api import Happening, Person, door, only_with, source, timeline
from songhe.core.days import month_after
from songhe.engines.access.api import Scope, elevated
from songhe.engines.ledger.api import Account
from songhe.kit.clock import today
from songhe.kit.spec import panel, panel_on
from songhe.kit.who import who


@only_with(source(Plan), source(Account, "owner_id"))
def _hours(person: Person, request: HttpRequest) -> Mapping[str, Any]:
    day = today()
    with elevated():  # once for both months, which look beyond the scope each
        found = [queries.hours_left(person.pk, month) for month in (day, month_after(day))]
    scope = who(request).scope("care.view")
    plan = queries.carried_out(person.pk, scope)
    return {
        "months": [row for row in found if row is not None],
        "plan_url": plans.url_of(plan) if plan else "",
    }


hours_panel = panel("care/hours.html", query=_hours, right="care.view")
panel_on("people", _("Hours of home service"), hours_panel)


@timeline("care.view", Plan)
def told(person: Person, scope: Scope) -> Iterable[Happening]:
    """Plans when they were drafted, and absences when they were entered."""
    for plan in queries.latest_plans(person.pk, scope.shared, 20):
        text = gettext("Care plan, version {version}").format(version=plan.version)
        tone = PLAN_TONES[PlanState(plan.state)]
        yield Happening(plan.prepared_at, text, str(plan.get_state_display()), plans.url_of(plan), tone)


door(
    _("Make a care plan"),
    right="care.draft",
    icon="calendar",
    url=lambda person_id: f"{reverse('care-plans.do', args=['draft_plan'])}?person={person_id}",
)
