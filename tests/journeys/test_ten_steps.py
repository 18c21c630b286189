"""One person's way through the whole system, in Chinese and in English, each step by whoever does it in life.

Import a county's list, find a person, assess, entitle, take a call, send somebody, be there, call back, settle, and
see the city's figures move.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, FilePayload, Locator
from tests.journeys.walker import REGIONS, Company, Walker, led_on, tick_everything

from songhe.core.text import pinyin
from songhe.site.demo.picture import picture
from songhe.site.demo.samples import write

MORNING = "0201"  # dressing, feeding and sleep care: needs check-in, check-out and a note
ZONE = ZoneInfo("Asia/Shanghai")
HOUR = 60
SEEDS = {"zh": 11, "en": 12}


class Front(NamedTuple):
    """The front page in numbers."""

    entitled: int = 0
    done: int = 0
    hours: int = 0
    granted: int = 0


class Story(Company):
    """What one telling of the story needs: who plays whom, and what was found on the way."""

    def __init__(self, browser: Browser, site: str, *, language: str, files: Path) -> None:
        super().__init__(browser, site, language=language)
        self.files = files
        self.person: dict[str, str] = {}
        self.assessment = self.order = self.worker = ""
        self.before = Front()


@pytest.fixture(
    params=[
        pytest.param("zh", marks=[pytest.mark.journey, pytest.mark.long]),
        pytest.param("en", marks=pytest.mark.crawl),
    ]
)
def story(request: pytest.FixtureRequest, browser: Browser, site: str, tmp_path: Path) -> Iterator[Story]:
    """A story in one language with sample lists of its own."""
    write(tmp_path, seed=SEEDS[request.param], regions=REGIONS, on=date(2026, 11, 25), rows=60)
    told = Story(browser, site, language=request.param, files=tmp_path)
    yield told
    told.drop()


def test_ten_steps(story: Story) -> None:
    story.person = chosen(story)
    story.before = front_page(story.as_("leader"))
    for step in (
        import_list,
        find_person,
        assess,
        entitle,
        call,
        send,
        visit,
        correct,
        call_back,
        settle,
        figures,
    ):
        step(story)
    story.leave()


def chosen(story: Story) -> dict[str, str]:
    """Somebody of the sample list who is certain to be written and belongs to a group that gets hours."""
    with (story.files / "elders-371082.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    names = [row["姓名"] for row in rows]
    for row in rows:
        plain = re.fullmatch(r"[\u4e00-\u9fff]{2,3}", row["姓名"]) and re.fullmatch(
            r"\d{17}[\dX]", row["身份证号"]
        )
        if (
            plain
            and "低保" in row["人员类别"]
            and names.count(row["姓名"]) == 1
            and row["联系电话"].isdigit()
        ):
            return row
    raise LookupError("the sample list has nobody for the story; take another seed")


def import_list(story: Story) -> None:
    """1 · The county uploads its list; the good rows go in, the planted faults come back with reasons."""
    county = story.as_("county")
    county.go("/imports/do/upload/")
    county.fill(kind="registry.people")
    county.pick("region", "荣成市")
    county.page.set_input_files("main [name=file]", story.files / "elders-371082.csv")
    county.press()
    path = county.path
    county.go(path + "columns/")
    county.shot("01-columns")
    county.press()
    county.wait_until(path, f"a[href='{path}bring_in/']")
    county.look()
    county.shot("01-checked")
    planted = json.loads((story.files / "manifest.json").read_text("utf-8"))
    faulty = [
        p for p in planted if p["file"] == "elders-371082.csv" and p["expect"] in ("refuse", "duplicate")
    ]
    with county.page.expect_download() as taken:
        county.page.locator(f"a[href='{path}rows-to-mend.csv']").click()
    with Path(taken.value.path()).open(encoding="utf-8-sig", newline="") as lines:
        assert len(list(csv.DictReader(lines))) == len(faulty)
    county.go(path + "bring_in/")
    county.press()
    county.wait_until(path, ".badge.ok")
    county.shot("01-imported")


def find_person(story: Story) -> None:
    """2 · Somebody of the list is found by pinyin and by identity number, and the file opens."""
    county = story.as_("county")
    county.go("/people/")
    county.page.locator("main [name=q]").fill(pinyin(story.person["姓名"]))
    county.page.locator("#rows a", has_text=story.person["姓名"]).first.wait_for()
    county.shot("02-found")
    county.go("/people/?q=" + story.person["身份证号"])
    county.follow(county.page.locator("#rows a[href^='/people/']").first)
    county.says(story.person["姓名"])
    assert story.person["身份证号"] not in county.page.content()
    county.shot("02-person")


def assess(story: Story) -> None:
    """3 · The county asks for an assessment, two assessors do it, the county confirms and hands over the result."""
    county = story.as_("county")
    county.go("/assessments/do/request/")
    county.pick("person", story.person["身份证号"])
    county.press()
    story.assessment = county.path
    county.go(story.assessment + "assign/")
    county.fill(first="#1", second="#2", medical="both")
    county.press()
    first, second = both_assessors(story, county)
    first.go(story.assessment + "form/")
    tick_everything(first)
    first.shot("03-assess")
    first.press("main [name=hand_in]")
    first.go(story.assessment + "informant_signs/")
    first.fill(way="witness", relation="person", name=story.person["姓名"], witness="村会计")
    first.press()
    for assessor in (first, second):
        assessor.go(story.assessment + "sign/")
        assessor.press()
    county.go(story.assessment + "confirm/")
    county.press()
    county.go(story.assessment + "deliver/")
    county.fill(delivery="in_person", recipient="person")
    county.press()
    county.shot("03-result")


def both_assessors(story: Story, county: Walker) -> tuple[Walker, Walker]:
    """The two whom the county named; the demo has two, so both are."""
    shown = county.page.locator("main").inner_text()
    assert story.names["assessor"] in shown
    assert story.names["assessor2"] in shown
    return story.as_("assessor"), story.as_("assessor2")


def entitle(story: Story) -> None:
    """4 · One officer works out what the person is entitled to, another approves it."""
    county = story.as_("county")
    county.go("/entitled-people/?q=" + story.person["身份证号"])
    path = county.page.locator("#rows a[href^='/entitled-people/']").first.get_attribute("href") or ""
    county.go(path + "determine/")
    county.press()
    county.shot("04-month")
    other = story.as_("county-2")
    other.go("/entitlements/?state=draft&unit=minute&q=" + story.person["身份证号"])
    draft = other.page.locator("#rows a[href^='/entitlements/']").first.get_attribute("href") or ""
    other.go(draft)
    other.shot("04-why")
    other.go(draft + "approve/")
    other.press()


def call(story: Story) -> None:
    """5 · Somebody calls the hotline; the agent finds the person by the number and orders a service."""
    agent = story.as_("hotline")
    agent.go("/desk/")
    agent.fill(number=story.person["联系电话"])
    agent.press("main form.form .form-foot button")
    agent.says(story.person["姓名"])
    agent.fill(item=MORNING, window="soon", note="早上起床需要人帮忙")
    agent.page.locator("main [name=organisation]").select_option(label=story.serving())
    agent.shot("05-call")
    agent.press("main .desk-form .form-foot button")
    agent.go("/orders/?q=" + story.person["身份证号"])
    story.order = agent.page.locator("#rows a[href^='/orders/']").first.get_attribute("href") or ""
    assert story.order


def send(story: Story) -> None:
    """6 · The dispatcher sees who can go and why, and sends the nearest."""
    dispatcher = story.as_("dispatcher")
    dispatcher.go("/board/")
    dispatcher.says(story.person["姓名"])
    dispatcher.shot("06-board")
    dispatcher.go(story.order)
    dispatcher.shot("06-candidates")
    story.worker, send_button = free_worker(story, dispatcher)
    with led_on(dispatcher.page):
        send_button.click()
    dispatcher.look()
    dispatcher.says(story.names[story.worker])


def free_worker(story: Story, dispatcher: Walker) -> tuple[str, Locator]:
    """Whoever of the two with a telephone can go, at the first quarter of an hour at which one can."""
    start = datetime.fromisoformat(dispatcher.page.locator("main [name=starts_at]").first.input_value())
    for quarter in range(9):
        moment = start + timedelta(minutes=15 * quarter)
        dispatcher.page.goto(f"{story.order}?starts_at={moment:%Y-%m-%dT%H:%M}")
        for login in ("worker", "worker2"):
            found = dispatcher.page.locator(".candidate", has_text=story.names[login]).locator("form button")
            if found.count():
                return login, found.first
    raise AssertionError("neither of the two can go within two hours")


def visit(story: Story) -> None:
    """7 · The worker's phone: accept, check in at the door, a note and a picture, check out."""
    at = story.places.index(village_of(story))
    door = (float(story.places.longitude[at]), float(story.places.latitude[at]))
    phone = story.as_(story.worker, width=390, place=door)
    phone.go("/today/")
    stop = phone.page.locator("article.stop", has_text=story.person["姓名"])
    stop.scroll_into_view_if_needed()
    phone.shot("07-today")
    for action in ("accept", "check_in"):
        with led_on(phone.page):
            stop.locator(f"form[action$='/{action}/'] button").click()
    phone.look()
    stop.locator("form[action$='/check_out/']").scroll_into_view_if_needed()
    phone.shot("07-arrived")
    stop.locator("details.step", has=phone.page.locator("[action$='/add_note/']")).locator("summary").click()
    stop.locator("form[action$='/add_note/'] [name=note]").fill("协助起床洗漱,测血压 128/76,精神好。")
    with led_on(phone.page):
        stop.locator("form[action$='/add_note/'] button").click()
    photo: FilePayload = {"name": "room.jpg", "mimeType": "image/jpeg", "buffer": picture(1)}
    stop.locator("details.step", has=phone.page.locator("[action$='/add_photo/']")).locator("summary").click()
    stop.locator("form[action$='/add_photo/'] [name=photo]").set_input_files(photo)
    with led_on(phone.page):
        stop.locator("form[action$='/add_photo/'] button").click()
    with led_on(phone.page):
        stop.locator("form[action$='/check_out/'] button").click()
    phone.look()
    stop.scroll_into_view_if_needed()
    phone.shot("07-done")


