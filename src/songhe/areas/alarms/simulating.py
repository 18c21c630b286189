"""A year of alarms over a clock that is made up: agents who take, dawdle and vanish, helpers who do not come, a worker that dies.

The same verbs and the same clock do the work as in service, in a database that is thrown away afterwards. Nothing may be
forgotten: between two signs of life of an open alarm there is never more than the longest span of the data and the time a
worker may be away, and at the end every alarm has ended.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from songhe.areas.alarms import actions
from songhe.areas.alarms.limits import terms
from songhe.areas.alarms.models import Alarm, Attempt, Response, Step
from songhe.areas.alarms.rules.signals import Cry
from songhe.areas.alarms.rules.terms import Clock
from songhe.core.refusal import Refused
from songhe.engines.access.api import Scope, entered
from songhe.engines.regions.ids import uuid7

ROUND = timedelta(seconds=0.5)
AWAY = timedelta(seconds=15)
PAGE = timedelta(seconds=25)
SHIFT = timedelta(hours=1)
KINDS = ("sos", "sos", "fall", "smoke", "door", "geofence", "test")


@dataclass(frozen=True, slots=True)
class Someone:
    """An agent of the simulation."""

    id: UUID
    name: str

    def may(self, right: str) -> bool:
        """Everything that agents and helpers may."""
        return True

    def scope(self, right: str | None = None) -> Scope:
        """Everywhere."""
        return Scope.EVERYTHING


@dataclass(slots=True)
class Report:
    """What came of it. ``forgotten``: numbers of alarms that did not end, or that nobody and nothing looked at for too long."""

    alarms: int = 0
    signals: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    crashes: int = 0
    lost_to_others: int = 0
    levels: int = 0
    late_p99: float = 0.0
    late_most: float = 0.0
    forgotten: list[str] = field(default_factory=list)


class _Died(Exception):
    """The worker is killed in the middle of a round."""


class Year:
    """Signals, agents, helpers and one worker, each at its own moments; what happens next is always the earliest of all."""

    def __init__(self, alarms: int, *, seed: int, start: datetime, region: int, clock: Clock, agents: int = 6, vanish: float = 0.1) -> None:  # fmt: skip
        self.random = random.Random(seed)  # noqa: S311  made-up days
        self.clock, self.region, self.start = clock, region, start
        self.agents = [Someone(uuid7(), f"坐席{n}") for n in range(agents)]
        self.vanish = vanish
        self.report = Report()
        self.queue: list[tuple[datetime, int, Callable[[datetime], object]]] = []
        self.turn = itertools.count()
        self.busy: dict[UUID, UUID] = {}
        self.silent: set[UUID] = set()
        self.homes = [uuid7() for _ in range(max(2, alarms * 2 // 3))]
        self.up_from = start
        for _ in range(alarms):
            self.later(start + timedelta(seconds=self.random.randrange(365 * 86_400)), self.signal)

    def run(self) -> Report:
        """Play until nothing happens any more, or for a week after the last signal."""
        end = self.start + timedelta(days=372)
        while True:
            due = self._due()
            if self.queue and (due is None or self.queue[0][0] <= due):
                at, _turn, what = heapq.heappop(self.queue)
                if at > end:
                    break
                what(at)
            elif due is None or due > end:
                break
            else:
                self.work(due)
        return self._judged()

    def later(self, at: datetime, what: Callable[[datetime], object]) -> None:
        """Put something on the list."""
        heapq.heappush(self.queue, (at, next(self.turn), what))

    def signal(self, at: datetime) -> None:
        """A device calls, now and then twice."""
        home, kind = self.random.choice(self.homes), self.random.choice(KINDS)
        cry = Cry(kind=kind, received_at=at, device_id=home, key=str(uuid7()), household_id=home, region_id=self.region)  # fmt: skip
        with transaction.atomic():
            (alarm,) = actions.raise_many([cry] * self.random.choice([1, 1, 2]), at=at)
        self.report.signals += 1
        if alarm.closed_at is None:
            self.called(alarm.pk, at)

    def called(self, key: UUID, at: datetime) -> None:
        """Somebody looks up after a while, or nobody does until it rings louder."""
        for agent in self.random.sample(self.agents, 2):
            after = self.random.expovariate(1 / 12) if self.random.random() < 0.85 else self.random.uniform(60, 400)  # fmt: skip
            self.later(at + timedelta(seconds=after), lambda moment, who=agent: self.take(key, who, moment))  # type: ignore[misc]

    def take(self, key: UUID, agent: Someone, at: datetime) -> None:
        """An agent takes what rings; some are never heard of again."""
        if agent.id in self.busy and self.busy[agent.id] != key:
            return
        if not self._done(lambda alarm: actions.take(alarm, actor=agent, at=at), key):
            return
        if not self._holds(key, agent):
            return
        self.busy[agent.id] = key
        if self.random.random() < self.vanish:
            self.busy.pop(agent.id)
            return
        self.later(at + PAGE, lambda moment: self.page(key, agent, moment, at))
        if self.random.random() > 0.05:  # else the page stays open before an empty chair
            self.later(at + self._seconds(15, 90), lambda moment: self.call(key, agent, moment))

    def page(self, key: UUID, agent: Someone, at: datetime, since: datetime) -> None:
        """The agent's page says that it is there, for as long as the agent holds the alarm, at most for a shift."""
        if at - since > SHIFT or not self._holds(key, agent):
            self.busy.pop(agent.id, None)
            return
        with transaction.atomic():
            actions.present(agent, at=at)
        self.later(at + PAGE, lambda moment: self.page(key, agent, moment, since))

    def call(self, key: UUID, agent: Someone, at: datetime) -> None:
        """The verification: somebody is reached, or help is sent."""
        reached = self.random.random() < 0.5
        answer = self.random.choice(["well", "help"]) if reached else "no_answer"
        done = self._done(lambda one: actions.note_call(one, actor=agent, at=at, rung="home", answer=answer), key)  # fmt: skip
        if not done:
            return
        if answer == "well":
            self.later(at + self._seconds(5, 60), lambda moment: self.end(key, agent, moment, "call_false", "by_mistake"))  # fmt: skip
        else:
            self.later(at + self._seconds(5, 60), lambda moment: self.send(key, agent, moment))

    def send(self, key: UUID, agent: Someone, at: datetime) -> None:
        """Help is sent; a third of those who are sent do not answer."""
        name = f"邻居{self.random.randrange(10**6)}"
        if not self._done(lambda one: actions.send(one, actor=agent, at=at, kind="neighbour", name=name), key):  # fmt: skip
            return
        if self.random.random() < 0.66:
            self.later(at + self._seconds(10, 110), lambda moment: self.go(key, name, agent, moment))
        else:
            self.later(at + timedelta(seconds=150), lambda moment: self.send(key, agent, moment))

    def go(self, key: UUID, name: str, agent: Someone, at: datetime) -> None:
        """A helper accepts and is there after a while, now and then much too late."""
        errand = Response.everywhere.filter(alarm_id=key, name=name).first()
        if errand is None or not self._tried(lambda: actions.accept(errand, actor=agent, at=at)):
            return
        minutes = self.random.uniform(1, 12) if self.random.random() < 0.95 else self.random.uniform(46, 60)
        there = at + timedelta(minutes=minutes)
        self.later(there, lambda moment: self._tried(lambda: actions.arrive(errand, actor=agent, at=moment)))  # fmt: skip
        self.later(there + self._seconds(60, 300), lambda moment: self.end(key, agent, moment, "resolve", "helped"))  # fmt: skip

    def end(self, key: UUID, agent: Someone, at: datetime, how: str, reason: str) -> None:
        """The agent writes it down and ends it."""
        verb = actions.resolve if how == "resolve" else actions.call_false
        self._done(lambda one: verb(one, actor=agent, at=at, reason=reason, words="已处置"), key)
        self.busy.pop(agent.id, None)

    def work(self, due: datetime) -> None:
        """One round of the worker, some time after something was due; one round in fifty it dies in the middle."""
        at = max(due, self.up_from) + ROUND * self.random.random()
        try:
            with transaction.atomic():
                actions.watch(at, clock=self.clock)
                if self.random.random() < 0.02:
                    raise _Died
        except _Died:
            self.report.crashes += 1
            self.up_from = at + AWAY * self.random.random()
            return
        for key in Step.everywhere.filter(at=at, what__in=["ring", "lose"]).values_list(
            "alarm_id", flat=True
        ):
            self.called(key, at)

    def _due(self) -> datetime | None:
        rows = Alarm.everywhere.filter(closed_at=None).order_by("due_at")
        found = rows.values_list("due_at", flat=True).first()
        return None if found is None else max(found, self.up_from)

    def _holds(self, key: UUID, agent: Someone) -> bool:
        return Alarm.everywhere.filter(pk=key, agent_id=agent.id, closed_at=None).exists()

    def _done(self, verb: Callable[[Alarm], object], key: UUID) -> bool:
        return self._tried(lambda: verb(Alarm.everywhere.get(pk=key)))

    @staticmethod
    def _tried(what: Callable[[], object]) -> bool:
        try:
            with transaction.atomic():
                what()
        except Refused:
            return False
        return True

    def _seconds(self, least: float, most: float) -> timedelta:
        return timedelta(seconds=self.random.uniform(least, most))

    def _judged(self) -> Report:
        """Every alarm has ended, and no gap in its course is longer than the clock allows."""
        out, clock = self.report, terms().clock
        longest = (
            max(clock.idle_sent, clock.repeat, clock.ring[-1].after) + AWAY + ROUND + timedelta(seconds=5)
        )
        course: defaultdict[UUID, list[datetime]] = defaultdict(list)
        late: list[float] = []
        for row in Step.everywhere.values_list("alarm_id", "at", "due_at", "what").iterator():
            course[row[0]].append(row[1])
            out.lost_to_others += row[3] == "lose"
            out.levels += row[3] == "level"
            if row[2] is not None:
                late.append((row[1] - row[2]).total_seconds())
        for alarm, at in Attempt.everywhere.values_list("alarm_id", "at").iterator():
            course[alarm].append(at)
        for key, number, state, closed in Alarm.everywhere.values_list("pk", "number", "state", "closed_at").iterator():  # fmt: skip
            out.alarms += 1
            out.outcomes[state] += 1
            moments = sorted(course[key])
            gaps = (later - one for one, later in itertools.pairwise(moments))
            if closed is None or max(gaps, default=timedelta()) > longest:
                out.forgotten.append(number)
        late.sort()
        out.late_p99 = late[int(len(late) * 0.99)] if late else 0.0
        out.late_most = late[-1] if late else 0.0
        return out


def simulate_year(
    alarms: int, *, seed: int, start: datetime, region: int, lose_silent: bool = True, vanish: float = 0.1
) -> Report:
    """Play a year in the database that is connected, which holds no other alarms. ``lose_silent`` False is the control: no
    agent ever loses an alarm, and what silent ones hold is forgotten.
    """
    clock = terms().clock if lose_silent else replace(terms().clock, silent=None)
    with entered(Scope.EVERYTHING):
        return Year(alarms, seed=seed, start=start, region=region, clock=clock, vanish=vanish).run()


__all__ = ["Report", "simulate_year"]
