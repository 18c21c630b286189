"""A year of alarms over a clock that is made up: agents who take, dawdle and vanish, helpers who do not come, a worker that dies.

The same verbs and the same clock do the work as in service, in a database that is thrown away afterwards. Nothing may be
forgotten: between two signs of life of an open alarm there is never more than the longest span of the data and the time a
worker may be away, and at the end every alarm has ended.

Many desks play side by side, each a part of the year, so that the rounds of the clock find several alarms at once, as in a
large city; together they stand for a year of 100,000 calls, or for its first part.
"""

from __future__ import annotations

import contextlib
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
YEAR = 100_000
"""Calls of a whole year; fewer are the first part of it, so that as many come at once."""
DIES = 1_200.0
"""The seconds between two deaths of the worker, on average."""
TOGETHER = 500
"""So many things happen within one transaction of the database: nothing here has to outlive a power cut."""
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
    rounds: int = 0
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

    def __init__(  # noqa: PLR0913  a year has so many sides
        self, alarms: int, *, seed: int, start: datetime, region: int, clock: Clock, desks: int = 1, agents: int = 6,
        vanish: float = 0.1, say: Callable[[Report], object] | None = None,
    ) -> None:  # fmt: skip
        self.random = random.Random(seed)  # noqa: S311  made-up days
        self.clock, self.region, self.start, self.say = clock, region, start, say
        self.desks = [[Someone(uuid7(), f"坐席{n}") for n in range(agents)] for _desk in range(desks)]
        self.vanish = vanish
        self.report = Report()
        self.queue: list[tuple[datetime, int, Callable[[datetime], object]]] = []
        self.turn = itertools.count()
        self.open: dict[UUID, tuple[Alarm, list[Someone]]] = {}
        self.rings: set[UUID] = set()
        self.busy: dict[UUID, UUID] = {}
        self.pages: dict[UUID, datetime] = {}
        self.homes = [(uuid7(), desk) for desk in self.desks for _ in range(max(2, alarms * 2 // 3 // desks))]
        self.up_from = start
        self.dies_at = start + self._until_dead()
        self.next: datetime | None = None
        self.span = timedelta(days=365) / desks * (alarms / YEAR)
        for _ in range(alarms):
            self.later(start + self.span * self.random.random(), self.signal)

    def run(self) -> Report:
        """Play until nothing happens any more, or for a week after the last signal."""
        while self._played(TOGETHER):
            if self.say is not None:
                self.say(self.report)
        with entered(Scope.EVERYTHING):
            return self._judged()

    def _played(self, many: int) -> bool:
        """Play some of what happens next; False when nothing is left."""
        end = self.start + self.span + timedelta(days=7)
        with entered(Scope.EVERYTHING):
            for _each in range(many):
                if self.queue and (self.next is None or self.queue[0][0] <= self.next):
                    at, _turn, what = heapq.heappop(self.queue)
                    if at > end:
                        return False
                    what(at)
                elif self.next is None or self.next > end:
                    return False
                else:
                    self.work(self.next)
        return True

    def later(self, at: datetime, what: Callable[[datetime], object]) -> None:
        """Put something on the list."""
        heapq.heappush(self.queue, (at, next(self.turn), what))

    def signal(self, at: datetime) -> None:
        """A device calls, now and then twice."""
        (home, desk), kind = self.random.choice(self.homes), self.random.choice(KINDS)
        cry = Cry(kind=kind, received_at=at, device_id=home, key=str(uuid7()), household_id=home, region_id=self.region)  # fmt: skip
        (alarm,) = actions.raise_many([cry] * self.random.choice([1, 1, 2]), at=at)
        self.report.signals += 1
        if alarm.closed_at is None:
            self.open[alarm.pk] = (alarm, desk)
            self._wound(alarm)
            self.called(alarm.pk, at)

    def called(self, key: UUID, at: datetime) -> None:
        """Somebody looks up after a while, or nobody does until it rings louder."""
        self.rings.add(key)
        for agent in self.random.sample(self.open[key][1], 2):
            after = self.random.expovariate(1 / 12) if self.random.random() < 0.85 else self.random.uniform(60, 400)  # fmt: skip
            self.later(at + timedelta(seconds=after), lambda moment, who=agent: self.take(key, who, moment))  # type: ignore[misc]

    def take(self, key: UUID, agent: Someone, at: datetime) -> None:
        """An agent takes what rings; some are never heard of again."""
        if key not in self.rings or self.busy.get(agent.id, key) != key:
            return
        if not self._done(lambda alarm: actions.take(alarm, actor=agent, at=at), key):
            return
        self.rings.discard(key)
        self.busy[agent.id] = key
        if self.random.random() < self.vanish:
            self.busy.pop(agent.id)
            self.pages.pop(agent.id, None)
            return
        if not self.pages:
            self.later(at + PAGE, self.sign)
        self.pages[agent.id] = at
        if self.random.random() > 0.05:  # else the page stays open before an empty chair
            self.later(at + self._seconds(15, 90), lambda moment: self.call(key, agent, moment))

    def sign(self, at: datetime) -> None:
        """Pages say that they are there, for as long as an agent holds an alarm, at most for a shift."""
        for agent in [one for one, since in self.pages.items() if at - since > SHIFT]:
            self.pages.pop(agent)
            self.busy.pop(agent, None)
        held = actions.signed(self.pages, at=at)
        for agent in self.pages.keys() - held:
            self.pages.pop(agent)
            self.busy.pop(agent, None)
        if self.pages:
            self.later(at + PAGE, self.sign)

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
        if errand is None or not self._errand(lambda one: actions.accept(one, actor=agent, at=at), errand):
            return
        minutes = self.random.uniform(1, 12) if self.random.random() < 0.95 else self.random.uniform(46, 60)
        there = at + timedelta(minutes=minutes)
        self.later(there, lambda moment: self._errand(lambda one: actions.arrive(one, actor=agent, at=moment), errand))  # fmt: skip
        self.later(there + self._seconds(60, 300), lambda moment: self.end(key, agent, moment, "resolve", "helped"))  # fmt: skip

    def end(self, key: UUID, agent: Someone, at: datetime, how: str, reason: str) -> None:
        """The agent writes it down and ends it."""
        verb = actions.resolve if how == "resolve" else actions.call_false
        if self._done(lambda one: verb(one, actor=agent, at=at, reason=reason, words="已处置"), key):
            self.open.pop(key)
            self.rings.discard(key)
        self.busy.pop(agent.id, None)
        self.pages.pop(agent.id, None)

    def work(self, due: datetime) -> None:
        """One round of the worker, some time after something was due; now and then it dies in the middle of one."""
        at = max(due, self.up_from) + ROUND * self.random.random()
        self.report.rounds += 1
        if at >= self.dies_at:
            with contextlib.suppress(_Died), transaction.atomic():
                actions.watch(at, clock=self.clock)
                raise _Died
            self.report.crashes += 1
            self.up_from = self.next = at + AWAY * self.random.random()
            self.dies_at = self.up_from + self._until_dead()
            return
        if actions.watch(at, clock=self.clock):
            for key in Alarm.everywhere.filter(closed_at=None, rung_at=at).values_list("pk", flat=True):
                self.called(key, at)
        rows = Alarm.everywhere.filter(closed_at=None).order_by("due_at")
        self.next = rows.values_list("due_at", flat=True).first()

    def _wound(self, alarm: Alarm) -> None:
        """A clock was wound: the worker looks at the earliest moment of all, at the latest."""
        if alarm.due_at is not None:
            self.next = max(alarm.due_at if self.next is None else min(self.next, alarm.due_at), self.up_from)

    def _done(self, verb: Callable[[Alarm], object], key: UUID) -> bool:
        if key not in self.open:
            return False
        alarm = self.open[key][0]
        done = self._tried(lambda: verb(alarm))
        self._wound(alarm)
        return done

    def _errand(self, verb: Callable[[Response], object], errand: Response) -> bool:
        done = self._tried(lambda: verb(errand))
        if errand.due_at is not None:
            self.next = max(
                errand.due_at if self.next is None else min(self.next, errand.due_at), self.up_from
            )
        return done

    @staticmethod
    def _tried(what: Callable[[], object]) -> bool:
        try:
            what()
        except Refused:
            return False
        return True

    def _until_dead(self) -> timedelta:
        return timedelta(seconds=self.random.expovariate(1 / DIES))

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
    alarms: int, *, seed: int, start: datetime, region: int, desks: int = 1, lose_silent: bool = True, vanish: float = 0.1,
    say: Callable[[Report], object] | None = None,
) -> Report:  # fmt: skip
    """Play a year in the database that is connected, which holds no other alarms. ``desks``: so many share it, side by side.
    ``lose_silent`` False is the control: no agent ever loses an alarm, and what silent ones hold is forgotten.
    """
    clock = terms().clock if lose_silent else replace(terms().clock, silent=None)
    return Year(
        alarms, seed=seed, start=start, region=region, clock=clock, desks=desks, vanish=vanish, say=say
    ).run()


__all__ = ["Report", "simulate_year"]
