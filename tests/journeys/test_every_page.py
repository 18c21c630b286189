"""Every page that anybody of the demo city can reach by links: readable to all, as wide as its screen, no complaints.

Pages that differ by a row alone are looked at once.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser
from tests.journeys.walker import REGIONS, Walker

from songhe.site.demo.cast import cast
from songhe.site.demo.places import read_places

pytestmark = pytest.mark.crawl
SEATS = cast(read_places(REGIONS, "371000"), seed=1)
CAST = {seat.username: seat.name for seat in SEATS}
ROLES = {seat.role: seat.username for seat in sorted(SEATS, key=lambda seat: -len(seat.username))}
ROW = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)\d+(?=/)|(?<=/)\d{4}-\d\d(-\d\d)?(?=/)")
FILE = re.compile(r"\.(pdf|csv|xlsx|zip|ics|json)$|^/files/")
"""What a browser shows or keeps by itself; there is no page of ours to look at."""
OK = 200
LEAST = 5
"""Pages of whoever sees the least; fewer means that the links were not found."""


def shape(path: str) -> str:
    """An address without what tells rows apart."""
    return ROW.sub("*", path.partition("?")[0])


def links(walker: Walker) -> list[str]:
    """Addresses of ours that this page leads to."""
    found: list[str] = walker.page.eval_on_selector_all(
        "a[href]", "all => all.map(a => new URL(a.getAttribute('href'), document.baseURI).href)"
    )
    base = re.match(r"https?://[^/]+", walker.page.url)
    assert base
    ours = (
        address.removeprefix(base[0]).partition("#")[0] for address in found if address.startswith(base[0])
    )
    return [path for path in ours if "format=" not in path]


@pytest.fixture(scope="module")
def seen() -> set[str]:
    """Shapes of pages that somebody has looked at already."""
    return set()


@pytest.mark.parametrize("username", ROLES.values(), ids=ROLES)
def test_every_page(browser: Browser, site: str, username: str, seen: set[str]) -> None:
    walker = Walker(browser, site, language="zh")
    walker.enter(CAST[username])
    waiting, opened, dead = [("/", path) for path in links(walker)], {"/"}, list[str]()
    while waiting:
        source, path = waiting.pop(0)
        if shape(path) in opened:
            continue
        opened.add(shape(path))
        status = visited(walker, path)
        if status != OK:
            dead.append(f"{source} leads to {path}: {status}")
        elif walker.page.url.endswith(path):
            waiting += [(path, link) for link in links(walker)]
            if shape(path) not in seen:
                seen.add(shape(path))
                walker.look()
                walker.look_closely()
    assert len(opened) >= LEAST
    assert not dead, dead
    walker.leave()


def visited(walker: Walker, path: str) -> int:
    """The status of a page, which is then open, or of a file, which is not."""
    if FILE.search(path.partition("?")[0]):
        return walker.context.request.get(path).status
    answer = walker.page.goto(path)
    assert answer is not None
    return answer.status
