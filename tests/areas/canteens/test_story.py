"""A village's canteen through its pages: who eats, who pays, who is looked after, and what the town accepts."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from PIL import Image
from tests import make
from tests.areas.canteens import made
from tests.areas.canteens.reading import words_of

from songhe.areas.canteens import actions, books
from songhe.areas.canteens.models import (
    Booking,
    CanteenDay,
    CanteenMonth,
    Check,
    Diner,
    Meal,
    Roll,
    Serving,
    of,
)
from songhe.areas.canteens.models import Unit as Counted
from songhe.areas.canteens.queries import table
from songhe.areas.canteens.rules.money import Fen
from songhe.core.days import monday_of
from songhe.engines.access.api import SYSTEM, User
from songhe.engines.acts.models import Act
from songhe.engines.ledger.api import Unit, balance, faults
from songhe.kit.clock import now, today

pytestmark = pytest.mark.django_db


def picture() -> SimpleUploadedFile:
    """A photograph of a sheet."""
    out = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(out, "JPEG")
    return SimpleUploadedFile("点名册.jpg", out.getvalue(), "image/jpeg")


def box(diner: Diner, on: object) -> str:
    """The value of a box of a roll."""
    return f"{diner.pk}.lunch.{on}"


def test_enrolled_through_the_form_and_at_one_canteen_at_a_time() -> None:
    village = made.village()
    person = make.person(village.code, name="宋桂英", born=made.OLD)
    officer = made.client("village_officer", village.code)
    form = {
        "person": str(person.pk), "since": today().isoformat(), "way": "delivered", "meals": ["lunch"], "neighbour": "",
        "neighbour_phone": "13863110001", "diet": "青霉素过敏，不吃花生",
    }  # fmt: skip
    address = f"/canteens/{village.canteen.pk}/enrol/"
    assert officer.post(address, form).status_code == 422
    answer = officer.post(address, form | {"neighbour": "孙邻居"})
    assert answer.status_code == 302, answer.context["form"].errors
    diner = Diner.everywhere.get(person=person)
    assert "花生".encode() not in bytes(diner.diet_sealed)
    assert b"13863110001" not in bytes(diner.neighbour_phone_sealed)
    other = made.canteen_in(made.rural(nth=1))
    second = made.client("county_officer")
    assert second.get(address).status_code == 403
    elsewhere = made.client("town_officer", other.region_id // 1000 * 1000)
    make.grant(_user_of(elsewhere), "town_officer", village.code // 1000 * 1000)
    again = elsewhere.post(f"/canteens/{other.pk}/enrol/", form | {"neighbour": "孙邻居"})
    assert again.status_code == 422
    assert village.canteen.name in again.content.decode()
    with pytest.raises(IntegrityError, match="one_canteen_at_a_time"), transaction.atomic():
        Diner.everywhere.create(**of(other), person=person, since=today(), meals=["lunch"])
    left = {"on": (today() + timedelta(days=1)).isoformat(), "reason": "随子女居住"}
    assert officer.post(f"/diners/{diner.pk}/leave/", left).status_code == 302
    after = form | {"neighbour": "孙邻居", "since": (today() + timedelta(days=1)).isoformat()}
    assert elsewhere.post(f"/canteens/{other.pk}/enrol/", after).status_code == 302


def _user_of(client: Client) -> User:
    return User.objects.get(pk=client.session["user"]["id"])


def test_the_roll_is_printed_with_names_alone_photographed_and_entered_once() -> None:
    village = made.village()
    officer, first = made.client("village_officer", village.code), monday_of(today())
    assert officer.post(f"/canteens/{village.canteen.pk}/make_roll/", {"week_of": first}).status_code == 302
    roll = Roll.everywhere.get(canteen=village.canteen)
    paper = officer.get(f"/canteen-rolls/{roll.pk}/sheet.pdf")
    words = words_of(paper.content)
    assert all(person.name in words for person in village.persons)
    assert roll.number in words
    assert "1940" not in words
    page = officer.get(f"/canteen-rolls/{roll.pk}/enter/")
    assert page.status_code == 200
    assert page.content.decode().count('type="checkbox"') == 14
    old, younger = village.diners
    sent = {"box": [box(old, first), box(younger, first)], "seen": "0", "_key": "k1", "photo": picture()}
    address = f"/canteen-rolls/{roll.pk}/enter/"
    answer = officer.post(address, sent, headers={"accept": "application/json"})
    assert answer.status_code == 200, answer.content
    assert (
        officer.post(address, sent | {"photo": picture()}, headers={"accept": "application/json"}).status_code
        == 200
    )
    free, paid = Meal.everywhere.get(person=old.person), Meal.everywhere.get(person=younger.person)
    assert (free.price_fen, free.diner_fen, free.grant_rule) == (800, 0, "free_lunch")
    assert (paid.subsidy_fen, paid.village_fen, paid.donation_fen, paid.diner_fen) == (200, 100, 0, 500)
    assert free.assumed
    stale = officer.post(
        address, {"box": [], "seen": "0", "_key": "k2"}, headers={"accept": "application/json"}
    )
    assert stale.status_code == 422
    fewer = officer.post(address, {"box": [box(old, first)], "seen": "1", "_key": "k3"})
    assert fewer.status_code == 302
    assert table.meals_on(village.canteen, first).count() == 1
    roll.refresh_from_db()
    assert officer.get(f"/files/{roll.photo_id}/full/").status_code == 200
    stranger = made.client("village_officer", made.rural(make.OTHER_COUNTY))
    assert stranger.get(address).status_code == 404
    assert stranger.get(f"/canteen-rolls/{roll.pk}/sheet.pdf").status_code == 404
    assert stranger.get(f"/files/{roll.photo_id}/full/").status_code == 404


def test_boxes_that_are_none_of_the_roll_are_nothing_and_bad_words_no_fault() -> None:
    village = made.village()
    officer = made.client("village_officer", village.code)
    roll = actions.make_roll(village.canteen, actor=SYSTEM, at=now(), week_of=today())
    stranger = made.enrolled(made.canteen_in(made.rural(nth=2)), make.person(made.rural(nth=2)))
    bad = [
        box(stranger, today()),
        "x",
        "..",
        f"{village.diners[0].pk}.lunch.2026-13-40",
        f"{village.diners[0].pk}.soup.{today()}",
        "\0",
    ]
    address = f"/canteen-rolls/{roll.pk}/enter/"
    assert officer.post(address, {"box": bad, "seen": "0"}).status_code == 302
    assert not Meal.everywhere.exists()
    for seen in ("", "-1", "9999999999999", "x"):
        assert officer.post(address, {"box": [], "seen": seen}).status_code == 422
    wrong = SimpleUploadedFile("x.jpg", b"MZ program", "image/jpeg")
    assert officer.post(address, {"box": [], "seen": "1", "photo": wrong}).status_code == 422
    roll.refresh_from_db()
    assert (roll.revision, roll.photo_id) == (1, None)
    ahead = today() + timedelta(days=1)
    if monday_of(ahead) == roll.monday:
        officer.post(address, {"box": [box(village.diners[0], ahead)], "seen": "1"})
        assert not Meal.everywhere.filter(on=ahead).exists()


def test_a_card_serves_at_once_and_a_second_time_is_refused_kindly() -> None:
    village = made.village(serving=Serving.CARD)
    manager, diner = made.manager(village), village.diners[1]
    assert manager.post(f"/diners/{diner.pk}/issue_card/").status_code == 302
    card = words_of(manager.get(f"/diners/{diner.pk}/card.pdf").content)
    assert village.persons[1].name in card
    code = next(word for word in card.split() if len(word) == 9 and word[4] == "-")
    counter = f"/canteen-counter/{village.canteen.pk}/"
    form = {"said": code.lower(), "meal": "lunch", "_key": "a"}
    assert manager.post(counter, form).status_code == 302
    assert manager.post(counter, form).status_code == 302
    assert Meal.everywhere.filter(person=diner.person).count() == 1
    twice = manager.post(counter, form | {"_key": "b"})
    assert twice.status_code == 422
    assert village.persons[1].name in twice.content.decode()
    assert "不再重复登记" in twice.content.decode()
    by_name = {"diner": str(village.diners[0].pk), "meal": "lunch", "_key": "c"}
    assert manager.post(counter, by_name).status_code == 302
    assert Meal.everywhere.count() == 2
    for said in ("", "zzzz-zzzz", "x" * 400, "\0", "'; drop"):
        assert (
            manager.post(counter, {"said": said, "meal": "lunch", "_key": said[:9] + "d"}).status_code == 422
        )
    assert manager.post(counter, {"diner": "no-uuid", "meal": "lunch"}).status_code == 422
    other = made.village(made.YOUNGER, code=made.rural(nth=3), serving=Serving.CARD)
    assert made.manager(other).post(counter, form | {"_key": "e"}).status_code == 404
    assert Act.objects.filter(verb="canteens.print_card").exists()
    manager.post(f"/diners/{diner.pk}/issue_card/")
    assert manager.post(counter, form | {"_key": "f"}).status_code == 422


def test_the_neighbour_looks_after_whoever_did_not_come_and_no_answer_leads_on() -> None:
    village = made.village(made.OLD, made.YOUNGER, made.YOUNGER)
    here, absent, away = village.diners
    manager = made.manager(village)
    call = {"since": today().isoformat(), "last": (today() + timedelta(days=2)).isoformat(), "meal": "lunch"}
    assert manager.post(f"/diners/{away.pk}/call_off/", call).status_code == 302
    assert Booking.everywhere.filter(diner=away, comes=False).count() == 3
    actions.serve_diner(village.canteen, actor=SYSTEM, at=now(), diner=here.pk, on=today(), meal="lunch")
    assert actions.turn(at=made.moment(today(), 12)) == 0
    assert actions.turn(at=made.moment(today(), 13, 20)) == 1
    assert actions.turn(at=made.moment(today(), 13, 30)) == 0
    check = Check.everywhere.get()
    assert (check.person_id, check.neighbour, check.state) == (absent.person_id, "李邻居", "asked")
    officer = made.client("village_officer", village.code)
    assert village.persons[1].name in officer.get("/").content.decode()
    address = f"/diner-checks/{check.pk}/"
    assert officer.get(address).status_code == 200
    assert officer.post(f"{address}enter_found/", {"found": "no_answer"}).status_code == 302
    assert officer.post(f"{address}enter_found/", {"found": "no_answer"}).status_code == 302
    check.refresh_from_db()
    assert check.state == "alarm"
    town = made.client("town_officer", village.code // 1000 * 1000)
    assert town.post(f"{address}enter_found/", {"found": "no_answer"}).status_code == 422
    assert town.post(f"{address}enter_found/", {"found": "help", "words": ""}).status_code == 422
    assert town.post(f"{address}enter_found/", {"found": "help", "words": "摔倒，已叫120"}).status_code == 302
    assert town.post(f"{address}end_help/", {"words": "已住院，家属陪护"}).status_code == 302
    check.refresh_from_db()
    assert (check.state, check.found) == ("closed", "help")
    assert "摔倒".encode() not in bytes(check.words_sealed)
    assert officer.post(f"{address}enter_found/", {"found": "fine"}).status_code == 422
    neighbour = made.client("village_officer", made.rural(nth=1))
    assert neighbour.get(address).status_code == 404
    assert made.client("family", village.code).get(address).status_code == 403


def test_a_day_is_closed_in_the_ledger_and_put_right_by_a_reversal() -> None:
    village = made.village(made.OLD, made.YOUNGER)
    manager, day = made.manager(village), today() - timedelta(days=1)
    for diner in village.diners:
        actions.serve_diner(village.canteen, actor=SYSTEM, at=now(), diner=diner.pk, on=day, meal="lunch")
    address = f"/canteens/{village.canteen.pk}/close_day/"
    assert manager.post(address, {"on": today().isoformat()}).status_code == 422
    assert manager.post(address, {"on": day.isoformat()}).status_code == 302
    assert manager.post(address, {"on": day.isoformat()}).status_code == 422
    closed = CanteenDay.everywhere.get()
    assert (closed.meals, closed.price_fen, closed.diner_fen) == (2, 1600, 500)
    earned = books.own_account(closed, "earned", at=now())
    assert balance(earned) == 1600
    assert balance(books.budget_account(village.code, at=now())) == -500
    assert balance(books.own_account(closed, "meals", at=now(), unit=Unit.MEAL)) == 2
    with pytest.raises(Exception, match="closed already"):
        actions.serve_diner(
            village.canteen, actor=SYSTEM, at=now(), diner=village.diners[0].pk, on=day, meal="lunch"
        )
    wrong = Meal.everywhere.get(person=village.persons[1])
    assert manager.post(f"/canteen-meals/{wrong.pk}/void_meal/", {"reason": "录错"}).status_code == 422
    assert manager.post(f"/canteen-days/{closed.pk}/reverse_day/", {"reason": ""}).status_code == 422
    assert manager.post(f"/canteen-days/{closed.pk}/reverse_day/", {"reason": "多录一人"}).status_code == 302
    assert (balance(earned), faults()) == (0, [])
    assert manager.post(f"/canteen-meals/{wrong.pk}/void_meal/", {"reason": "录错"}).status_code == 302
    assert manager.post(address, {"on": day.isoformat()}).status_code == 302
    second = CanteenDay.everywhere.get(state="closed")
    assert (second.number, second.meals, balance(earned), faults()) == (2, 1, 800, [])
    rival = made.village(made.YOUNGER, code=made.rural(nth=2))
    assert made.manager(rival).get(f"/canteen-days/{second.pk}/").status_code == 404
    assert made.client("auditor").get(f"/canteen-days/{second.pk}/").status_code == 200
    assert (
        made.client("auditor").post(f"/canteen-days/{second.pk}/reverse_day/", {"reason": "x"}).status_code
        == 403
    )


def test_a_month_is_stated_by_one_and_accepted_by_the_town() -> None:
    village = made.village(made.OLD, made.YOUNGER)
    manager, first = made.manager(village), made.last_month()
    for ahead in (3, 4):
        for diner in village.diners:
            actions.serve_diner(
                village.canteen, actor=SYSTEM, at=made.moment(first, 12) + timedelta(days=ahead), diner=diner.pk,
                on=first + timedelta(days=ahead), meal="lunch",
            )  # fmt: skip
    Diner.everywhere.update(since=first)
    address = f"/canteens/{village.canteen.pk}/state_month/"
    assert manager.post(address, {"month": today().isoformat()}).status_code == 422
    assert manager.post(address, {"month": first.isoformat()}).status_code == 422
    for ahead in (3, 4):
        actions.close_day(village.canteen, actor=SYSTEM, at=now(), on=first + timedelta(days=ahead))
    assert manager.post(address, {"month": first.isoformat()}).status_code == 302
    assert manager.post(address, {"month": first.isoformat()}).status_code == 422
    month = CanteenMonth.everywhere.get()
    assert (month.meals, month.subsidy_fen, month.diner_fen, month.samples_complete) == (4, 1000, 1000, False)
    page = f"/canteen-months/{month.pk}/"
    words = words_of(manager.get(f"{page}statement.pdf").content)
    assert village.canteen.name in words
    assert "32.00" in words
    day = CanteenDay.everywhere.first()
    assert day is not None
    assert manager.post(f"/canteen-days/{day.pk}/reverse_day/", {"reason": "x"}).status_code == 422
    assert manager.post(f"{page}accept_month/").status_code == 403
    town = made.client("town_officer", village.code // 1000 * 1000)
    assert village.canteen.name in town.get("/").content.decode()
    elsewhere = made.client("town_officer", make.town(make.OTHER_COUNTY))
    assert elsewhere.post(f"{page}accept_month/").status_code == 404
    assert town.post(f"{page}return_month/", {"reason": "请核对3日"}).status_code == 302
    assert manager.post(address, {"month": first.isoformat()}).status_code == 302
    month = CanteenMonth.everywhere.get(state="stated")
    actions.buy(
        village.canteen, actor=SYSTEM, at=made.moment(first, 9) + timedelta(days=5), on=first + timedelta(days=2), item="大米",
        amount="25", unit=Counted.GRAM, paid=Fen(12_000),
    )  # fmt: skip
    assert town.post(f"/canteen-months/{month.pk}/accept_month/").status_code == 422
    assert town.post(f"/canteen-months/{month.pk}/return_month/", {"reason": "补录食材"}).status_code == 302
    assert manager.post(address, {"month": first.isoformat()}).status_code == 302
    month = CanteenMonth.everywhere.get(state="stated")
    assert (month.supplies_fen, month.number) == (12_000, 3)
    assert town.post(f"/canteen-months/{month.pk}/accept_month/").status_code == 302
    month.refresh_from_db()
    assert month.state == "accepted"
    with pytest.raises(IntegrityError), transaction.atomic():
        CanteenMonth.everywhere.filter(pk=month.pk).update(decided_by_id=month.stated_by_id)


def test_whoever_states_may_not_accept() -> None:
    village = made.village(made.YOUNGER)
    first = made.last_month()
    Diner.everywhere.update(since=first)
    officer = made.user("village_officer", village.code)
    make.grant(officer, "town_officer", village.code // 1000 * 1000)
    actions.serve_diner(
        village.canteen,
        actor=SYSTEM,
        at=made.moment(first, 12),
        diner=village.diners[0].pk,
        on=first,
        meal="lunch",
    )
    actions.close_day(village.canteen, actor=SYSTEM, at=now(), on=first)
    month = actions.state_month(village.canteen, actor=officer, at=now(), month=first)
    from tests.areas.providers.made import client_of

    assert client_of(officer).post(f"/canteen-months/{month.pk}/accept_month/").status_code == 422


def test_relatives_see_and_order_for_their_own_and_no_kitchen() -> None:
    from songhe.engines.access.api import Tie, tie

    village = made.village(made.OLD, made.YOUNGER)
    kin = made.user("family", make.COUNTY)
    tie(village.persons[0].pk, kin.pk, Tie.Kind.KIN, region_id=village.code, since=today())
    from tests.areas.providers.made import client_of

    from songhe.engines.access.api import Grant

    Grant.objects.filter(user=kin).update(holder_id=kin.pk)
    family = client_of(kin)
    own, other = village.diners
    assert village.canteen.name in family.get("/diners/").content.decode()
    assert family.get(f"/diners/{own.pk}/").status_code == 200
    assert family.get(f"/diners/{other.pk}/").status_code == 404
    call = {"since": today().isoformat(), "last": today().isoformat(), "meal": "lunch"}
    assert family.post(f"/diners/{own.pk}/call_off/", call).status_code == 302
    assert family.post(f"/diners/{other.pk}/call_off/", call).status_code == 404
    assert family.get(f"/canteens/{village.canteen.pk}/").status_code == 403
    assert family.get("/canteens/").status_code == 403
    assert own.person_id not in {one.person_id for one in table.expected(village.canteen, today(), "lunch")}
