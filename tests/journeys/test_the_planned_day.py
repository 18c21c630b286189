"""A planned day from the family's wish to the books: asked for, planned, broken, repaired, published, given without network,
compared, rated and settled. In English; everybody at the screen they have in life.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Locator, expect
from tests.journeys.walker import Company, Walker, led_on, sent, wait_until_kept

pytestmark = [pytest.mark.journey, pytest.mark.long]
ZONE = ZoneInfo("Asia/Shanghai")
WISHES = {"0204": "Medication care", "0401": "Visit at home"}
WORKER = "worker2"
SOON = 90_000
"""Milliseconds within which a small plan is found or published."""
NOTE = "Three days of tablets are in the box."


@pytest.fixture
def town(browser: Browser, site: str) -> Iterator[Company]:
    """The demo's people."""
    company = Company(browser, site, language="en")
    yield company
    company.drop()


def test_the_planned_day(town: Company, night: Callable[..., Any]) -> None:
    planner = town.as_("dispatcher")
    day = planned_day(planner)
    orders, person = wish(town, day)
    take_up(planner, town, person)
    publish(planner)
    break_and_repair(planner, town)
    publish(planner)
    assert person in stop_names(town, day)
    visits = night("morning", *orders)
    serve_offline(town, visits)
    assert night("compare", *(visit["visit"] for visit in visits)) == [], "nothing is doubtful"
    look_back(town, visits)
    rate(town, orders[0])
    booked = night("settle", *(visit["visit"] for visit in visits))
    settled(*booked, minutes=visits[0]["minutes"])
    town.leave()


def planned_day(planner: Walker) -> str:
    """The planner opens the board of the next day that is planned; returns that day."""
    planner.go("/planner/")
    board_is_there(planner)
    planner.shot("day-1-board")
    return planner.page.locator("#board").get_attribute("data-day") or ""


def board_is_there(planner: Walker) -> None:
    planner.page.locator("#board .lane[data-worker]").first.wait_for(timeout=SOON)


def wish(town: Company, day: str) -> tuple[list[str], str]:
    """A relative asks for two services on that day, the hotline hands them to the organisation; returns orders and person."""
    family, hotline = town.as_("family"), town.as_("hotline")
    family.go("/family/")
    served = who_is_served(family)
    name = served.locator("header h2").first.inner_text()
    person = served.locator("header h2 a").first.get_attribute("href") or ""
    orders = []
    for item in WISHES:
        family.go(f"/orders/do/place_order/?person={person.split('/')[2]}")
        family.fill(item=item, wanted_from=f"{day}T08:00", wanted_until=f"{day}T20:00", paid_by="entitlement")
        family.press()
        hotline.go(f"{family.path}hand_over/")
        hotline.pick("organisation", town.serving())
        hotline.press()
        orders.append(family.path.split("/")[2])
    return orders, name


def who_is_served(family: Walker) -> Locator:
    """The relative who is visited at home; another one lives in an institution."""
    return family.page.locator(".relative").filter(has=family.page.locator(".say"))


def take_up(planner: Walker, town: Company, person: str) -> None:
    """The board says that an order came after the plan; the planner plans anew, asks why, and sends whom she wants."""
    page = planner.page
    planner.go("/planner/")
    expect(page.locator(".notice")).to_contain_text("came after this plan was made")
    decide(planner, "plan_again")
    board_is_there(planner)
    ask_why(planner)
    lane = page.locator(f".lane[data-name='{town.names[WORKER]}']")
    for words in WISHES.values():
        line = page.locator("a[data-line]").filter(has_text=person).filter(has_text=words)
        planner.go(f"{planner.path}{line.first.get_attribute('href')}")
        page.get_by_label("Worker", exact=True).select_option(label=town.names[WORKER])
        page.get_by_label("Begins").fill("")
        planner.press("#visit form[action$='/move/'] button")
        expect(lane.locator("a.stay").filter(has_text=person).filter(has_text=words)).to_have_count(1)


