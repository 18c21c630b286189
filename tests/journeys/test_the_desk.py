"""The desk through a browser: an order in a handful of keys, and nothing lost when the tab dies or the network goes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect
from tests.browser import browser
from tests.served import served

from songhe.site.postgres import Temporary

__all__ = ["browser"]

pytestmark = [pytest.mark.journey, pytest.mark.long]
CALLER = "13963112345"
PATIENCE = 30_000
"""Milliseconds for a state to come; a quick machine needs a hundredth of it."""
USUAL = 5_000
KEYS_MOST = 20
"""Keys from the ringing telephone to the closed order, without the eleven digits that an exchange brings along."""


@pytest.fixture(scope="module")
def town(cluster: Temporary, key_file: Path, django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The address of a server with a desk."""
    with served("tests.journeys.desk_serve", cluster, key_file, django_db_blocker) as address:
        yield address


@pytest.fixture
def seat(town: str, browser: Browser) -> Iterator[BrowserContext]:
    """An agent's browser; in English."""
    context = browser.new_context(base_url=town, viewport={"width": 1440, "height": 900})
    context.set_default_timeout(2 * PATIENCE)
    expect.set_options(timeout=PATIENCE)
    context.add_cookies([{"name": "django_language", "value": "en", "url": town}])
    page = context.new_page()
    page.goto("/login/")
    page.get_by_role("button", name="孙坐席").click()
    page.wait_for_url(re.compile("/desk/"))
    page.close()
    yield context
    context.close()
    expect.set_options(timeout=USUAL)


class Keys:
    """Presses keys and counts them."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.count += 1

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)
        self.count += len(words)


def has_keys(page: Page, key: str) -> None:
    """What is typed goes there; whether the window itself is in front is the system's business, and changes without one."""
    page.wait_for_function("key => document.activeElement?.id === key", arg=key, polling=100)


def call(page: Page) -> str:
    page.goto("/desk/")
    page.bring_to_front()  # a tab behind another has no focus, and no key reaches it
    has_keys(page, "number")
    page.keyboard.type(CALLER)
    expect(page.locator("#number")).to_have_value(CALLER)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/desk/[0-9a-f-]{36}/"))
    return page.url


def kept(page: Page) -> None:
    expect(page.locator("[data-saved]")).to_have_text("Everything typed is kept")


def test_an_order_takes_a_handful_of_keys(seat: BrowserContext) -> None:
    page = seat.new_page()
    call(page)
    has_keys(page, "service")
    keys = Keys(page)
    keys.type("0103")
    expect(page.locator("#service-list li").first).to_contain_text("Assisted bathing")
    keys.press("Enter")
    expect(page.locator(".price")).to_contain_text("The entitlement pays: 1 h")
    results = Axe().run(page)
    assert not [
        fault for fault in results.response["violations"] if fault["impact"] in ("serious", "critical")
    ], results.generate_report()
    keys.press("Control+Enter")
    page.wait_for_url(re.compile(r"/desk/$"))
    expect(page.locator(".messages, .message").first).to_contain_text("The call is closed")
    assert keys.count <= KEYS_MOST, keys.count


def test_a_person_is_searched_by_one_press_of_enter_whether_words_wait_to_be_kept_or_not(
    seat: BrowserContext,
) -> None:
    page = seat.new_page()
    call(page)
    for words, typed in (("没有此人", ""), ("也没有", "老人记不清住哪")):
        page.locator("#id_note").fill(typed)
        if not typed:
            kept(page)
        page.keyboard.press("Alt+KeyP")
        has_keys(page, "who")
        page.locator("#who").fill(words)
        page.keyboard.press("Enter")
        expect(page.locator(".desk-who")).to_contain_text("Nobody of that name here")
        expect(page.locator("#who")).to_have_value(words)
    expect(page.locator("#id_note")).to_have_value("老人记不清住哪")


def test_what_is_missing_is_in_sight_and_has_the_keys(seat: BrowserContext) -> None:
    page = seat.new_page()
    call(page)
    page.keyboard.press("Alt+Digit4")
    page.keyboard.press("Control+Enter")
    has_keys(page, "id_note")
    expect(page.locator(".faulty .fault")).to_be_in_viewport()
    page.keyboard.type("没有人上门")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/desk/$"))


def test_the_tab_dies_and_the_same_desk_comes_back(seat: BrowserContext) -> None:
    page = seat.new_page()
    address = call(page)
    page.keyboard.press("Alt+Digit1")
    expect(page.locator('input[name="matter"]:checked')).to_have_value("emergency_medical")
    page.locator('input[name="triage_T2"][value="hard"]').check(force=True)
    expect(page.locator(".way")).to_contain_text("Help now")
    page.keyboard.press("Alt+Digit4")
    expect(page.locator('input[name="triage_T2"]')).to_have_count(0)
    page.keyboard.press("Alt+Digit1")
    page.locator('input[name="triage_T2"][value="hard"]').check(force=True)
    expect(page.locator(".way")).to_contain_text("Help now")
    page.keyboard.press("Alt+KeyA")
    expect(page.locator(".notice.alarm")).to_contain_text("It is ringing for every agent")
    page.keyboard.press("Alt+KeyN")
    has_keys(page, "id_note")
    page.keyboard.type("老人喘不上气,女儿在路上")
    kept(page)
    with suppress(Error):  # the process of the tab is gone; no script of it runs any more
        page.goto("chrome://crash", timeout=5000)
    page.close()
    fresh = seat.new_page()
    fresh.goto(address)
    expect(fresh.locator("#id_note")).to_have_value("老人喘不上气,女儿在路上")
    expect(fresh.locator('input[name="triage_T2"]:checked')).to_have_value("hard")
    expect(fresh.locator(".way")).to_contain_text("Help now")
    expect(fresh.locator(".notice.alarm")).to_have_count(1)


def test_without_network_the_words_wait_on_the_device(seat: BrowserContext) -> None:
    page = seat.new_page()
    address = call(page)
    kept(page)
    seat.set_offline(True)
    page.locator("#id_note").fill("网络断了也要记下")
    expect(page.locator("[data-saved]")).to_have_text("No network: kept on this device")
    stored = page.evaluate(
        "async () => { const base = await new Promise((done) => { const open = indexedDB.open('songhe'); open.onsuccess = () => done(open.result); });"
        " return new Promise((done) => { const all = base.transaction('drafts').objectStore('drafts').getAll(); all.onsuccess = () => done(JSON.stringify(all.result)); }); }"
    )
    assert "desk:" in stored
    assert "网络" not in stored, "encrypted"
    page.close(run_before_unload=False)
    seat.set_offline(False)
    fresh = seat.new_page()
    fresh.goto(address)
    expect(fresh.locator("#id_note")).to_have_value("网络断了也要记下")
    kept(fresh)
    fresh.reload()
    expect(fresh.locator("#id_note")).to_have_value("网络断了也要记下")


def test_two_tabs_ask_before_one_overwrites_the_other(seat: BrowserContext) -> None:
    one = seat.new_page()
    address = call(one)
    kept(one)
    two = seat.new_page()
    two.goto(address)
    kept(two)
    one.locator("#id_note").fill("甲写的")
    one.locator("#id_note").blur()
    kept(one)
    two.locator("#id_note").fill("乙写的")
    expect(two.locator(".differs")).to_contain_text("甲写的")
    two.get_by_role("button", name="Keep mine").click()
    kept(two)
    one.reload()
    expect(one.locator("#id_note")).to_have_value("乙写的")
