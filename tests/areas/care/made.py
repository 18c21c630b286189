"""Care plans for stories."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from tests.areas.visits import made as visits

from songhe.areas.care import actions
from songhe.areas.care.models import Plan, Signer
from songhe.areas.providers.api import Organisation
from songhe.areas.registry.api import Person
from songhe.engines.access.api import SYSTEM


def now() -> datetime:
    """This moment."""
    return timezone.now()


def next_month(months: int = 1) -> date:
    """The first day of a month to come."""
    day = timezone.localdate()
    for _ in range(months):
        day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return day


def draft(person: Person, organisation: Organisation, *, since: date | None = None) -> Plan:
    """A draft without services."""
    begin = since or next_month()
    return actions.draft_plan(
        actor=SYSTEM, at=now(), person=person, organisation=organisation, since=begin,
        review_on=begin + timedelta(days=180), wishes="喜欢上午来",
    )  # fmt: skip


def signed(
    town: visits.Town, *lines: dict[str, Any], since: date | None = None, person: Person | None = None
) -> Plan:
    """An active plan with some services; one hour on Mondays and Thursdays unless said otherwise."""
    plan = draft(person or town.person, town.organisation, since=since)
    for line in lines or ({},):
        actions.add_line(
            plan, actor=SYSTEM, at=now(), **({"item": "0201", "minutes": 60, "weekdays": [1, 4]} | line)
        )
    return sign(plan)


def sign(plan: Plan) -> Plan:
    """Signed by the person today."""
    return actions.sign(
        plan, actor=SYSTEM, at=now(), signer=Signer.PERSON, signed_by="刘长河", signed_on=timezone.localdate()
    )
