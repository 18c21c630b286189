"""A browser as a desk or a phone has it: pages, their forms as they stand, and a board that listens. What got no answer is sent
again as it was."""

from __future__ import annotations

import json
import re
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from http.client import HTTPException
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

PATIENCE = 300.0
"""Seconds after which somebody gives up whose sending got no answer."""
_AGAIN = 0.2
Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; status 0 where nothing came. ``place`` is where the page leads."""

    status: int = 0
    text: str = ""
    place: str = ""

    @property
    def done(self) -> bool:
        """Whether it was taken: a form that was taken leads on."""
        return self.status == 302 and not self.place.startswith("/login")


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a page with what stands in it."""

    action: str
    fields: dict[str, str]


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Form(given.get("action", ""), {}))
        elif tag == "input" and given.get("type") == "hidden" and given.get("name") and self.found:
            self.found[-1].fields[given["name"]] = given.get("value", "")


def form_of(page: str, verb: str, **wanted: str) -> Form | None:
    """The first form of a page that does a verb, with these fields among its own."""
    reader = _Forms()
    reader.feed(page)
    fitting = (one for one in reader.found if one.action.endswith(f"/{verb}/"))
    return next((one for one in fitting if wanted.items() <= one.fields.items()), None)


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_named: Any) -> None:
        """Let whoever asked see where an answer leads."""


class Browser:
    """Somebody who is logged in. ``again`` counts what was sent once more, ``answers`` every status that came."""

    def __init__(self, site: str) -> None:
        self.site = site
        self._open = build_opener(HTTPCookieProcessor(CookieJar()), _Stay()).open
        self.again = 0
        self.answers: Counter[int] = Counter()
        self.token = ""

    def enter(self, name: str, word: str) -> None:
        """Log in through the page."""
        self.page("/login/")
        said = {"username": name, "password": word, "next": "/", "csrfmiddlewaretoken": self.token}
        answer = self.sent("/login/", said)
        if not answer.done:
            raise RuntimeError(f"{name} could not log in: {answer.status}")

    def once(self, path: str, fields: Fields | None = None) -> Answer:
        """Ask once."""
        body = None if fields is None else urlencode(fields).encode()
        try:
            with self._open(self._request(path, body), timeout=20) as reply:
                answer = Answer(reply.status, reply.read().decode())
        except HTTPError as fault:
            with fault:
                answer = Answer(fault.code, "", fault.headers.get("Location", ""))
        except (OSError, HTTPException):
            answer = Answer()
        self.answers[answer.status] += 1
        return answer

    def sent(self, path: str, fields: Fields | None = None) -> Answer:
        """Ask, and ask again with the same until there is an answer that is no fault of the other side."""
        until = time.monotonic() + PATIENCE
        while (answer := self.once(path, fields)).status == 0 or answer.status >= 500:
            if time.monotonic() > until:
                return Answer()
            self.again += 1
            time.sleep(_AGAIN)
        return answer

    def page(self, path: str) -> str:
        """Read a page; empty where it cannot be seen."""
        text = self.sent(path).text
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', text)
        self.token = found[1] if found else self.token
        return text

    def stream(self, path: str) -> Any:
        """Lines of a stream, as they come."""
        return self._open(self._request(path, None), timeout=30)

    def _request(self, path: str, body: bytes | None) -> Request:
        return Request(self.site + path, data=body, headers={"Accept": "text/html"})  # noqa: S310  our own address


class Board(threading.Thread):
    """An open board: it hears the news of alarms, and after every break says the last number and hears what it missed."""

    def __init__(self, browser: Browser) -> None:
        super().__init__(daemon=True)
        self.browser, self.ended, self.breaks = browser, False, -1
        found = re.search(r'data-last="(\d+)"', browser.page("/alarms/board/"))
        self.last = int(found[1]) if found else 0
        self.told: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def run(self) -> None:
        """Listen until told to stop."""
        while not self.ended:
            try:
                with self.browser.stream(f"/live/alarms/?last={self.last}") as lines:
                    self.breaks += 1
                    self._hear(lines)
            except (OSError, HTTPException):
                time.sleep(_AGAIN)

    def _hear(self, lines: Any) -> None:
        number = 0
        for line in lines:
            if line.startswith(b"id: "):
                number = int(line[4:])
            elif line.startswith(b"data: "):
                news = json.loads(line[6:])
                self.told[news["id"]][news["what"]] += 1
                self.last = max(self.last, number)
