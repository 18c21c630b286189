"""The kitchen through its pages: menus, head counts, samples, hygiene, cooks, supplies; and what is no value."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests import make
from tests.areas.canteens import made

from songhe.areas.canteens import actions
from songhe.areas.canteens.figures import canteen_diners, canteen_meal_cost, canteen_meals
from songhe.areas.canteens.models import (
    Canteen,
    Cook,
    Counting,
    Donation,
    Duty,
    HeadCount,
    HygieneDay,
    MenuDay,
    Sample,
    Supply,
    Unit,
)
from songhe.areas.canteens.queries import table
from songhe.areas.canteens.rules.money import Fen
from songhe.areas.providers.api import Kind
from songhe.core.measure import Period
from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM
from songhe.engines.indicators.api import Span
from songhe.engines.ledger.api import faults
from songhe.kit.clock import now, today

pytestmark = [pytest.mark.django_db, pytest.mark.long]


def test_a_canteen_of_the_register_is_set_up_once() -> None:
    from tests.areas.providers import made as providers

    owner = providers.organisation(make.COUNTY)
    site = providers.facility(owner, Kind.DINING_TABLE, made.rural())
    officer = made.client("village_officer", made.rural())
    form = {
        "facility": str(site.pk),
        "serving": "roll",
        "counting": "enrolled",
        "open_days": "daily",
        "meals": ["lunch"],
    }
    assert officer.post("/canteens/do/set_up/", form).status_code == 302
    assert officer.post("/canteens/do/set_up/", form).status_code == 422
    day_care = providers.facility(owner, Kind.DAY_CARE, made.rural())
    assert officer.post("/canteens/do/set_up/", form | {"facility": str(day_care.pk)}).status_code == 422
    assert Canteen.everywhere.count() == 1


def test_the_menu_is_set_and_copied_from_a_past_week() -> None:
    village = made.village()
    manager = made.manager(village)
    address = f"/canteens/{village.canteen.pk}/"
    menu = {
        "on": today().isoformat(),
        "meal": "lunch",
        "dishes": "白菜豆腐、\n米饭\n米饭",
        "allergens": ["soy"],
    }
    assert manager.post(f"{address}set_menu/", menu).status_code == 302
    assert MenuDay.everywhere.get().dishes == ["白菜豆腐", "米饭"]
    for bad in (
        {"dishes": ""},
        {"meal": "tea"},
        {"meal": "supper"},
        {"on": "2020-01-01"},
        {"allergens": ["stone"]},
    ):
        assert manager.post(f"{address}set_menu/", menu | bad).status_code == 422, bad
    copy = {"week_of": today().isoformat(), "to_week_of": (today() + timedelta(days=7)).isoformat()}
    assert manager.post(f"{address}copy_menu/", copy).status_code == 302
    assert MenuDay.everywhere.get(on=today() + timedelta(days=7)).dishes == ["白菜豆腐", "米饭"]
    assert manager.post(f"{address}copy_menu/", copy | {"to_week_of": today().isoformat()}).status_code == 422


def test_a_head_count_after_nine_is_late_and_who_is_away_is_not_counted() -> None:
    village = made.village(made.OLD, made.YOUNGER, made.YOUNGER)
    actions.call_off(village.diners[2], actor=SYSTEM, at=now(), since=today(), last=today(), meal="lunch")
    early, late = made.moment(today(), 8, 30), made.moment(today(), 9, 30)
    found = actions.confirm_count(village.canteen, actor=SYSTEM, at=early, on=today(), meal="lunch", guests=1)
    assert (found.expected, found.counted, found.late) == (2, 3, False)
    assert actions.confirm_count(village.canteen, actor=SYSTEM, at=late, on=today(), meal="lunch").late
    assert HeadCount.everywhere.count() == 1
    with pytest.raises(Refused, match="below zero"):
        actions.confirm_count(village.canteen, actor=SYSTEM, at=late, on=today(), meal="lunch", guests=-9)


def test_where_meals_are_ordered_only_who_ordered_in_time_is_expected() -> None:
    village = made.village(made.OLD, made.YOUNGER, counting=Counting.ORDERED)
    one = village.diners[0]
    assert table.expected(village.canteen, today(), "lunch") == []
    actions.order_meal(one, actor=SYSTEM, at=made.moment(today(), 8), on=today(), meal="lunch")
    assert table.expected(village.canteen, today(), "lunch") == [one]
    with pytest.raises(Refused, match="taken until"):
        actions.order_meal(
            village.diners[1], actor=SYSTEM, at=made.moment(today(), 10), on=today(), meal="lunch"
        )


def test_samples_are_kept_for_48_hours_and_overdue_ones_stand_out() -> None:
    village = made.village()
    manager = made.manager(village)
    address = f"/canteens/{village.canteen.pk}/"
    form = {"on": today().isoformat(), "meal": "lunch", "dishes": "白菜豆腐\n米饭", "grams": "130"}
    assert manager.post(f"{address}take_sample/", form).status_code == 302
    assert manager.post(f"{address}take_sample/", form).status_code == 422
    sample = Sample.everywhere.get(dish="米饭")
    assert sample.keep_until - sample.taken_at == timedelta(hours=48)
    assert manager.post(f"/food-samples/{sample.pk}/discard_sample/").status_code == 422
    assert manager.post(f"{address}discard_samples/").status_code == 422
    Sample.everywhere.update(taken_at=now() - timedelta(hours=50), keep_until=now() - timedelta(hours=2))
    assert "米饭" in manager.get("/").content.decode()
    assert "米饭" in made.client("inspector").get("/food-samples/?overdue=1").content.decode()
    assert manager.post(f"/food-samples/{sample.pk}/discard_sample/").status_code == 302
    assert manager.post(f"{address}discard_samples/").status_code == 302
    assert not Sample.everywhere.filter(discarded_at=None).exists()


def test_what_is_not_in_order_needs_a_word_on_what_was_done() -> None:
    village = made.village()
    manager = made.manager(village)
    address = f"/canteens/{village.canteen.pk}/log_hygiene/"
    form = {"on": today().isoformat(), "done": ["health", "hands"], "note": ""}
    assert manager.post(address, form).status_code == 422
    assert manager.post(address, form | {"note": "已补消毒"}).status_code == 302
    assert len(HygieneDay.everywhere.get().missing) == 7


def test_nobody_cooks_without_a_valid_health_certificate() -> None:
    village = made.village()
    manager = made.manager(village)
    address = f"/canteens/{village.canteen.pk}/"
    until = today() + timedelta(days=10)
    cook = {
        "name": "丛玉兰",
        "kind": "volunteer",
        "certificate_no": "健证001",
        "certificate_until": until.isoformat(),
    }
    assert manager.post(f"{address}add_cook/", cook).status_code == 302
    found = Cook.everywhere.get()
    assert found.name in manager.get("/").content.decode()
    duty = {
        "cook": str(found.pk),
        "since": today().isoformat(),
        "last": (until + timedelta(days=5)).isoformat(),
        "meal": "lunch",
    }
    assert manager.post(f"{address}put_on_duty/", duty).status_code == 422
    assert manager.post(f"{address}put_on_duty/", duty | {"last": until.isoformat()}).status_code == 302
    assert Duty.everywhere.count() == 11
    newer = {"certificate_no": "健证002", "certificate_until": (until + timedelta(days=300)).isoformat()}
    assert manager.post(f"/cooks/{found.pk}/renew_certificate/", newer).status_code == 302
    assert manager.post(f"{address}put_on_duty/", duty).status_code == 302
    Cook.everywhere.update(certificate_until=today() - timedelta(days=1))
    assert (
        manager.post(
            f"{address}put_on_duty/", duty | {"since": today().isoformat(), "last": today().isoformat()}
        ).status_code
        == 422
    )
    last = Duty.everywhere.latest("on")
    assert manager.post(f"/cook-duties/{last.pk}/take_off_duty/", {"reason": ""}).status_code == 302
    assert made.client("inspector").post(f"{address}add_cook/", cook).status_code == 403


def test_supplies_are_exact_and_nonsense_is_refused() -> None:
    village = made.village()
    manager = made.manager(village)
    address = f"/canteens/{village.canteen.pk}/buy/"
    form = {
        "on": today().isoformat(),
        "item": "大米",
        "amount": "12.5",
        "unit": "g",
        "paid": "62.50",
        "supplier": "供销社",
    }
    assert manager.post(address, form).status_code == 302
    found = Supply.everywhere.get()
    assert (found.amount, found.fen, found.amount_text) == (12_500, 6_250, "12.5 kg")
    bad = (
        {"amount": "0"}, {"amount": "-1"}, {"amount": "1e9"}, {"amount": "NaN"}, {"amount": "Infinity"}, {"amount": "1.2345"}, {"amount": "十"},
        {"amount": "1.5", "unit": "piece"}, {"paid": "-1"}, {"paid": "1.234"}, {"paid": "99999999"}, {"item": "  "}, {"on": "2099-01-01"},
        {"unit": "ton"},
    )  # fmt: skip
    for values in bad:
        assert manager.post(address, form | values).status_code == 422, values
    assert Supply.everywhere.count() == 1


def test_a_donation_counts_once_by_its_receipt() -> None:
    village = made.village()
    manager = made.manager(village)
    address = f"/canteens/{village.canteen.pk}/receive_donation/"
    form = {"donor": "村民王某", "amount": "500", "on": today().isoformat(), "reference": "票0001"}
    assert manager.post(address, form).status_code == 302
    assert manager.post(address, form | {"_key": "x"}).status_code == 422
    assert (Donation.everywhere.count(), faults()) == (1, [])


def test_the_food_paper_ends_and_is_told() -> None:
    village = made.village()
    manager = made.manager(village)
    address = f"/canteens/{village.canteen.pk}/enter_paper/"
    assert manager.post(address, {"paper_kind": "permit", "paper_no": "鲁食证1"}).status_code == 422
    soon = (today() + timedelta(days=20)).isoformat()
    assert (
        manager.post(
            address, {"paper_kind": "permit", "paper_no": "鲁食证1", "paper_until": soon}
        ).status_code
        == 302
    )
    assert village.canteen.name in made.client("inspector").get("/").content.decode()
    assert manager.post(address, {"paper_kind": "filing", "paper_no": "备案2"}).status_code == 302


def test_what_is_measured_says_its_denominator() -> None:
    village = made.village(made.OLD, made.YOUNGER)
    actions.serve_diner(
        village.canteen, actor=SYSTEM, at=now(), diner=village.diners[0].pk, on=today(), meal="lunch"
    )
    actions.buy(
        village.canteen,
        actor=SYSTEM,
        at=now(),
        on=today(),
        item="面粉",
        amount="1",
        unit=Unit.GRAM,
        paid=Fen(700),
    )
    span = Span(Period.holding(today()), make.COUNTY, make.COUNTY + 10**6)
    assert list(canteen_diners(span)) == [(village.code, 2, None)]
    assert list(canteen_meals(span)) == [(village.code, 1, None)]
    assert list(canteen_meal_cost(span)) == [(village.code, 700, 1)]


def test_a_diner_who_dies_is_expected_no_more() -> None:
    from songhe.areas.canteens.actions.diners import end_by_death

    village = made.village(made.OLD)
    end_by_death(village.diners[0], actor=SYSTEM, at=now())
    assert table.expected(village.canteen, today() + timedelta(days=1), "lunch") == []
    with pytest.raises(Refused, match="ended"):
        actions.leave(village.diners[0], actor=SYSTEM, at=now() + timedelta(days=2), on=date(2030, 1, 1))
