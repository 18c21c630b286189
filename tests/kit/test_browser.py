"""Through a real browser: readable to all, dialogs, live filters, keys, and a phone that loses its network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, expect
from tests.browser import browser
from tests.served import served

from songhe.site.postgres import Temporary

__all__ = ["browser"]

pytestmark = [pytest.mark.journey, pytest.mark.long]
ALL_RULES = {"resultTypes": ["violations"]}
COLOUR_RULES = ALL_RULES | {"runOnly": ["color-contrast", "link-in-text-block"]}
"""Dark pages have the same markup as light ones, which were asked everything."""


@pytest.fixture(scope="module")
def site(cluster: Temporary, key_file: Path, django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The address of a server with two small records and seventy rows."""
    with served("tests.kit.serve", cluster, key_file, django_db_blocker) as address:
        yield address


@pytest.fixture(scope="module")
def entered(site: str, browser: Browser) -> StorageState:
    """What a browser keeps after logging in with one click, in English."""
    context = browser.new_context(base_url=site)
    context.add_cookies([{"name": "django_language", "value": "en", "url": site}])
    page = context.new_page()
    page.goto("/login/")
    page.get_by_role("button", name="陈静").click()
    page.wait_for_url(site + "/")
    kept = context.storage_state()
    context.close()
    return kept


@pytest.fixture
def phone(site: str, browser: Browser, entered: StorageState) -> Iterator[BrowserContext]:
    """A narrow screen, logged in; any message on the console fails the test."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, base_url=site, storage_state=entered
    )
    said: list[str] = []
    context.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    context.on("weberror", lambda fault: said.append(str(fault.error)))
    yield context
    context.close()
    expected = ("422", "404", "ERR_INTERNET_DISCONNECTED")
    assert [text for text in said if not any(sign in text for sign in expected)] == []


def first_row(page: Page) -> str:
    """Open the list; the address of its first row."""
    page.goto("/ties/")
    return page.locator("table.grid td a").first.get_attribute("href") or ""


@pytest.mark.parametrize("width", [390, 1440])
def test_pages_are_accessible_and_never_wider_than_the_screen(phone: BrowserContext, width: int) -> None:
    page = phone.new_page()
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(reduced_motion="reduce")  # colours change at once
    row = first_row(page)
    for address in (
        "/",
        "/ties/",
        "/ties/?kind=kin",
        row,
        f"{row}carry/",
        "/ties/do/begin/",
        "/me/",
        "/nothing/",
    ):
        page.goto(address)
        assert barriers(page) == {"light": [], "dark": []}, address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    page.context.clear_cookies(name="sessionid")
    page.goto("/login/")
    assert barriers(page) == {"light": [], "dark": []}


def barriers(page: Page) -> dict[str, list[str]]:
    """What stands in somebody's way, in light and in dark colours; the page is light again afterwards."""
    light = Axe().run(page, options=ALL_RULES).response["violations"]
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate("(options) => axe.run(options)", COLOUR_RULES)["violations"]
    page.emulate_media(color_scheme="light")
    return {
        colours: [f"{fault['id']}: {fault['nodes'][0]['html'][:200]}" for fault in found]
        for colours, found in (("light", light), ("dark", dark))
    }


def test_filters_answer_at_once_and_stay_in_the_address(phone: BrowserContext) -> None:
    page = phone.new_page()
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto("/ties/")
    expect(page.locator(".count")).to_have_text("1–50 of 70")
    page.get_by_label("Kind").select_option("kin")
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    assert page.url.endswith("/ties/?kind=kin")
    page.reload()
    expect(page.get_by_label("Kind")).to_have_value("kin")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()


def test_a_dialog_asks_refuses_and_closes(phone: BrowserContext) -> None:
    page = phone.new_page()
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(first_row(page))
    page.get_by_role("link", name="Carry").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Carry")).to_be_visible()
    box = dialog.get_by_role("searchbox")
    expect(box).to_be_focused()
    box.fill("村")
    expect(dialog.get_by_role("radio")).to_have_count(12)
    dialog.get_by_role("button", name="Carry").click()
    expect(dialog.get_by_text("Several match")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("link", name="Carry")).to_be_focused()


def test_the_menu_opens_on_a_phone(phone: BrowserContext) -> None:
    page = phone.new_page()
    page.goto("/ties/")
    link = page.get_by_role("navigation", name="Main").get_by_role("link", name="Ties", exact=True)
    expect(link).to_be_hidden()
    page.get_by_text("Menu").click()
    expect(link).to_be_visible()


def expect_kept(page: Page, address: str) -> None:
    """Wait until the service worker is in charge and has kept a page; a page opened while it started is loaded again."""
    asked = (
        "async (address) => { for (let i = 0; i < 100; i++) {"
        " if (navigator.serviceWorker.controller && await SongheStore.get('pages', address)) return true;"
        " await new Promise((done) => setTimeout(done, 100)); } return false; }"
    )
    for _try in range(4):
        if page.evaluate(asked, address):
            return
        page.reload()
    pytest.fail(f"not kept: {address}")


def test_work_without_network_is_sent_once_when_it_is_back(phone: BrowserContext) -> None:
    page = phone.new_page()
    row = first_row(page)
    page.goto(row)
    expect_kept(page, f"{row}close/")
    phone.set_offline(True)
    for _twice in range(2):
        page.goto(f"{row}close/")
        page.get_by_role("button", name="End").click()
        page.wait_for_url(f"**{row}")
    light = page.locator("[data-queue-count]").first
    expect(light).to_have_text("2 waiting")
    kept = page.evaluate(
        "new Promise((done) => { indexedDB.open('songhe').onsuccess = (event) => {"
        " event.target.result.transaction('queue').objectStore('queue').getAll().onsuccess = (found) =>"
        " done(found.target.result.map((item) => Object.keys(item).sort().join())); }; })"
    )
    assert kept == ["body,iv,number,who"] * 2
    phone.set_offline(False)
    expect(light).to_have_text("1 not accepted", timeout=10_000)
    page.goto(row)
    expect(page.get_by_role("link", name="End")).to_have_count(0)
    left = page.evaluate("SongheStore.all('queue').then((rows) => rows.map((row) => row.value.reason))")
    assert len(left) == 1
    assert "not possible in the present state" in left[0]
