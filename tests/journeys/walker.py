"""Walking through pages as a person does, with an eye on accessibility and on what the browser complains about."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from songhe.site.demo.cast import SHOWN, cast
from songhe.site.demo.places import Places, read_places

SERIOUS = ("serious", "critical")
REGIONS = Path(__file__).resolve().parents[2] / "data" / "regions"
LOCALES = {"zh": "zh-CN", "en": "en-GB"}


class Walker:
    """One person at one screen. `language` is zh or en; `width` the screen's in pixels."""

    def __init__(
        self,
        browser: Browser,
        site: str,
        *,
        language: str,
        width: int = 1440,
        place: tuple[float, float] | None = None,
    ) -> None:
        geolocation = {"longitude": place[0], "latitude": place[1], "accuracy": 15} if place else None
        self.context: BrowserContext = browser.new_context(
            base_url=site,
            viewport={"width": width, "height": 844 if width < 500 else 900},
            locale=LOCALES[language],
            geolocation=geolocation,
            permissions=["geolocation"] if place else [],
            is_mobile=width < 500,
            has_touch=width < 500,
            accept_downloads=True,
        )
        self.page: Page = self.context.new_page()
        self.language, self.width = language, width
        self.complaints: list[str] = []
        self.barriers: dict[str, list[str]] = {}
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error}"))
        self.page.on("console", self._heard)

    def enter(self, login: str) -> None:
        """Log in as one of the demo's people, named by what their button says."""
        self.page.goto("/login/")
        if not (self.page.locator("html").get_attribute("lang") or "").startswith(self.language):
            with led_on(self.page):
                self.page.locator("button[name=language]").first.click()
        assert (self.page.locator("html").get_attribute("lang") or "").startswith(self.language)
        self.page.locator("button[name=user]", has_text=login).first.click()
        self.page.wait_for_url(re.compile(r"/(?!login)"))
        self.look()

    def leave(self) -> None:
        """Close this person's browser and say nothing is wrong with what was seen."""
        self.context.close()
        assert not self.complaints, self.complaints
        assert not self.barriers, self.barriers

    def go(self, path: str) -> None:
        """Open an address and look at it."""
        answer = self.page.goto(path)
        assert answer is not None and answer.ok, f"{path}: {answer and answer.status}"
        self.look()

    def follow(self, link: Locator) -> None:
        """Follow a link to another page and look at it."""
        link.click()
        self.page.wait_for_load_state()
        self.look()

    def look(self) -> None:
        """No page scrolls sideways."""
        self.page.wait_for_load_state("load")
        self._blame(self._too_wide())

    def look_closely(self) -> None:
        """Nor does anything serious stand in a disabled person's way, and a phone shows the same page; the screen is
        then as it was.
        """
        found = Axe().run(self.page).response["violations"]
        self._blame(
            [f"{item['id']}: {item['nodes'][0]['html'][:160]}" for item in found if item["impact"] in SERIOUS]
        )
        size = self.page.viewport_size
        assert size
        self.page.set_viewport_size({"width": 390, "height": 844})
        self._blame(self._too_wide())
        self.page.set_viewport_size(size)

    def _too_wide(self) -> list[str]:
        wide, width = self.page.evaluate(
            "(all => [all.scrollWidth, all.clientWidth])(document.documentElement)"
        )
        return [f"scrolls sideways by {wide - width} px at {width} px"] if wide > width + 1 else []

    def _blame(self, barriers: list[str]) -> None:
        if barriers:
            self.barriers.setdefault(self.page.url, []).extend(barriers)

    def fill(self, **values: str) -> None:
        """Fill in fields by their names; of a choice, the value or, with a leading #, its place."""
        for name, value in values.items():
            field = self.page.locator(f"main [name='{name}']").first
            tag = field.evaluate("node => node.tagName + ':' + node.type")
            if tag.startswith("SELECT"):
                field.select_option(index=int(value[1:])) if value.startswith("#") else field.select_option(
                    value
                )
            elif tag.endswith((":radio", ":checkbox")):
                choices = self.page.locator(f"main [name='{name}']")
                wanted = (
                    choices.nth(int(value[1:]) - 1)
                    if value.startswith("#")
                    else choices.and_(self.page.locator(f"[value='{value}']"))
                )
                wanted.first.check(force=True)
            else:
                field.fill(value)

    def pick(self, name: str, words: str) -> None:
        """Choose a row in a picker by typing."""
        box = self.page.locator(f"main [name='{name}__words']")
        box.fill("")
        box.press_sequentially(words, delay=20)
        choice = self.page.locator(f"main .matches [name='{name}']").first
        choice.wait_for(state="attached")
        choice.check(force=True)

    def press(self, button: str = "main form.form .form-foot button") -> None:
        """Send the form that the button belongs to."""
        with led_on(self.page):
            self.page.locator(button).first.click()
        faults = self.page.locator("main .refusal, main .fault").all_inner_texts()
        # The page's own word for it: the browser's driver loses the answer of a form that was led on, at times.
        status = self.page.evaluate("performance.getEntriesByType('navigation')[0].responseStatus")
        assert 200 <= status < 300, (self.page.url, status, faults)
        self.look()

    def wait_until(self, path: str, found: str, *, seconds: int = 60) -> None:
        """Reload a page until something is on it; work in the background needs its time."""
        for _ in range(seconds * 2):
            self.page.goto(path)
            if self.page.locator(found).count():
                return
            self.page.wait_for_timeout(500)
        raise AssertionError(f"{found} did not appear on {path}")

    @property
    def path(self) -> str:
        """The address of the page without the site's and without its question."""
        return re.sub(r"^https?://[^/]+|[?#].*$", "", self.page.url)

    def says(self, text: str) -> None:
        """The page shows a text."""
        assert text in self.page.locator("main").inner_text(), f"{text!r} is not on {self.page.url}"

    def shot(self, name: str) -> None:
        """Keep a picture of the screen, where a folder is named for them."""
        folder = os.environ.get("SONGHE_SHOTS")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=f"{folder}/{self.language}-{name}-{self.width}.png")

    def _heard(self, message: object) -> None:
        kind, text = getattr(message, "type", ""), getattr(message, "text", "")
        if kind == "error":
            self.complaints.append(f"{self.page.url}: {text}")


