"""A desk's day that never was: who calls when, who answers, who gives up. Plain values, the same for the same seed.

The curve is that of a public hotline: hardly anybody at night, most in the morning, a second hill in the afternoon. Shares
and lengths are assumed.
"""

from __future__ import annotations

import heapq
import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

CURVE = (4, 3, 2, 2, 2, 5, 14, 32, 62, 88, 92, 74, 46, 44, 66, 80, 76, 60, 44, 34, 26, 18, 11, 7)
"""Weights of the hours of a day."""
TALK, WRAP, PATIENCE = 150.0, 35.0, 110.0
RING = (2.0, 9.0)
HELD, PASSED_ON, WRITTEN, RECORDED = 0.10, 0.04, 0.015, 0.9
QUEUES = ("general", "general", "general", "general", "emergency", "complaint")
WORDS = ("我听不见，想约助浴。", "我说不了话，老伴摔倒了。", "请用文字联系，想问助餐点。")


@dataclass(frozen=True, slots=True)
class Step:
    """One event, ``second`` seconds after the day began."""

    second: float
    event: dict[str, Any]


@dataclass
class _Day:
    dice: random.Random
    prefix: str
    numbers: Sequence[str]
    idle: deque[str]
    queue: deque[int] = field(default_factory=deque)
    steps: list[Step] = field(default_factory=list)
    heap: list[tuple[float, int, str, int, str]] = field(default_factory=list)
    count: int = 0
    seqs: dict[int, int] = field(default_factory=dict)
    waiting: set[int] = field(default_factory=set)
    told: dict[int, dict[str, Any]] = field(default_factory=dict)

    def tell(self, call: int, second: float, kind: str, **more: Any) -> None:
        seq = self.seqs.get(call, 0)
        self.seqs[call] = seq + 1
        ref = f"{self.prefix}-{call}"
        event = {"id": f"{ref}-{seq}", "session": ref, "kind": kind, "seq": seq, **self.told[call], **more}
        self.steps.append(Step(second, event))

    def later(self, second: float, what: str, call: int = -1, agent: str = "") -> None:
        self.count += 1
        heapq.heappush(self.heap, (second, self.count, what, call, agent))


def day(
    calls: int, agents: Sequence[str], numbers: Sequence[str], *, seed: int, prefix: str, hours: tuple[int, int] = (0, 24)
) -> list[Step]:  # fmt: skip
    """The events of so many calls within the hours given, answered by the seats with these extensions, in order."""
    dice = random.Random(f"{seed}:{prefix}")  # noqa: S311  a made-up day needs no secret chance
    made = _Day(dice, prefix, numbers, deque(agents))
    weights = CURVE[hours[0] : hours[1]]
    for call in range(calls):
        hour = dice.choices(range(hours[0], hours[1]), weights)[0]
        made.later(3600 * (hour + dice.random()), "call", call)
    while made.heap:
        second, _n, what, call, agent = heapq.heappop(made.heap)
        _HAPPENS[what](made, second, call, agent)
    return sorted(made.steps, key=lambda step: step.second)


def _call(made: _Day, second: float, call: int, agent: str) -> None:
    written = made.dice.random() < WRITTEN
    number = made.dice.choice(made.numbers) if made.numbers and made.dice.random() > 0.03 else ""
    made.told[call] = {"number": number, "media": "text" if written else "voice"}
    if written:
        made.tell(call, second, "texted", text=made.dice.choice(WORDS), queue="text")
    else:
        made.tell(call, second, "ringing")
        made.tell(call, second + 0.5, "queued", queue=made.dice.choice(QUEUES))
    made.queue.append(call)
    made.waiting.add(call)
    made.later(second + made.dice.expovariate(1 / PATIENCE) + 4, "give_up", call)
    _serve(made, second + 1)


def _serve(made: _Day, second: float) -> None:
    while made.idle and made.queue:
        call, agent = made.queue.popleft(), made.idle.popleft()
        if call not in made.waiting:
            made.idle.appendleft(agent)
            continue
        made.tell(call, second, "ringing", agent=agent)
        made.later(second + made.dice.uniform(*RING), "answer", call, agent)


def _answer(made: _Day, second: float, call: int, agent: str) -> None:
    if call not in made.waiting:
        made.idle.append(agent)
        _serve(made, second)
        return
    made.waiting.discard(call)
    made.tell(call, second, "answered", agent=agent)
    length = max(12.0, made.dice.lognormvariate(0, 0.6) * TALK)
    if made.dice.random() < HELD:
        made.tell(call, second + length * 0.4, "held")
        made.tell(call, second + length * 0.5, "resumed")
    made.later(second + length, "end", call, agent)


def _end(made: _Day, second: float, call: int, agent: str) -> None:
    if made.idle and made.dice.random() < PASSED_ON and made.told[call]["media"] == "voice":
        other = made.idle.popleft()
        made.tell(call, second, "transferred", agent=other)
        made.tell(call, second + 3, "answered", agent=other)
        made.later(second + 3 + TALK / 2, "end", call, other)
    else:
        made.tell(call, second, "hung_up")
        if made.told[call]["media"] == "voice" and made.dice.random() < RECORDED:
            made.tell(call, second + 1, "recorded", recording=f"rec/{made.prefix}/{call}.wav")
    made.later(second + made.dice.expovariate(1 / WRAP) + 5, "ready", call, agent)


def _ready(made: _Day, second: float, call: int, agent: str) -> None:
    made.steps.append(Step(second, {"id": f"{made.prefix}-{call}-{agent}-{len(made.steps)}", "kind": "seat", "agent": agent, "state": "ready"}))  # fmt: skip
    made.idle.append(agent)
    _serve(made, second)


def _give_up(made: _Day, second: float, call: int, agent: str) -> None:
    if call in made.waiting:
        made.waiting.discard(call)
        made.tell(call, second, "abandoned")


_HAPPENS = {"call": _call, "answer": _answer, "end": _end, "ready": _ready, "give_up": _give_up}
