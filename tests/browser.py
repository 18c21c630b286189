"""Headless Chromium for the tests that look through a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PATIENCE = 180_000
"""Milliseconds until the browser is there; a machine that builds a city at the same time is slow."""
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window, gone with the module's last test.

    The driver keeps an event loop running in this thread, and Django refuses to touch the database beside one:
    no test that follows may find it.
    """
    if not CHROMIUM:
        pytest.skip("Journeys need Chromium: apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS, timeout=PATIENCE)
        yield opened
        opened.close()
