"""The planner's board and the figures of work through a browser: readable to all, as wide as the screen, in both languages."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from tests.journeys.walker import Walker
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


def shot(walker: Walker, name: str) -> None:
    """A picture where a folder for pictures is named."""
    if folder := os.environ.get("SONGHE_SHOTS"):
        path = Path(folder) / f"{name}-{walker.language}-{walker.width}.png"
        walker.page.screenshot(path=str(path), full_page=True)
