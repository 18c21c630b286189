"""The planner's board and the figures of work through a browser: readable to all, as wide as the screen, in both languages."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from tests.journeys.conftest import free_port
from tests.journeys.walker import Walker

from songhe.site.postgres import Temporary

pytestmark = [pytest.mark.journey, pytest.mark.long]


@pytest.fixture(scope="module")
def office(cluster: Temporary, key_file: Path) -> Iterator[str]:
    """The address of a server with a published day and an urgent order."""
    cluster.create_database("songhe_board")
    port = free_port()
    env = {
        **os.environ,
        "JOURNEY_OWNER": cluster.dsn("songhe_owner", "songhe_board"),
        "JOURNEY_APP": cluster.dsn("songhe_app", "songhe_board"),
        "JOURNEY_KEYS": str(key_file),
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]),
    }
    program = [sys.executable, "-m", "tests.journeys.board_serve", str(port)]
    with subprocess.Popen(program, env=env, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        yield f"http://127.0.0.1:{port}"
        server.kill()


@pytest.mark.parametrize(("language", "width"), [("en", 1440), ("zh", 390), ("zh", 1440), ("en", 390)])
def test_the_board_can_be_read_and_an_urgent_order_is_fitted_in(
    browser: Browser, office: str, language: str, width: int
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
