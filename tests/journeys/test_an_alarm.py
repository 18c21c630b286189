"""A pressed bracelet, through the browsers of everybody who has to do with it: the board and the wall ring by themselves, an
agent takes it with a key, calls, sends the neighbour, whose phone says what happens; it ends, is reviewed, and the figures move.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

pytestmark = [pytest.mark.journey, pytest.mark.long]
PATIENCE = 45_000
"""Milliseconds that anything may take on a slow machine."""
ALARM = re.compile("/alarms/[0-9a-f-]{36}/$")


class People:
    """Browsers of people of the demo city, each logged in by one click."""

    def __init__(self, browser: Browser, site: str) -> None:
        self.browser, self.site, self.pages = browser, site, []  # type: tuple[Browser, str, list[Page]]

    def enter(self, name: str, *, width: int = 1440) -> Page:
        """The page of somebody whose entry on the log-in page has these words."""
        context = self.browser.new_context(base_url=self.site, viewport={"width": width, "height": 900})
        context.add_cookies([{"name": "django_language", "value": "en", "url": self.site}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto("/login/")
        page.locator('button[name="user"]', has_text=name).first.click()
        page.wait_for_url(lambda url: "/login" not in url)
        self.pages.append(page)
        return page

    def leave(self) -> None:
        """Close every browser."""
        for page in self.pages:
            page.context.close()


@pytest.fixture
def people(browser: Browser, site: str) -> Iterator[People]:
    found = People(browser, site)
    yield found
    found.leave()


def counted(page: Page) -> tuple[int, int]:
    """How many alarms of today ended, and how many times somebody was on site in time."""
    page.goto("/alarms/figures/?days=1")
    ended = page.locator(".alarm-chips .chip", has_text="False alarms").inner_text()
    site = page.locator("main table").first.locator("tr", has_text="On site within").inner_text()
    on_site = re.search(r"(\d+) / \d+", site)
    assert on_site, site
    return int(ended.split("/")[1]), int(on_site[1])


def sound(page: Page) -> None:
    """Nothing on the page is in the way of anybody, and nothing is wider than the screen."""
    results = Axe().run(page)
    grave = [fault for fault in results.response["violations"] if fault["impact"] in ("serious", "critical")]
    assert not grave, results.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def send(dialog: Locator) -> None:
    """Send the form of a dialog."""
    dialog.locator("form button").first.click()
    expect(dialog).to_have_count(0, timeout=PATIENCE)


def bracelet(care: Page, neighbour: Page) -> tuple[str, str]:
    """Somebody for whom the neighbour cares, and the address of the bracelet on the wrist."""
    for heading in neighbour.locator(".elder h2").all_inner_texts():
        elder = re.split(r"[\n\d]", heading)[0].strip()
        care.goto(f"/devices/?q={elder}&kind=bracelet&installed=1")
        rows = care.locator("table tbody a[href^='/devices/']")
        if rows.count():
            return elder, rows.first.get_attribute("href") or ""
    pytest.fail("Somebody beside the neighbour wears a bracelet.")


def press(care: Page, device: str, elder: str, screens: tuple[Page, ...]) -> None:
    """Press it; every screen rings without being loaded again."""
    for page in screens:
        expect(page.locator("[data-alarm-light]")).to_have_text("Live")
        page.evaluate("window.unmoved = true")
    care.goto(device)
    care.get_by_role("link", name="Simulate a press").click()
    send(care.locator("dialog[open]"))
    for page in screens:
        expect(page.locator(".alarm.rings", has_text=elder)).to_have_count(1)
        expect(page.locator("[data-alarm-rung]")).to_contain_text("Now ringing")
        assert page.evaluate("window.unmoved")


def name_of(helper: Page) -> str:
    """By what name the desk knows somebody who is logged in."""
    found = re.search(r"睦邻 (\w+)", helper.locator("body").text_content() or "")
    assert found is not None
    return found[1]


def answer(board: Page, elder: str, helper: str) -> str:
    """Open the line and take it, each with a key; call in vain, and send the helper, who is free. Returns the address."""
    find = "(all, name) => all.findIndex((one) => one.textContent.includes(name))"
    nth = board.locator(".alarm[data-alarm]").evaluate_all(find, elder)
    if nth < 9:
        board.keyboard.press(str(nth + 1))
    else:
        board.locator(".alarm", has_text=elder).locator(".alarm-who a").click()
    board.wait_for_url(ALARM)
    board.keyboard.press("t")
    following = board.locator(".alarm-ladder > li.next")
    expect(following.locator(".rung-answers")).to_be_visible()
    following.locator("input[name=words]").fill("无人说话")
    following.get_by_role("button", name="No answer").click()
    expect(board.locator(".rung-tried .badge")).to_have_count(1)
    sound(board)
    free = board.locator(".alarm-helpers li", has=board.locator(".badge.ok"), has_text=helper)
    free.first.get_by_role("button", name="Send").click()
    expect(state(board)).to_have_text("Help is sent")
    return board.url


def go(neighbour: Page, elder: str) -> None:
    """The neighbour finds the errand above everything else, and says what happens."""
    neighbour.goto("/my-elders/")
    neighbour.locator(".tasks a.danger", has_text=elder).first.click()
    expect(neighbour.locator("h1")).to_contain_text(elder)
    sound(neighbour)
    steps = {
        "I accept": "Call-out accepted",
        "I am on the way": "On the way",
        "I have arrived": "Help on site",
    }
    for verb, after in steps.items():
        neighbour.get_by_role("button", name=verb).click()
        expect(state(neighbour)).to_have_text(after)
    neighbour.locator("#found").fill("滑倒，无外伤，已扶起")
    neighbour.locator("input[name=leaves]").check()
    neighbour.get_by_role("button", name="Report what was found").click()
    expect(state(neighbour)).to_have_text("Has left")


def ended(page: Page, verb: str, after: str, *, choice: str, words: str = "") -> None:
    """End or review it in its dialog."""
    page.get_by_role("link", name=verb).first.click()
    dialog = page.locator("dialog[open]")
    dialog.locator("select").first.select_option(choice)
    if words:
        dialog.locator("textarea").first.fill(words)
    send(dialog)
    expect(state(page)).to_have_text(after)


def state(page: Page) -> Locator:
    """The badge beside the name."""
    return page.locator("main .lead .badge").first


def test_help_comes_to_whoever_presses_a_bracelet(people: People) -> None:
    expect.set_options(timeout=PATIENCE)
    neighbour, care = people.enter("睦邻", width=390), people.enter("12349热线")
    elder, device = bracelet(care, neighbour)
    over, on_site = counted(care)
    board, wall = people.enter("12349热线"), people.enter("12349热线")
    board.goto("/alarms/board/")
    wall.goto("/alarms/wall/")
    press(care, device, elder, (board, wall))
    sound(board)
    address = answer(board, elder, name_of(neighbour))
    expect(wall.locator(".alarm", has_text=elder)).to_have_attribute("data-state", "sent")
    expect(wall.get_by_role("button", name="Take")).to_have_count(0)
    go(neighbour, elder)
    expect(state(board)).to_have_text("Help on site")
    expect(board.get_by_text("已扶起").first).to_be_visible()
    ended(board, "Resolved", "Resolved", choice="helped", words="邻居扶起，无碍")
    expect(wall.locator(".alarm", has_text=elder)).to_have_count(0)
    inspector = people.enter("监督科")
    inspector.goto(address)
    ended(inspector, "Review", "Reviewed", choice="good")
    assert counted(care) == (over + 1, on_site + 1)
