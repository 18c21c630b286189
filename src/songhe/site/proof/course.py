"""The course of an alarm, with parts falling before, amid and after each of its steps: a bracelet is pressed, boards ring, an
agent takes it, calls and sends a neighbour, who accepts, arrives and reports; it ends, and the figures move.

Everybody does what people do with a page or a telephone that does not answer: they send the same again. What was answered must
be there exactly once.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from songhe.site.proof.browser import PATIENCE, Board, Browser, Form, form_of
from songhe.site.proof.counting import Found, counted
from songhe.site.proof.faulty_pages import PLANTED
from songhe.site.proof.installation import Installation, installation
from songhe.site.proof.kills import TARGETS
from songhe.site.proof.senders import Sender, Tally

SIDE = 4
"""Courses that go on side by side."""
STEPS = ("press", "ring", "take", "call", "send", "accept", "arrive", "report", "end")
MOMENTS = ("before", "amid", "after")
"""When a part falls: with the step still to come, with the request on its way, or done with the answer not heard."""
_SIGN, _LOOK = 10.0, 0.2
_TRIES = 5
_VERBS = {"call": "note_call", "end": "resolve"}
_SAID = {
    "call": {"answer": "help", "words": "摔倒，起不来"},
    "arrive": {"lon": "122.1", "lat": "37.4", "accuracy": "12"},
    "report": {"words": "已扶起，无外伤", "leaves": "on"},
    "end": {"reason": "helped", "words": "邻居扶起，无碍"},
}


@dataclass(frozen=True, slots=True)
class Plan:
    """How many courses, and the seed of all chance. ``first``: the number of the first one, where others went before on the
    same installation; ``at``: the steps at which a part falls."""

    courses: int = 20
    seed: int = 1
    fault: str = ""
    first: int = 0
    at: tuple[str, ...] = STEPS


@dataclass(frozen=True, slots=True)
class Fall:
    """Which part falls at a step, when, and how many seconds after the sending where it falls amid."""

    part: str
    moment: str
    lag: float


def falls(plan: Plan) -> Iterator[tuple[range, str, Fall | None]]:
    """What falls at each step of each group of courses; the same again for the same seed. Mostly what the step depends on."""
    chance = random.Random(plan.seed)  # noqa: S311  the seed makes it the same again
    end = plan.first + plan.courses
    for first in range(plan.first, end, SIDE):
        for step in STEPS:
            weights = (5, 3, 1, 1) if step == "press" else (1, 4, 1, 4)
            part = chance.choices(TARGETS, weights)[0]
            fall = Fall(part, chance.choice(MOMENTS), chance.uniform(0.0, 0.15))
            yield range(first, min(first + SIDE, end)), step, fall if step in plan.at else None


def run(plan: Plan, *, say: Callable[[str], None]) -> Found:
    """Make an installation, let the courses go, and count."""
    with installation(devices=plan.courses) as here:
        return tried(here, people_for(here), plan, say=say)


def tried(here: Installation, people: People, plan: Plan, *, say: Callable[[str], None]) -> Found:
    """Let the courses go on an installation that is filled, and count."""
    here.gateway()
    here.web(f"songhe.site.proof.faulty_pages:{PLANTED[plan.fault]}" if plan.fault else "")
    here.worker()
    here.await_ready()
    return asyncio.run(_Courses(here, plan, people, say).run())


def people_for(here: Installation) -> People:
    """Agents, neighbours and elders, made in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "songhe.site.proof.people", str(SIDE)],
        env=here.environment(), capture_output=True, text=True, check=False, cwd="/",
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    found: People = json.loads(done.stdout)
    return found


People = dict[str, Any]
Deed = Callable[[], Awaitable[bool | None]]
"""Sends one step until it is answered: True when it was taken, False when it was refused, None when nothing is to be sent."""


