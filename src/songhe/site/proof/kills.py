"""Kills at random while devices send and send again: nothing acknowledged may be lost, nothing may be there twice."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from songhe.site.postgres.roles import SUPERUSER
from songhe.site.proof.faulty import MARK
from songhe.site.proof.installation import Installation, installation
from songhe.site.proof.power import Power
from songhe.site.proof.senders import Sender, Tally, own_format

TARGETS = ("gateway", "postgres", "worker", "web")
WEIGHTS = (5, 3, 1, 2)
KINDS = ("sos", "heartbeat", "fall", "position", "low_battery")
HTTP_BATCH = 20
DEAF = 0.01
"""The part of receipts that are lost on the way, so that the message comes again though it is stored."""
_SETTLE_SECONDS = 120.0
_STORED = {"sos", "fall", "low_battery"}
"""Kinds of which every message is kept; a heartbeat changes the last state and leaves no row."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how hard."""

    kills: int = 100
    messages: int = 500_000
    devices: int = 200
    seed: int = 1
    fault: str = ""
    seconds: float | None = None
    http: bool = True
    worker: bool = True
    start: int = 0
    """The first number; a second run on the same installation goes on where the first ended."""
    power: bool = False
    """Cut the power in place of kills."""


@dataclass
class Outcome:
    """What was counted."""

    acknowledged: int = 0
    by_http: int = 0
    to_be_kept: int = 0
    stored: int = 0
    lost: int = 0
    doubled: int = 0
    alarms_wrong: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    sent_again: int = 0
    seconds: float = 0.0
    wait_p50: float = 0.0
    wait_p99: float = 0.0
    unfinished: int = 0

    @property
    def kept(self) -> bool:
        """Whether the promise was kept."""
        return not (self.lost or self.doubled or self.alarms_wrong or self.unfinished)

    def table(self) -> list[tuple[str, str]]:
        """What is told at the end."""
        fallen = ", ".join(f"{name} {number}" for name, number in sorted(self.kills.items()))
        return [
            ("fallen", f"{self.kills.total()} ({fallen})"),
            ("messages acknowledged", f"{self.acknowledged:,} ({self.by_http:,} over HTTP)"),
            ("of them alarms and events", f"{self.to_be_kept:,}"),
            ("rows that are there", f"{self.stored:,}"),
            ("sent again", f"{self.sent_again:,}"),
            ("LOST", f"{self.lost:,}"),
            ("DOUBLED", f"{self.doubled:,}"),
            ("alarms missing, doubled, miscounted", f"{self.alarms_wrong:,}"),
            ("never acknowledged", f"{self.unfinished:,}"),
            ("seconds", f"{self.seconds:,.0f}"),
            ("receipt after, p50 and p99", f"{self.wait_p50:,.0f} ms, {self.wait_p99:,.0f} ms"),
        ]