class Company:
    """People of the demo's cast at their screens; each stays open, as it does in an office."""

    def __init__(self, browser: Browser, site: str, *, language: str) -> None:
        self.browser, self.site, self.language = browser, site, language
        self.places: Places = read_places(REGIONS, "371000")
        self.names = {seat.username: seat.name for seat in cast(self.places, seed=1)}
        self.open: dict[tuple[str, int], Walker] = {}

    def as_(self, username: str, *, width: int = 1440, place: tuple[float, float] | None = None) -> Walker:
        """Somebody of the cast at their screen."""
        if (username, width) not in self.open:
            walker = Walker(self.browser, self.site, language=self.language, width=width, place=place)
            walker.enter(self.names[username])
            self.open[username, width] = walker
        return self.open[username, width]

    def leave(self) -> None:
        """Everybody closes their browser and says that nothing is wrong with what was seen."""
        while self.open:
            self.open.popitem()[1].leave()

    def drop(self) -> None:
        """Close what is still open, whatever was seen."""
        for walker in self.open.values():
            walker.context.close()

    def serving(self) -> str:
        """The name of the organisation whose dispatcher and workers the demo shows."""
        return f"{self.places.counties[SHOWN['371000'] * 10**6]}幸福到家养老服务有限公司"


@contextmanager
def led_on(page: Page) -> Iterator[None]:
    """What is done inside leads to another document; it is there and loaded afterwards.

    The browser's driver calls it a navigation also when a page only changes its own address, and would look at the
    old document while the new one comes: so the old one is marked, and its successor waited for.
    """
    page.evaluate("document.documentElement.dataset.left = ''")
    yield
    page.locator("html:not([data-left])").wait_for(state="attached")
    page.wait_for_load_state()


def wait_until_kept(page: Page) -> None:
    """Wait until the service worker is in charge and has kept the day and the files it uses."""
    asked = (
        "async () => { for (let i = 0; i < 100; i++) {"
        " if (navigator.serviceWorker.controller && await SongheStore.get('pages', '/today/')) return true;"
        " await new Promise((done) => setTimeout(done, 100)); } return false; }"
    )
    for _try in range(4):
        if page.evaluate(asked):
            page.reload()
            page.wait_for_timeout(500)
            return
        page.reload()
    raise AssertionError("the day was not kept")


def sent(stop: Locator, verb: str) -> None:
    """Press the button of a form and wait for the page that follows."""
    with led_on(stop.page):
        stop.locator(f"form[action$='/{verb}/'] > button").click()
    stop.page.wait_for_timeout(200)


def tick_everything(walker: Walker) -> None:
    """Answer every question of the form: the middle choice of those offered, none of what may happen."""
    walker.page.evaluate(
        """() => {
          const groups = {};
          for (const box of document.querySelectorAll("#sheet input[type=radio]")) (groups[box.name] ||= []).push(box);
          for (const boxes of Object.values(groups)) boxes[Math.floor(boxes.length / 2)].checked = true;
          for (const box of document.querySelectorAll("#sheet input[type=number]")) box.value = box.max > 10 ? "" : "0";
          for (const box of document.querySelectorAll("#sheet input[type=checkbox][value=none]")) box.checked = true;
          for (const box of document.querySelectorAll("#sheet input[type=text]")) box.value = "本人";
        }"""
    )