class Course:
    """One alarm: who presses, who takes care, who goes. ``done`` counts the steps that were answered."""

    def __init__(
        self, elder: str, sender: Sender, desk: Browser, helper: Browser, key: str, board: Board
    ) -> None:
        self.elder, self.sender, self.board = elder, sender, board
        self.desk, self.helper, self.key = desk, helper, key
        self.alarm = self.errand = ""
        self.done: Counter[str] = Counter()

    async def ready(self, step: str) -> Deed:
        """What a step sends, as the pages stand now."""
        if step in ("press", "ring"):
            return self._press if step == "press" else self._ring
        browser, form = await self._form(step)
        if form is None:
            return self._granted if step == "take" and self.alarm else self._nothing
        fields = form.fields | _SAID.get(step, {})

        async def sent() -> bool | None:
            answer = await asyncio.to_thread(browser.sent, form.action, fields)
            return answer.done if answer.status else None

        return sent

    async def settle(self, step: str, taken: bool | None) -> None:
        """Look at the pages again where a step was refused, and do what they offer."""
        for _try in range(_TRIES):
            if taken is not False:
                break
            taken = await (await self.ready(step))()
        if taken:
            self.done[step] += 1
        if step == STEPS[-1]:
            await self._heard("ended")

    async def _form(self, step: str) -> tuple[Browser, Form | None]:
        verb = _VERBS.get(step, step)
        if step in ("accept", "arrive", "report"):
            if step == "accept":
                self.errand = await self._newest()
            page = await asyncio.to_thread(self.helper.page, f"/errands/{self.errand}/")
            return self.helper, form_of(page, verb)
        own = f"/alarms/{self.alarm}/"
        page = await asyncio.to_thread(self.desk.page, own)
        take = form_of(page, "take")
        if step == "take":
            return self.desk, take
        if take is not None:  # nothing was seen of the desk for so long that the clock took the alarm away
            await self.settle("take", taken=False)
            page = await asyncio.to_thread(self.desk.page, own)
        if step == "end":
            page = await asyncio.to_thread(self.desk.page, f"{own}resolve/")
        return self.desk, form_of(page, verb, **({"helper": self.key} if step == "send" else {}))

    async def _newest(self) -> str:
        page = await asyncio.to_thread(self.helper.page, "/my-elders/")
        found = re.search(r"/errands/([0-9a-f-]{36})/", page)
        return found[1] if found else ""

    async def _press(self) -> bool | None:
        """Press until there is a receipt; sent again it is the same message."""
        self.sender.send(range(1))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self.sender.idle.wait()
                return True
        return None

    async def _ring(self) -> bool | None:
        """Wait until the board shows the alarm and has heard of it."""
        until = time.monotonic() + PATIENCE
        while not self.alarm and time.monotonic() < until:
            page = await asyncio.to_thread(self.desk.page, "/alarms/lines/")
            lines = re.findall(r'data-alarm="([0-9a-f-]+)".*?<a href="[^"]*">([^<]+)</a>', page, re.DOTALL)
            self.alarm = next((key for key, name in lines if name == self.elder), "")
            await asyncio.sleep(_LOOK)
        return await self._heard("raised")

    async def _heard(self, what: str) -> bool | None:
        """Wait until the board has heard a piece of news."""
        until = time.monotonic() + PATIENCE
        while not self.board.told[self.alarm][what]:
            if time.monotonic() > until:
                return None
            await asyncio.sleep(_LOOK)
        return True

    async def _granted(self) -> bool | None:
        """The page shows that the agent has the alarm."""
        page = await asyncio.to_thread(self.desk.page, f"/alarms/{self.alarm}/")
        return True if form_of(page, "note_call") else None

    async def _nothing(self) -> bool | None:
        """The page offers nothing of the kind."""
        return None


class _Courses:
    def __init__(self, here: Installation, plan: Plan, people: People, say: Callable[[str], None]) -> None:
        self.here, self.plan, self.people, self.say = here, plan, people, say
        self.fallen: Counter[str] = Counter()
        self.courses: dict[int, Course] = {}
        self.tally = Tally()

    async def run(self) -> Found:
        began = time.monotonic()
        # whoever waits for an answer must not keep back what is to fall, nor the signs of the pages
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(8 * SIDE))
        desks = [await self._entered(name) for name in self.people["desks"]]
        helpers = [(await self._entered(name), key) for name, key in self.people["helpers"]]
        board = Board(desks[0])
        board.start()
        for n in range(self.plan.first, self.plan.first + self.plan.courses):
            code, secret = self.here.devices[n]
            sender = Sender(code, secret, _message(code), self.tally, seed=self.plan.seed)
            desk, (helper, key) = desks[n % SIDE], helpers[n % SIDE]
            self.courses[n] = Course(self.people["elders"][code], sender, desk, helper, key, board)
        courses = list(self.courses.values())
        tasks = [asyncio.create_task(one.sender.live("127.0.0.1", self.here.port)) for one in courses]
        tasks += [asyncio.create_task(_signs(desk)) for desk in desks]
        for numbers, step, fall in falls(self.plan):
            await self._step([self.courses[n] for n in numbers], step, fall)
            if step == STEPS[-1]:
                self.say(
                    f"{numbers.stop - self.plan.first} of {self.plan.courses} courses, {self.fallen.total()} parts fell"
                )
        board.ended = True
        for one in courses:
            one.sender.stop()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.to_thread(self.here.await_ready)
        browsers = [*desks, *(browser for browser, _key in helpers)]
        return counted(
            self.here, courses, desks[0], seconds=time.monotonic() - began, fallen=self.fallen,
            again=sum(one.again for one in browsers) + self.tally.again, breaks=board.breaks,
            faults=sum(one.answers[500] for one in browsers),
        )  # fmt: skip

    async def _step(self, group: Sequence[Course], step: str, fall: Fall | None) -> None:
        await self._fell(fall, "before")
        deeds = await asyncio.gather(*(one.ready(step) for one in group))
        sending = asyncio.gather(*(deed() for deed in deeds))
        await self._fell(fall, "amid")
        taken = await sending
        if await self._fell(fall, "after"):  # nobody heard the first answer
            taken = await asyncio.gather(*(deed() for deed in deeds))
        await asyncio.gather(*(one.settle(step, each) for one, each in zip(group, taken, strict=True)))

    async def _fell(self, fall: Fall | None, moment: str) -> bool:
        """Let a part fall if this is its moment."""
        if fall is None or fall.moment != moment:
            return False
        self.fallen[f"{fall.part} {moment}"] += 1
        if moment == "amid":
            await asyncio.sleep(fall.lag)
        await asyncio.to_thread(self.here.fell, fall.part)
        return True

    async def _entered(self, name: str) -> Browser:
        browser = Browser(f"http://127.0.0.1:{self.here.web_port}")
        await asyncio.to_thread(browser.enter, name, self.people["word"])
        return browser


def _message(code: str) -> Callable[[int], tuple[str, bytes]]:
    body = json.dumps({"id": 1, "kind": "sos", "battery": 80, "time": int(time.time())}).encode()
    return lambda _number: (f"d/{code}/up", body)


async def _signs(desk: Browser) -> None:
    """The page of an agent says now and then that somebody sits before it."""
    while True:
        await asyncio.to_thread(desk.once, "/alarms/here/", {"csrfmiddlewaretoken": desk.token, "shown": ""})
        await asyncio.sleep(_SIGN)
