"""Visits that were verified and never claimed: seen by whoever is concerned, and in the end nothing is held for them."""

from __future__ import annotations

from datetime import date

import pytest
from tests import make
from tests.areas.claims import made
from tests.areas.visits import made as visits

from songhe.areas.claims import actions
from songhe.areas.claims.limits import terms
from songhe.areas.claims.models import LineState
from songhe.areas.contracts.models import Stage, Use
from songhe.areas.visits.api import minutes_given, taken_minutes
from songhe.areas.visits.models import Visit
from songhe.core.days import month_after, months_later
from songhe.core.measure import Period
from songhe.engines.indicators.api import Span
from songhe.kit.clock import now
from songhe.kit.days import day_of

pytestmark = [pytest.mark.django_db, pytest.mark.long]
PAGE = "/unclaimed-visits/"


def too_old() -> date:
    """The last month whose late visits come with no claim any more."""
    return months_later(made.last_month(), -terms().late_months - 1)


def given(town: visits.Town, day: int, month: date, **more: object) -> Visit:
    """A visit of a month that is booked on its contract as given."""
    visit = made.given(town, day, month=month, **more)
    Use.everywhere.filter(order_id=visit.order_id).update(on=month.replace(day=day), stage=Stage.GIVEN)
    return visit


def taken(town: visits.Town, month: date) -> int:
    return taken_minutes([town.person.pk], month).get(town.person.pk, 0)


def late(town: visits.Town, month: date) -> Visit:
    """Of two visits of a month that was claimed the one that was in doubt then."""
    given(town, 3, month)
    visit = given(town, 4, month, flags=["far"])
    made.granted(town, 600, month)
    claim = made.filed(town, month=month)
    assert claim.visits == 1
    return visit


def test_what_comes_with_no_claim_any_more_is_told_and_frees_the_grant_and_the_contract() -> None:
    town, old = made.town(), too_old()
    edge = month_after(old)
    for year in {old.year, edge.year, made.last_month().year}:
        made.fund(year=year)
    gone, kept = late(town, old), late(town, edge)
    Visit.everywhere.filter(pk__in=[gone.pk, kept.pk]).update(verified_at=now())
    assert (taken(town, old), taken(town, edge)) == (120, 120)
    counted = minutes_given(Span(Period.holding(old), 0, 10**12))
    assert actions.lapse(at=now()) == 1
    assert actions.lapse(at=now()) == 0
    gone.refresh_from_db()
    kept.refresh_from_db()
    assert (gone.lapsed_at is None, kept.lapsed_at) == (False, None)
    assert (taken(town, old), taken(town, edge)) == (60, 120), "the hours are given back"
    assert Use.everywhere.get(order_id=gone.order_id).stage == Stage.RELEASED
    assert minutes_given(Span(Period.holding(old), 0, 10**12)) == counted, "it was given all the same"
    manager = made.client("organisation_manager", holder=town.organisation)
    day = str(day_of(gone.arrived_at or gone.starts_at))
    for reader in (manager, made.client("finance_officer"), made.client("county_officer")):
        listed = reader.get(PAGE).content.decode()
        assert day in listed
        assert "已逾期,工时已退回" in listed
        assert "逾期未申报的服务" in reader.get("/").content.decode()
    rival = made.client("organisation_manager", holder=town.rival)
    assert day not in rival.get(PAGE).content.decode()
    made.given(town, 5)
    following = made.drawn_up(town, manager)
    assert kept.pk in {line.visit_id for line in made.lines(following)}
    assert gone.pk not in {line.visit_id for line in made.lines(following)}


def test_a_month_that_nobody_claimed_is_told_and_closed_by_the_office() -> None:
    town, old = made.town(), too_old()
    made.fund(year=old.year)
    first, second = given(town, 3, old), given(town, 4, old)
    made.granted(town, 600, old)
    assert actions.lapse(at=now()) == 0, "the month can still be claimed"
    manager, county = (
        made.client("organisation_manager", holder=town.organisation),
        made.client("county_officer"),
    )
    assert manager.get(PAGE).content.decode().count("当月仍可申报") >= 2
    form = {
        "organisation": str(town.organisation.pk), "region": str(make.COUNTY), "month": old.isoformat(), "reason": "机构放弃申报",
    }  # fmt: skip
    address = f"{PAGE}do/close_month/"
    assert manager.post(address, form).status_code == 403
    assert county.post(address, form | {"month": made.last_month().isoformat()}).status_code == 422, (
        "that can be claimed"
    )
    assert county.post(address, form | {"reason": " "}).status_code == 422
    assert county.post(address, form).status_code == 302
    assert county.post(address, form).status_code == 422, "nothing is left"
    assert Visit.everywhere.filter(pk__in=[first.pk, second.pk], lapsed_at=None).count() == 0
    assert taken(town, old) == 0
    draw = {key: form[key] for key in ("organisation", "region", "month")}
    assert manager.post("/claims/do/draw_up/", draw).status_code == 422


def test_what_was_claimed_in_time_and_waits_for_money_is_not_given_up() -> None:
    town, old = made.town(), too_old()
    made.fund(made.PRICE, year=old.year)
    for day in (3, 4):
        given(town, day, old)
    made.granted(town, 600, old)
    claim = made.filed(town, month=old)
    assert [line.state for line in made.lines(claim)] == [LineState.PAYABLE, LineState.BUDGET]
    assert actions.lapse(at=now()) == 0
    assert str(old.replace(day=4)) not in made.client("county_officer").get(PAGE).content.decode()


def test_what_was_verified_late_can_be_claimed_though_nothing_was_given_since() -> None:
    town, before = made.town(), months_later(made.last_month(), -1)
    for year in {before.year, made.last_month().year}:
        made.fund(year=year)
    visit = late(town, before)
    manager = made.client("organisation_manager", holder=town.organisation)
    draw = {
        "organisation": str(town.organisation.pk),
        "region": str(make.COUNTY),
        "month": made.last_month().isoformat(),
    }
    assert manager.post("/claims/do/draw_up/", draw).status_code == 422, "nothing is verified"
    Visit.everywhere.filter(pk=visit.pk).update(verified_at=now())
    claim = made.drawn_up(town, manager)
    assert [line.visit_id for line in made.lines(claim)] == [visit.pk]
    assert claim.month == made.last_month()