def kind_of(number: int) -> str:
    """Half of all messages are emergencies."""
    return "sos" if number % 2 == 0 else KINDS[number // 2 % len(KINDS)]


def run(plan: Plan, *, say: Callable[[str], None]) -> Outcome:
    """Make an installation, try it, and count."""
    settings = dict([plan.fault.split("=")]) if "=" in plan.fault else {}
    with contextlib.ExitStack() as stack:
        here = stack.enter_context(installation(devices=plan.devices, settings=settings))
        power = Power(here) if plan.power else None
        if power:
            stack.callback(power.off)
            power.on()
        say(f"installation in {here.folder}, {plan.devices} devices, seed {plan.seed}")
        return tried(here, plan, say=say, power=power)


def tried(
    here: Installation, plan: Plan, *, say: Callable[[str], None], power: Power | None = None
) -> Outcome:
    """Try a filled installation, and count."""
    here.gateway("" if "=" in plan.fault else plan.fault)
    if plan.http:
        here.web()
    if plan.worker:
        here.worker()
    here.await_ready()
    course = asyncio.run(_course(here, plan, say, power))
    count(here, (course.mqtt, course.http), course.outcome)
    return course.outcome


async def _course(here: Installation, plan: Plan, say: Callable[[str], None], power: Power | None) -> Course:
    course = Course(here, plan, power)
    await course.run(say)
    return course


class Course:
    """One run: who sends, how far the messages may go, and the parts that fall meanwhile."""

    def __init__(self, here: Installation, plan: Plan, power: Power | None = None) -> None:
        self.here, self.plan, self.power = here, plan, power
        self.mqtt, self.http, self.outcome = Tally(), Tally(), Outcome()
        by_http = max(1, len(here.devices) // 10) if plan.http else 0
        self.posting = [code for code, _secret in here.devices[:by_http]]
        self.senders = [
            Sender(code, secret, own_format(code, kind_of), self.mqtt, deaf=DEAF, seed=plan.seed)
            for code, secret in here.devices[by_http:]
        ]
        self.full = asyncio.Event()
        self.ended = asyncio.Event()
        self.allowed = 0

    def acknowledged(self) -> int:
        """Receipts so far."""
        return len(self.mqtt.acknowledged) + len(self.http.acknowledged)

    async def feed(self) -> None:
        """Let every device go on to the number that is allowed now: a part of all messages for each kill."""
        given, plan = 0, self.plan
        while not self.full.is_set():
            if given < self.allowed and all(len(one.outbox) < 50 for one in self.senders):
                upto = min(self.allowed, given + 100)
                for one in self.senders:
                    one.send(range(plan.start + given, plan.start + upto))
                given = upto
            await asyncio.sleep(0.02)
        for one in self.senders:
            one.send(range(plan.start + given, plan.start + self.allowed))

    async def kill(self) -> None:
        """Kill one part after another, each amid the messages it let come: what falls idle loses nothing."""
        plan, chance = self.plan, random.Random(self.plan.seed)  # noqa: S311  the seed makes it the same again
        each = plan.messages // len(self.here.devices) + 1
        targets = ["power"] if self.power else [n for n in TARGETS if n == "postgres" or n in self.here.parts]
        weights = [1] if self.power else [WEIGHTS[TARGETS.index(name)] for name in targets]
        began = time.monotonic()
        for number in range(plan.kills):
            before = self.acknowledged()
            self.allowed = each * (number + 1) // plan.kills
            coming = self.allowed * len(self.here.devices) - before
            await self._came_to(before + 1 + int(chance.uniform(0.0, 0.9) * coming))
            if self.power:
                await asyncio.sleep(chance.uniform(1.0, 4.0))
            target = targets[number] if number < len(targets) else chance.choices(targets, weights)[0]
            await self._fell(target)
            if plan.seconds is not None and time.monotonic() - began > plan.seconds:
                break
        self.allowed = each
        self.full.set()

    async def _fell(self, target: str) -> None:
        self.outcome.kills[target] += 1
        if self.power:
            await asyncio.to_thread(self.power.cut)
            await asyncio.to_thread(self.power.back)
            await asyncio.to_thread(self.here.tend)
        else:
            await asyncio.to_thread(self.here.fell, target)

    async def _came_to(self, number: int) -> None:
        """Wait for that many receipts; at most 90 seconds for the next one."""
        while (now := self.acknowledged()) < number:
            async with asyncio.timeout(90):
                while self.acknowledged() == now:  # noqa: ASYNC110  a count, not an event
                    await asyncio.sleep(0.005)

    async def run(self, say: Callable[[str], None]) -> None:
        """Send from all devices while parts are killed; then let everything come to rest."""
        plan = self.plan
        live = [asyncio.create_task(one.live("127.0.0.1", self.here.port)) for one in self.senders]
        posts = [asyncio.create_task(self._post(code)) for code in self.posting]
        feeder, teller = asyncio.create_task(self.feed()), asyncio.create_task(self._tell(say))
        began = time.monotonic()
        await self.kill()
        await feeder
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_SETTLE_SECONDS + plan.messages / 1_000):
                await asyncio.gather(*(one.idle.wait() for one in self.senders), *posts)
        self.ended.set()
        self.outcome.seconds = time.monotonic() - began
        self.outcome.unfinished = sum(len(one.pending) + len(one.outbox) for one in self.senders)
        for one in self.senders:
            one.stop()
        for task in (*live, *posts, teller):
            task.cancel()
        await asyncio.gather(*live, *posts, teller, return_exceptions=True)
        self.outcome.sent_again = self.mqtt.again + self.http.again
        self.outcome.wait_p50, self.outcome.wait_p99 = self.mqtt.wait(0.5), self.mqtt.wait(0.99)

    async def _tell(self, say: Callable[[str], None]) -> None:
        while True:
            await asyncio.sleep(10)
            say(f"{self.acknowledged():,} acknowledged, {self.outcome.kills.total()} kills")

    async def _post(self, code: str) -> None:
        """Hand in one device's messages over HTTP, and again until there is an answer for each."""
        done = 0
        while not self.ended.is_set() and not (self.full.is_set() and done >= self.allowed):
            numbers = range(done, min(self.allowed, done + HTTP_BATCH))
            if not numbers:
                await asyncio.sleep(0.05)
                continue
            body = _body(code, range(self.plan.start + numbers.start, self.plan.start + numbers.stop))
            since = time.monotonic()
            while not await asyncio.to_thread(_posted, self.here, body):
                self.http.again += len(numbers)
                await asyncio.sleep(0.2)
            self.http.acknowledged.update((code, self.plan.start + number) for number in numbers)
            self.http.waits.append(time.monotonic() - since)
            done = numbers.stop


def _body(code: str, numbers: range) -> bytes:
    now = int(time.time())
    said = [{"device": code, "id": number, "kind": kind_of(number), "time": now} for number in numbers]
    return json.dumps({"messages": said}).encode()


def _posted(here: Installation, body: bytes) -> bool:
    told = str(int(time.time()))
    signature = hmac.new(here.source.encode(), told.encode() + b"." + body, hashlib.sha256).hexdigest()
    request = Request(
        f"http://127.0.0.1:{here.web_port}/ingest/v1/signals",
        data=body,
        headers={"X-Songhe-Source": "proof", "X-Songhe-Time": told, "X-Songhe-Signature": signature},
    )
    try:
        with urlopen(request, timeout=10) as reply:  # noqa: S310
            return all(each["status"] == "stored" for each in json.load(reply)["results"])
    except (HTTPError, URLError, OSError, ValueError):
        return False


def count(here: Installation, tallies: Sequence[Tally], outcome: Outcome) -> None:
    """Compare receipts with rows, by an own statement as superuser: nothing of the application is asked."""
    import psycopg

    acknowledged = {
        (code, str(number))
        for each in tallies
        for code, number in each.acknowledged
        if kind_of(number) in _STORED
    }
    outcome.acknowledged = sum(len(each.acknowledged) for each in tallies)
    stored: Counter[tuple[str, str]] = Counter()
    with psycopg.connect(here.cluster.url(SUPERUSER, here.cluster.database)) as connection:
        rows = connection.execute(
            "SELECT d.code, s.key FROM devices_signal s JOIN devices_device d ON d.id = s.device_id"
        )
        for code, key in rows:
            stored[code, key.split(MARK)[0]] += 1
        outcome.alarms_wrong = connection.execute(_ALARMS).fetchone()[0]  # type: ignore[index]
    outcome.by_http, outcome.to_be_kept = len(tallies[-1].acknowledged), len(acknowledged)
    outcome.stored = sum(stored.values())
    outcome.lost = len(acknowledged - stored.keys())
    outcome.doubled = sum(number - 1 for number in stored.values() if number > 1)


_ALARMS = """
SELECT (SELECT count(*) FROM (SELECT home_id FROM alarms_alarm WHERE closed_at IS NULL GROUP BY 1 HAVING count(*) > 1) x)
  + (SELECT count(*) FROM devices_signal s WHERE s.became = 'alarm' AND NOT EXISTS
      (SELECT FROM alarms_signal a WHERE a.device_id = s.device_id AND a.key = s.key))
  + abs((SELECT coalesce(sum(signals), 0) FROM alarms_alarm)
      - (SELECT count(*) FROM devices_signal WHERE became IN ('alarm', 'unbound') AND kind IN ('sos', 'fall')))
"""
"""Homes with two open alarms, alarm signals that stand at no alarm, and how far the alarms' own counts are off."""