def ask_why(planner: Walker) -> None:
    """Why nobody can go, or why it is this one."""
    page = planner.page
    loose = page.locator(".tray a.loose")
    if loose.count():
        planner.follow(loose.first)
    else:
        planner.go(f"{planner.path}{page.locator('a.stay').first.get_attribute('href')}")
        planner.follow(page.get_by_role("link", name="Why this worker?"))
    expect(page.get_by_role("heading", name="Who could go")).to_be_visible()
    expect(page.locator("#visit li").first).to_be_attached()
    planner.look_closely()
    planner.shot("day-2-why")


def decide(planner: Walker, verb: str) -> None:
    """Press a verb of the board and say yes."""
    page = planner.page
    page.locator(f"a[href$='/{verb}/']").first.click()
    button = page.locator("#dialog form .form-foot button").first
    button.wait_for()
    before = page.url
    with led_on(page):
        button.click()
    assert verb == "publish" or page.url != before
    planner.look()


def compared(planner: Walker) -> None:
    """The plan beside the one before it."""
    board = planner.path
    planner.follow(planner.page.locator("a[href*='/compare/']").first)
    expect(planner.page.get_by_role("heading", name="Overall")).to_be_visible()
    planner.shot("day-3-compare")
    planner.go(board)


def publish(planner: Walker) -> None:
    """Compare, publish, and wait until everybody is told."""
    compared(planner)
    decide(planner, "publish")
    expect(planner.page.locator(".lead .badge").first).to_have_text("Published", timeout=SOON)


def break_and_repair(planner: Walker, town: Company) -> None:
    """Somebody is ill: one press proposes who goes instead, and says what changes for whom."""
    page = planner.page
    busy = [
        lane
        for lane in page.locator(".lane[data-worker]").all()
        if lane.locator("a.stay").count() and lane.get_attribute("data-name") != town.names[WORKER]
    ]
    busy.sort(key=lambda lane: lane.get_attribute("data-name") == town.names["worker"])
    assert busy, "somebody else has work that day"
    ill = busy[0].get_attribute("data-name") or ""
    with led_on(page):
        busy[0].locator("button.ill").click()
    board_is_there(planner)
    expect(page.locator(f".lane[data-name='{ill}']")).to_have_count(0)
    after = page.locator(".changes tbody td:last-child")
    expect(after.first).to_be_visible()
    assert not [words for words in after.all_inner_texts() if ill in words]
    planner.look_closely()
    planner.shot("day-4-ill")


def stop_names(town: Company, day: str) -> str:
    """What the relative reads of that day."""
    family = town.as_("family")
    family.go("/family/")
    family.says(town.names[WORKER])
    assert day[5:] in who_is_served(family).first.inner_text() or "Tomorrow" in family.page.content()
    return family.page.locator("main").inner_text()


def serve_offline(town: Company, visits: list[dict[str, Any]]) -> None:
    """Two visits without network by the phone's own clock; one sending when it is back."""
    phone = town.as_(WORKER, width=390, place=(122.4, 37.1))
    page = phone.page
    phone.go("/today/")
    wait_until_kept(page)
    phone.look_closely()
    phone.shot("day-5-phone")
    stops = [page.locator(f"article.stop[data-stop='{visit['visit']}']") for visit in visits]
    homes = [place_of(stop) for stop in stops]
    phone.context.set_offline(True)
    page.goto("/today/")
    for number, (visit, stop) in enumerate(zip(visits, stops, strict=True)):
        phone.context.set_geolocation({**homes[number], "accuracy": 12})
        start = datetime.fromisoformat(visit["start"])
        if number == len(visits) - 1:
            nobody_there(phone, stop, start)
        else:
            work(phone, stop, start, timedelta(minutes=visit["minutes"]))
    phone.shot("day-6-offline")
    phone.context.clock.set_fixed_time(datetime.now(ZONE))
    phone.context.set_offline(False)
    told = page.locator(".stop .badge")
    expect(told.get_by_text("Done", exact=True)).to_have_count(1, timeout=SOON)
    expect(told.get_by_text("Unsuccessful visit")).to_have_count(1, timeout=SOON)
    assert page.evaluate("SongheStore.count('queue')") == 0
    phone.shot("day-7-sent")
    phone.complaints[:] = [words for words in phone.complaints if "ERR_INTERNET_DISCONNECTED" not in words]


