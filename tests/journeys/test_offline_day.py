"""A worker's day without network, through a real browser: three homes, one sending, everything once."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect
from tests.browser import browser
from tests.journeys.walker import sent, wait_until_kept
from tests.served import served

from songhe.site.postgres import Temporary

__all__ = ["browser"]

pytestmark = [pytest.mark.journey, pytest.mark.long]
DOOR = {"longitude": 122.4211, "latitude": 37.1611, "accuracy": 12}
NAMES = ("刘长河", "陈海燕", "孙德福")


@pytest.fixture(scope="module")
def town(cluster: Temporary, key_file: Path, django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The address of a server with a worker's day."""
    with served("tests.journeys.day_serve", cluster, key_file, django_db_blocker) as address:
        yield address


@pytest.fixture
def phone(town: str, browser: Browser) -> Iterator[BrowserContext]:
    """A phone that knows where it is; in English."""
    context = browser.new_context(
        base_url=town,
        viewport={"width": 390, "height": 844},
        is_mobile=True,
        has_touch=True,
        geolocation=DOOR,  # type: ignore[arg-type]  # numbers
        permissions=["geolocation"],
    )
    context.add_cookies([{"name": "django_language", "value": "en", "url": town}])
    yield context
    context.close()


def enter(page: Page, name: str) -> None:
    page.goto("/login/")
    page.get_by_role("button", name=name).click()
    page.wait_for_url(re.compile(r"/(today/|$)"))


def shot(page: Page, name: str) -> None:
    if folder := os.environ.get("SONGHE_SHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def stop_of(page: Page, name: str) -> Locator:
    return page.locator("article.stop", has_text=name)


def serve(page: Page, name: str) -> None:
    """Arrive, tick, write, leave; each step is on the page although none was sent."""
    stop = stop_of(page, name)
    expect(stop.get_by_role("button", name="Check out")).to_be_hidden()
    sent(stop, "check_in")
    expect(stop.get_by_role("button", name="Check in")).to_be_hidden()
    stop.get_by_label("Room is warm, water tried by hand").check()
    sent(stop, "tick_tasks")
    expect(stop.get_by_label("Room is warm, water tried by hand")).to_be_checked()
    stop.get_by_text("Note", exact=True).click()
    stop.get_by_label("What was done").fill(f"助浴完成 {name}")
    shot(page, f"offline-work-{NAMES.index(name)}")
    sent(stop, "add_note")
    sent(stop, "check_out")
    expect(stop.get_by_text("Finished on this phone")).to_be_visible()


def test_a_press_after_a_refusal_says_where_the_phone_is_by_then(phone: BrowserContext) -> None:
    page = phone.new_page()
    enter(page, "张桂兰")
    page.goto("/today/")
    said: list[str] = []

    def refuse(route: Route) -> None:
        said.append(route.request.post_data or "")
        route.fulfill(status=422, json={"text": "Not yet."})

    page.route("**/check_in/", refuse)
    stop = stop_of(page, "赵玉珍")
    button = stop.locator("form[action$='/check_in/'] > button")
    for place in ({"longitude": 122.5, "latitude": 37.2, "accuracy": 12}, DOOR):
        phone.set_geolocation(place)  # type: ignore[arg-type]  # numbers
        with page.expect_response("**/check_in/"):
            button.click()
        expect(stop.get_by_text("Not yet.")).to_be_visible()
        expect(button).to_be_enabled()
    first, second = said
    assert "37.200000" in first
    assert "37.161100" in second
    assert "37.200000" not in second


def test_a_day_without_network_is_sent_once_and_ends_as_visits(phone: BrowserContext) -> None:
    page = phone.new_page()
    enter(page, "王秀英")
    page.goto("/today/")
    wait_until_kept(page)
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shot(page, "day")
    small = page.locator(".day :is(button, a.button, summary):visible").evaluate_all(
        "all => all.filter((one) => one.getBoundingClientRect().height < 48).map((one) => one.outerHTML.slice(0, 90))"
    )
    assert small == []
    page.close()

    phone.set_offline(True)
    page = phone.new_page()
    page.goto("/today/")
    expect(page.get_by_role("heading", name="刘长河")).to_be_visible()
    assert page.locator("article.stop").count() == 3
    for name in NAMES:
        serve(page, name)
    light = page.locator("[data-queue-count]").first
    expect(light).to_have_text("12 waiting")
    shot(page, "offline-done")

    def killed(route: Route) -> None:
        route.fetch()  # the server hears it, the phone never learns
        route.abort()

    page.route("**/tick_tasks/", killed, times=1)
    phone.set_offline(False)
    page.wait_for_timeout(1500)
    page.unroute_all(behavior="wait")  # a page that is closed amid it may leave the browser waiting for ever
    page.close()
    page = phone.new_page()
    page.goto("/today/")
    expect(page.locator("article.stop .badge.ok", has_text="Done")).to_have_count(3, timeout=30_000)
    page.wait_for_function("SongheStore.count('queue').then((left) => left === 0)", timeout=10_000)
    shot(page, "sent")
    page.goto("/visits/")
    page.locator("table.grid td a").first.click()
    expect(page.get_by_text("助浴完成")).to_have_count(1)


def test_a_shared_phone_keeps_its_users_apart(phone: BrowserContext) -> None:
    page = phone.new_page()
    enter(page, "王秀英")
    page.goto("/today/")
    wait_until_kept(page)
    page.evaluate(
        "SongheStore.put('queue', { user: document.documentElement.dataset.user, url: '/x/', fields: [],"
        " at: new Date(Date.now() - 4 * 864e5).toISOString(), title: 'old', state: 'waiting', key: 'k' })"
    )
    page.reload()
    expect(page.get_by_text("Older than three days")).to_be_visible()
    first = page.locator("html").get_attribute("data-user")
    page.get_by_text("Menu", exact=True).click()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/login/")
    page.wait_for_function("SongheStore.count('pages').then((kept) => kept === 0)", timeout=10_000)
    enter(page, "张桂兰")
    page.goto("/today/")
    wait_until_kept(page)
    expect(page.locator("[data-queue-list] li")).to_have_count(0)
    assert page.evaluate("SongheStore.count('queue')") == 1, "the other's stays the other's"
    page.evaluate("(who) => SongheStore.wipe(who)", first)
    assert page.evaluate("SongheStore.count('queue')") == 0


def test_the_site_can_be_kept_as_an_app(phone: BrowserContext, town: str) -> None:
    page = phone.new_page()
    enter(page, "张桂兰")
    page.goto("/today/")
    address = page.locator("link[rel=manifest]").get_attribute("href")
    told = phone.request.get(town + str(address)).json()
    assert (told["start_url"], told["display"]) == ("/today/", "standalone")
    for icon in told["icons"]:
        assert phone.request.get(town + icon["src"]).ok