def correct(story: Story) -> None:
    """The story is told in seconds, so the office enters the hour that a visit takes, and somebody else verifies it."""
    office = story.as_("dispatcher")
    office.go(story.order)
    path = office.page.locator("main a[href^='/visits/']").first.get_attribute("href") or ""
    left = datetime.now(ZONE).replace(second=0, microsecond=0)
    office.go(path + "correct_visit/")
    arrived = left - timedelta(minutes=HOUR)
    office.fill(
        arrived_at=f"{arrived:%Y-%m-%dT%H:%M}",
        left_at=f"{left:%Y-%m-%dT%H:%M}",
        cause="no_network",
        reason="手机没有信号,按签字单补录",
    )
    office.press()
    manager = story.as_("manager")
    manager.go(path + "verify/")
    manager.fill(reason="已向老人电话核实")
    manager.press()
    manager.shot("07-verified")


def village_of(story: Story) -> int:
    """The code of the person's village, by the names in the list."""
    town = next(code for code, name in story.places.towns.items() if name == story.person["乡镇(街道)"])
    return next(
        int(code)
        for code, name in zip(story.places.code, story.places.name, strict=True)
        if int(code) // 1000 * 1000 == town and name == story.person["村(社区)"]
    )


def call_back(story: Story) -> None:
    """8 · The hotline asks how it was."""
    agent = story.as_("hotline2")
    agent.go("/follow-ups/")
    agent.shot("08-follow-ups")
    agent.go(story.order.replace("/orders/", "/follow-ups/") + "call_back/")
    agent.fill(rating="5", words="闺女似的,干活仔细。")
    agent.shot("08-call-back")
    agent.press()


