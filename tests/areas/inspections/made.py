"""Campaigns and checks for stories."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from tests import make
from tests.areas.providers import made as providers

from songhe.areas.inspections import actions, sheet
from songhe.areas.inspections.models import Campaign, Finding, Inspection, Why
from songhe.areas.providers.api import Facility
from songhe.engines.access.api import SYSTEM, Scope, User, entered
from songhe.engines.regions.models import Region


def today() -> date:
    """The day in the city."""
    return timezone.localdate()


def officers(n: int = 2, region: int = make.COUNTY) -> list[User]:
    """Users who may check."""
    return [make.user("inspector", region) for _ in range(n)]


def campaign(
    region: int = make.COUNTY, *, team: list[User] | None = None, by: User | None = None, **values: Any
) -> Campaign:
    """A campaign with its officers, to be drawn."""
    given: dict[str, Any] = {
        "title": "养老机构双随机抽查", "until": today() + timedelta(days=30), "share_percent": 50, "high_share_percent": 100,
        "region": Region.objects.get(pk=region),
    }  # fmt: skip
    who, actor = team or officers(region=region), by or SYSTEM
    with entered(Scope.EVERYTHING):
        row = actions.draft_campaign(actor=actor, at=timezone.now(), **given | values)
        return actions.list_officers(
            row, actor=actor, at=timezone.now(), officers=[str(one.pk) for one in who]
        )


def check(site: Facility | None = None, region: int = make.COUNTY) -> Inspection:
    """A check that was ordered, with two officers of its own region."""
    place = site or providers.facility(providers.organisation(region), region=region)
    officers(2, place.region_id)
    with entered(Scope.EVERYTHING):
        return actions.order_check(
            actor=SYSTEM, at=timezone.now(), facility=place, why=Why.COMPLAINT, until=today() + timedelta(days=10),
            reason="接到投诉",
        )  # fmt: skip


def officer(row: Inspection, *, second: bool = False) -> User:
    """One of the two who check."""
    return User.objects.get(pk=row.second_id if second else row.first_id)


def answers(row: Inspection, **other: str) -> dict[str, str]:
    """Everything met, but what is said otherwise (``C1_1="no"``)."""
    told = {code.replace("_", "."): key for code, key in other.items()}
    return {item.code: told.get(item.code, "yes") for item in sheet.form_of(row).items}


def carried_out(row: Inspection | None = None, *, at: datetime | None = None, **other: str) -> Inspection:
    """A check that is finished."""
    one = row or check()
    moment, who = at or timezone.now(), officer(one)
    with entered(Scope.EVERYTHING):
        actions.fill_checklist(one, actor=who, at=moment, answers=answers(one, **other), notes={})
        return actions.finish_check(one, actor=who, at=moment)


def finding(region: int = make.COUNTY) -> Finding:
    """One finding of a check."""
    done = carried_out(check(region=region), C5_1="no")
    return Finding.everywhere.get(inspection=done)