def place_of(stop: Locator) -> dict[str, float]:
    """Where the home is, by the link that shows the way; a phone is always some metres off, never twice the same."""
    link = stop.locator("a[href^='geo:']").get_attribute("href") or ""
    found = re.match(r"geo:([\d.]+),([\d.]+)", link)
    assert found, link
    return {"latitude": float(found[1]) + 0.00004, "longitude": float(found[2]) - 0.00003}


def work(phone: Walker, stop: Locator, start: datetime, length: timedelta) -> None:
    """Arrive, tick what is to be done, write, leave when the time is over."""
    phone.context.clock.set_fixed_time(start)
    sent(stop, "check_in")
    ticks = stop.locator("form[action$='/tick_tasks/'] input[type=checkbox]")
    if ticks.count():
        for tick in ticks.all():
            tick.check()
        sent(stop, "tick_tasks")
    stop.locator("details.step", has=phone.page.locator("[action$='/add_note/']")).locator("summary").click()
    stop.locator("form[action$='/add_note/'] [name=note]").fill(NOTE)
    sent(stop, "add_note")
    phone.context.clock.set_fixed_time(start + length)
    sent(stop, "check_out")


def nobody_there(phone: Walker, stop: Locator, start: datetime) -> None:
    """Nobody opens; the worker waits a quarter of an hour and says so."""
    phone.context.clock.set_fixed_time(start)
    stop.locator("details.step", has=phone.page.locator("[action$='/come_in_vain/']")).locator(
        "summary"
    ).first.click()
    stop.locator("[name=outcome][value=absent]").check()
    stop.locator("[name=waited]").fill("16")
    stop.locator("form[action$='/come_in_vain/'] [name=note]").fill("Rang three times, no light inside.")
    sent(stop, "come_in_vain")


def look_back(town: Company, visits: list[dict[str, Any]]) -> None:
    """The office sees each visit as it was; that they were sent late speaks too little against them to wait for anybody."""
    planner = town.as_("manager")
    planner.go("/planner/")
    board_is_there(planner)
    expect(planner.page.locator(".keys")).to_contain_text("Unsuccessful visit")
    for visit, state in zip(visits, ("Done", "Unsuccessful visit"), strict=True):
        planner.go(f"/visits/{visit['visit']}/")
        planner.says(state)


def rate(town: Company, order: str) -> None:
    """The relative reads what was done and says how it was."""
    family = town.as_("family")
    family.go("/family/")
    family.says(NOTE)
    family.shot("day-8-family")
    family.go(f"/orders/{order}/rate/")
    family.fill(rating="5")
    family.press()
    family.go("/family/")
    family.says("Rated 5 of 5")


def settled(first: dict[str, Any], last: dict[str, Any], *, minutes: int) -> None:
    """The books hold what the contract says: the whole visit, and the share of the one in vain."""
    assert (first["state"], first["minutes"], first["percent"]) == ("done", minutes, 100)
    assert (last["state"], last["percent"]) == ("in_vain", 50)
    for one, share in ((first, 100), (last, 100 if last["unit"] == "minute" else 50)):
        assert one["fen"] == one["price_fen"] * share // 100
        assert one["payable"] == one["from_grant"] == one["price_minutes"] * share // 100 > 0
        assert ["settled", one["fen"], one["payable"]] in one["used"]
        assert one["owed"] == one["settlement_fen"] == one["lines_fen"]
        assert one["faults"] == []