def settle(story: Story) -> None:
    """9 · Finance approves what a county prepared for last month, and pays it."""
    finance = story.as_("finance")
    for state in ("prepared", "approved"):  # told before in this city, the one that was prepared is paid
        finance.go(f"/settlements/?state={state}")
        link = finance.page.locator("#rows table a[href^='/settlements/']").first
        if link.count():
            break
    finance.shot("09-settlements")
    path = link.get_attribute("href") or ""
    finance.go(path)
    finance.shot("09-settlement")
    if state == "prepared":
        finance.go(path + "approve/")
        finance.press()
    finance.go(path + "pay/")
    finance.fill(paid_on=date.today().isoformat(), reference=f"TEST-{story.language}-1")  # noqa: DTZ011
    finance.press()


def figures(story: Story) -> None:
    """10 · The leader sees that the figures moved, and opens what stands behind one down to the persons."""
    leader = story.as_("leader")
    before, after = story.before, front_page(leader)
    assert (after.entitled, after.done) == (before.entitled + 1, before.done + 1)
    assert after.hours == before.hours + 1, "the hour that was given"
    assert after.granted > before.granted, "what the month's new entitlement grants"
    leader.shot("10-cockpit")
    leader.go("/cockpit/plan/")
    leader.shot("10-plan")
    leader.go("/cockpit/indicator/home_service_per_person/")
    leader.shot("10-indicator")
    for _level in ("county", "town", "village"):
        parts = leader.page.locator(
            "table.parts tbody tr", has=leader.page.locator("strong", has_text=re.compile(r"[1-9]"))
        )
        if not parts.count():
            break
        leader.follow(parts.first.locator("a"))
    assert leader.page.locator("table.cards tbody tr").count()
    leader.shot("10-persons")


def front_page(leader: Walker) -> Front:
    """What the leader sees first."""
    leader.go("/cockpit/")
    head = leader.page.locator(".headline")
    done = leader.page.locator("section.figures a[href*='state=done']").inner_text()
    return Front(
        entitled=whole(head.locator("a[href*='home_service_per_person']").first.inner_text()),
        done=whole(done),
        hours=whole(head.locator(".headline-count strong").inner_text()),
        granted=whole(head.locator(".headline-count a").inner_text()),
    )


def whole(text: str) -> int:
    """The number in a text, without its separators."""
    return int(re.sub(r"\D", "", text))
