"""Agents at work: each listens on a stream of their own, and does at the desk what an agent does."""

from __future__ import annotations

import http.client
import json
import queue
import re
import socket
import threading
import time
from collections import defaultdict
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from tests.bench.browsing import Visitor

IDLE_SECONDS = 5.0
STEPS = (
    "what rings",
    "open the call",
    "the call's screen",
    "its near by",
    "send the order",
    "back at the desk",
)


class Agent:
    """One seat: a stream that waits for news, and a worker that opens what is answered and orders."""

    def __init__(self, username: str, port: int) -> None:
        self.visitor = Visitor(username, port, {})
        self.port = port
        self.taken: dict[str, list[float]] = defaultdict(list)
        self.pops: list[float] = []
        self.faults: list[str] = []
        self.orders = self.refused = 0
        self.todo: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self.ready = threading.Event()
        self._line: socket.socket | None = None
        self._over = False
        self._asked = 0.0

    def begin(self) -> list[threading.Thread]:
        """Log in, listen, and be ready to work."""
        self.visitor.log_in()
        threads = [threading.Thread(target=work, daemon=True) for work in (self._listen, self._work)]
        for thread in threads:
            thread.start()
        return threads

    def end(self) -> None:
        """Finish what waits, then stop."""
        self.todo.put(None)

    def hang_up(self) -> None:
        """Leave the stream."""
        self._over = True
        if self._line is not None:
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)
            self._line.close()

    def _listen(self) -> None:
        cookies = "; ".join(f"{name}={value}" for name, value in self.visitor.cookies.items())
        try:
            stream = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
            stream.request("GET", "/live/seat/", headers={"Cookie": cookies})
            self._line = stream.sock
            answer = stream.getresponse()
            if answer.status != 200:
                raise http.client.HTTPException(f"the stream: {answer.status}")
            for raw in answer:
                line = raw.decode().rstrip("\n")
                self.ready.set()
                if line.startswith("data: "):
                    self._heard(json.loads(line.removeprefix("data: ")))
        except (OSError, http.client.HTTPException, ValueError) as fault:
            if not self._over:
                self.faults.append(f"stream: {fault}")
        self.ready.set()

    def _heard(self, news: dict[str, Any]) -> None:
        if news.get("state") == "ringing" and news.get("mine"):
            self.pops.append((time.time() - datetime.fromisoformat(news["at"]).timestamp()) * 1000)
        elif news.get("state") == "talking" and news.get("mine"):
            self.todo.put(news["session"])

    def _work(self) -> None:
        seen: set[str] = set()
        while (session := self.todo.get()) is not None:
            if session in seen:
                continue
            seen.add(session)
            try:
                self._serve(session)
            except (OSError, http.client.HTTPException, AssertionError) as fault:
                self.faults.append(f"{type(fault).__name__}: {fault}"[:300])
                self.visitor.line.close()

    def _serve(self, session: str) -> None:
        self._ask("what rings", "GET", "/seat/now/")
        token = self.visitor.cookies["csrftoken"]
        status, _text, place = self._ask(
            "open the call", "POST", f"/desk/line/{session}/", {"csrfmiddlewaretoken": token}
        )
        assert status == 302 and place, (status, place)
        status, page, _place = self._ask("the call's screen", "GET", place)
        if status == 302:  # passed on to this seat after the seat before had closed it
            return
        assert status == 200, status
        persons = re.findall(r'name="person"[^>]*value="([0-9a-f-]{36})"', page) or re.findall(
            r"person=([0-9a-f-]{36})", page
        )
        if persons:
            self._ask("its near by", "GET", f"{place}near/?person={persons[0]}")
        form = {
            "csrfmiddlewaretoken": token, "relation": "self", "organisation": "later", "note": "约一次上门服务",
            "purpose": "order" if persons else "enquiry", "outcome": "answered", "person": persons[0] if persons else "",
        }  # fmt: skip
        if persons:
            form |= {"item": "0103", "window": "tomorrow_am", "paid_by": "self"}
        status, page, _place = self._ask("send the order", "POST", place, form)
        if status == 422 and persons:  # ordered already: an agent says so, and closes the call as an enquiry
            self.refused += 1
            form |= {"purpose": "enquiry", "item": "", "window": "", "paid_by": ""}
            status, page, _place = self._ask("send the order", "POST", place, form)
        elif status == 302 and persons:
            self.orders += 1
        assert status == 302, (status, re.sub(r"<[^>]+>|\s+", " ", page[page.find("refusal") :])[:200])
        self._ask("back at the desk", "GET", "/desk/")

    def _ask(
        self, step: str, method: str, path: str, form: dict[str, str] | None = None
    ) -> tuple[int, str, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.visitor.cookies.items())}
        body = urlencode(form) if form is not None else None
        if body is not None:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Referer": f"http://127.0.0.1:{self.port}{path}",
            }
        if time.monotonic() - self._asked > IDLE_SECONDS:
            self.visitor.line.close()  # a browser, too, takes a new connection when the server has closed the old one
        self._asked = time.monotonic()
        began = time.perf_counter()
        self.visitor.line.request(method, path, body, headers)
        answer = self.visitor.line.getresponse()
        text = answer.read().decode()
        self.taken[step].append((time.perf_counter() - began) * 1000)
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _sign, rest = value.partition("=")
                self.visitor.cookies[key] = rest.partition(";")[0]
        assert answer.status < 500, (step, answer.status)
        return answer.status, text, answer.headers.get("Location", "")
