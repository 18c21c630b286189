"""Next month's plan makes itself a few days before the month, once, for every region that has one of this month."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from django.utils.timezone import make_aware
from tests import make
from tests.areas.caring.test_story import alone
from tests.kit.people import logged_in

from songhe.areas.caring import actions, tasks
from songhe.areas.caring.limits import terms
from songhe.areas.caring.models import Caring, CaringPlan
from songhe.core.days import month_after, month_of
from songhe.engines.access.api import SYSTEM, Scope, entered
from songhe.engines.acts.models import Act
from songhe.engines.jobs.api import run_due, start
from songhe.engines.jobs.models import Job
from songhe.engines.regions.models import Region
from songhe.kit.clock import now, today

pytestmark = pytest.mark.django_db
assert tasks.plan_ahead, "the chore is known once its module is loaded"
THIS, NEXT = month_of(today()), month_after(today())
EARLY = NEXT - timedelta(days=terms().plan_days + 1)
DUE = NEXT - timedelta(days=terms().plan_days)


def moment(day: date) -> datetime:
    return make_aware(datetime.combine(day, time(3)))


def planned(*regions: int) -> None:
    """This month's plans, made by an officer."""
    for code in regions:
        officer = make.user("city_officer", make.CITY)
        with entered(officer.scope()):
            actions.plan_now(Region.objects.get(pk=code), THIS, actor=officer, at=now())


def night(day: date) -> list[int]:
    """The chore of a day, and what it begins; for which regions next month has plans then."""
    at = moment(day)
    start("caring.plan_ahead", actor=SYSTEM, at=at)
    run_due(at)
    assert not Job.objects.exclude(error="").exists()
    found = CaringPlan.everywhere.filter(month=NEXT, state="made").order_by("region_id")
    return list(found.values_list("region_id", flat=True))


def test_it_is_made_once_a_few_days_before_and_stands_among_what_is_to_be_done() -> None:
    alone(make.village())
    planned(make.COUNTY)
    assert night(EARLY) == []
    assert night(DUE) == [make.COUNTY]
    plan = CaringPlan.everywhere.get(month=NEXT)
    assert (plan.persons, plan.by_id) == (1, SYSTEM.id)
    many, acts = Caring.everywhere.count(), Act.objects.filter(verb="caring.start_plan").count()
    assert night(DUE + timedelta(days=1)) == [make.COUNTY]
    assert Caring.everywhere.count() == many
    assert Act.objects.filter(verb="caring.start_plan").count() == acts, "it is not even begun again"
    desk = logged_in(make.user("county_officer", make.COUNTY))
    assert (
        f"{NEXT:%Y-%m}" in desk.get("/").content.decode() and "已自动生成" in desk.get("/").content.decode()
    )
    assert "系统" in desk.get(f"/caring-plans/{plan.pk}/").content.decode()
    other = logged_in(make.user("county_officer", make.OTHER_COUNTY))
    assert "已自动生成" not in other.get("/").content.decode()


def test_where_nobody_plans_nothing_is_planned_and_a_city_is_not_planned_twice() -> None:
    alone(make.village())
    assert night(DUE) == []
    planned(make.COUNTY, make.CITY)
    assert night(DUE) == [make.CITY]


def test_what_was_made_by_hand_is_left_and_what_failed_is_made_again() -> None:
    alone(make.village())
    planned(make.COUNTY, make.OTHER_COUNTY)
    officer = make.user("county_officer", make.COUNTY)
    with entered(officer.scope()):
        by_hand = actions.plan_now(Region.objects.get(pk=make.COUNTY), NEXT, actor=officer, at=now())
    with entered(Scope.EVERYTHING):
        broken = CaringPlan.everywhere.create(
            region_id=make.OTHER_COUNTY, month=NEXT, state="failed", by_id=officer.pk, by="x", at=now()
        )
    assert night(DUE) == sorted([make.COUNTY, make.OTHER_COUNTY])
    by_hand.refresh_from_db()
    broken.refresh_from_db()
    assert (by_hand.by_id, broken.by_id) == (officer.pk, SYSTEM.id)


def test_a_city_that_plans_by_hand_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from songhe.areas.caring.actions import planning

    by_hand = replace(terms(), plan_days=0)
    monkeypatch.setattr(planning, "terms", lambda: by_hand)
    alone(make.village())
    planned(make.COUNTY)
    assert night(NEXT - timedelta(days=1)) == []
