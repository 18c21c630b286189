"""The map's script in a browser: squares of a tile server lie where their corners are, and are not asked for unasked."""

from __future__ import annotations

import json
from math import atan, cos, degrees, exp, pi, radians
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Request, Route
from tests.areas.circle.made import HERE
from tests.browser import browser
from tests.house.source import ROOT

__all__ = ["browser"]

pytestmark = [pytest.mark.journey, pytest.mark.long]
WIDE, TALL, HALF = 800, 600, 0.05
SCRIPT = ROOT / "src/songhe/areas/circle/static/circle/map.js"
PICTURE = ROOT / "src/songhe/kit/static/kit/icons/app-192.png"
SERVER = "https://tiles.example.cn/"
RING = [[HERE.lon + x * HALF, HERE.lat + y * HALF] for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
NOTED = """
window.drawn = [];
const draw = CanvasRenderingContext2D.prototype.drawImage;
CanvasRenderingContext2D.prototype.drawImage = function (picture, ...at) { drawn.push([picture.src, ...at]); draw.call(this, picture, ...at); };
"""


def looked_at(browser: Browser, more: str) -> tuple[list[Any], list[str], str]:
    """What was drawn of pictures, what was fetched from elsewhere, and the words on the map."""
    page = browser.new_page(viewport={"width": WIDE, "height": TALL})
    abroad: list[str] = []
    page.on("request", lambda one: _note(one, abroad))
    page.route("**/*", lambda route: _answer(route, more))
    page.add_init_script(NOTED)
    page.goto("http://map.test/")
    page.wait_for_selector("[data-ready]")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(200)
    found = page.evaluate("drawn"), abroad, page.locator("[data-map]").inner_text()
    page.close()
    return found


def _note(request: Request, abroad: list[str]) -> None:
    if not request.url.startswith("http://map.test/"):
        abroad.append(request.url)


def _answer(route: Route, more: str) -> None:
    url = route.request.url
    if url.startswith(SERVER):
        route.fulfill(path=PICTURE)
    elif url.endswith("map.js"):
        route.fulfill(path=SCRIPT, content_type="text/javascript")
    elif "hexes" in url:
        cells = [["89", 10, 5, RING]]
        route.fulfill(body=json.dumps({"cells": cells, "resolution": 9, "fewest": 5}))
    elif "sites" in url:
        route.fulfill(body=json.dumps({"sites": []}))
    elif "streets" in url:
        route.fulfill(body=b"")
    else:
        route.fulfill(
            content_type="text/html",
            body=f"""<!doctype html><meta charset="utf-8"><body style="margin:0"><div data-map data-words="{{}}" data-hexes="/hexes?" data-sites="/sites?"
            data-streets="/streets/0/0/0" {more} style="width:{WIDE}px;height:{TALL}px;position:relative">
            <div class="circle-plain"></div></div><script type="module" src="/map.js"></script>""",
        )


def test_squares_lie_between_their_own_corners(browser: Browser) -> None:
    drawn, abroad, words = looked_at(
        browser, f'data-tiles="{SERVER}{{z}}/{{x}}/{{y}}.png" data-source="© 某图 2026"'
    )
    assert "© 某图 2026" in words
    assert {one[0] for one in drawn} == set(abroad), "all that was fetched is seen"
    wide = cos(radians(HERE.lat))
    scale = 0.92 * min(WIDE / (2 * HALF * wide), TALL / (2 * HALF))
    bare = np.ones((TALL, WIDE), bool)
    for address, left, top, width, height in drawn:
        level, column, row = (int(part) for part in address.removeprefix(SERVER)[:-4].split("/"))
        edges = [(column + n) / 2**level * 360 - 180 for n in (0, 1)]
        ends = [degrees(2 * atan(exp(pi * (1 - 2 * (row + n) / 2**level))) - pi / 2) for n in (0, 1)]
        x = [WIDE / 2 + (lon - HERE.lon) * wide * scale for lon in edges]
        y = [TALL / 2 - (lat - HERE.lat) * scale for lat in ends]
        assert [left, left + width, top, top + height] == pytest.approx([*x, *y], abs=0.51)
        assert 170 < width < 380, "letters on the squares can be read"
        bare[max(top, 0) : top + height, max(left, 0) : left + width] = False
    assert not bare.any(), "without a seam"


def test_without_a_server_nothing_is_fetched_from_elsewhere(browser: Browser) -> None:
    drawn, abroad, _words = looked_at(browser, "")
    assert drawn == []
    assert abroad == []
