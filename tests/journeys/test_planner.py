"""The planner's board and the figures of work through a browser: readable to all, as wide as the screen, in both languages."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from tests.journeys.walker import Walker, led_on
from tests.served import served

from songhe.site.postgres import Temporary

pytestmark = [pytest.mark.journey, pytest.mark.long]


@pytest.fixture(scope="module")
def office(
    cluster: Temporary, key_file: Path, django_db_setup: None, django_db_blocker: Any
) -> Iterator[str]:
    """The address of a server with a published day and an urgent order."""
    with served("tests.journeys.board_serve", cluster, key_file, django_db_blocker) as address:
        yield address


@pytest.mark.parametrize(("language", "width"), [("en", 1440), ("zh", 390), ("zh", 1440), ("en", 390)])
def test_the_board_can_be_read_and_an_urgent_order_is_fitted_in(
    office: str, browser: Browser, language: str, width: int
) -> None:
    walker = Walker(browser, office, language=language, width=width)
    walker.enter("李调度")
    page = walker.page
    page.goto("/planner/")
    walker.look_closely()
    shot(walker, "board")
    page.locator('a[href*="?fit="]').first.click()
    page.wait_for_load_state()
    assert page.locator("#fit form.offer").count() >= 1
    walker.look_closely()
    shot(walker, "fit")
    page.goto("/work-months/")
    walker.look_closely()
    shot(walker, "work")
    walker.leave()


def test_a_visit_is_moved_by_keys_and_by_the_mouse(office: str, browser: Browser) -> None:
    walker = Walker(browser, office, language="en", width=1440)
    walker.enter("李调度")
    page = walker.page
    page.goto("/rosters/?state=draft")
    page.locator("main table tbody a").first.click()
    page.get_by_role("link", name="Open the board").click()
    one, other = (bar.get_attribute("data-line") or "" for bar in page.locator("#board a.stay").all())
    by_keys(page, one)
    by_mouse(page, other)
    assert where(page, one)[1] == "09:30", "the first move stays"
    walker.leave()


def where(page: Page, line: str) -> tuple[str, str]:
    """In whose lane a visit lies, and when it begins."""
    lane = page.locator("#board .lane[data-worker]", has=page.locator(f'a.stay[data-line="{line}"]'))
    hour, minute = (page.locator(f'a.stay[data-line="{line}"]').get_attribute("data-start") or "").split(":")
    return lane.get_attribute("data-name") or "", f"{int(hour):02}:{minute}"


def lanes(page: Page) -> list[str]:
    """Whose lanes there are, from the top."""
    return [lane.get_attribute("data-name") or "" for lane in page.locator("#board .lane[data-worker]").all()]


def tried(page: Page) -> tuple[str, str]:
    """Whom and when the board says the move is for, once it says that it fits."""
    page.locator("[data-said].yes").wait_for()
    found = re.fullmatch(r"(.+) – (\d\d:\d\d): .+", page.locator("[data-said]").inner_text())
    assert found is not None, page.locator("[data-said]").inner_text()
    return found[1], found[2]


def by_keys(page: Page, line: str) -> None:
    """Half an hour later and to the next lane with arrows; Escape leaves it as it was, Enter keeps it."""
    before, names = where(page, line), lanes(page)
    assert before[1] == "09:00"
    turn = 1 if names.index(before[0]) == 0 else -1
    bar = page.locator(f'a.stay[data-line="{line}"]')
    bar.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    assert page.locator(".ghost").count() == 0
    for key in ("ArrowDown" if turn > 0 else "ArrowUp", "Shift+ArrowRight"):
        page.keyboard.press(key)
    wanted = names[names.index(before[0]) + turn], "09:30"
    page.locator("[data-said]", has_text=f"{wanted[0]} – {wanted[1]}").wait_for()
    assert tried(page) == wanted
    with led_on(page):
        page.keyboard.press("Enter")
    assert where(page, line) == wanted
    assert page.locator(f'a.stay[data-line="{line}"] .pin').count() == 1


def by_mouse(page: Page, line: str) -> None:
    """Dragged an hour to the right and to another lane, and let go there."""
    before, names = where(page, line), lanes(page)
    to = names[(names.index(before[0]) + 1) % len(names)]
    bar = page.locator(f'a.stay[data-line="{line}"] .face').bounding_box()
    track = page.locator(f'#board .lane[data-name="{to}"] .track').bounding_box()
    board = page.locator("#board")
    assert bar is not None and track is not None
    since, until = (int(board.get_attribute(f"data-{name}") or 0) for name in ("since", "until"))
    x, y, hour = (
        bar["x"] + bar["width"] / 2,
        bar["y"] + bar["height"] / 2,
        60 * track["width"] / (until - since),
    )
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + hour, track["y"] + track["height"] / 2, steps=12)
    assert page.locator(".ghost").count() == 1
    name, clock = tried(page)
    assert name == to
    with led_on(page):
        page.mouse.up()
    assert where(page, line) == (to, clock)
    assert where(page, line)[1] > before[1]


def shot(walker: Walker, name: str) -> None:
    """A picture where a folder for pictures is named."""
    if folder := os.environ.get("SONGHE_SHOTS"):
        path = Path(folder) / f"{name}-{walker.language}-{walker.width}.png"
        walker.page.screenshot(path=str(path), full_page=True)
