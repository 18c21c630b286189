"""The desk's numbers of a span, from the courses of its sessions and the spells of its agents.

A leg counts in the span in which it was received, whenever it was answered; talk, wrap-up and time on duty are cut at the
ends of the span. Spans are of real time: hours of a day on which the clocks are changed are none shorter or longer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from songhe.areas.lines.rules.course import Leg
from songhe.areas.lines.rules.events import Direction, Media
from songhe.areas.lines.rules.seats import SeatState, Spell
from songhe.areas.lines.rules.terms import Terms
from songhe.areas.lines.rules.windows import Worst, worst_window

HOUR = timedelta(hours=1)


@dataclass(slots=True)
class HourTally:
    """One hour of the span, which begins at ``since``."""

    since: datetime
    received: int = 0
    answered: int = 0
    quick: int = 0
    lost: int = 0
    talk_seconds: float = 0.0


@dataclass(slots=True)
class AgentTally:
    """One agent's part of the span. ``missed``: rang at the seat and was not taken."""

    agent: str
    answered: int = 0
    missed: int = 0
    dialled: int = 0
    talk_seconds: float = 0.0
    held_seconds: float = 0.0
    wrap_seconds: float = 0.0
    break_seconds: float = 0.0
    duty_seconds: float = 0.0

    @property
    def occupancy(self) -> float | None:
        """Talk and wrap-up in the time on duty without breaks; None for who was not on duty."""
        base = self.duty_seconds - self.break_seconds
        return min(1.0, (self.talk_seconds + self.wrap_seconds) / base) if base > 0 else None


@dataclass(slots=True)
class Desk:
    """The numbers of a span. ``untold``: calls of which neither an answer nor an end was told."""

    received: int = 0
    answered: int = 0
    quick: int = 0
    lost: int = 0
    called_back: int = 0
    waiting: int = 0
    untold: int = 0
    longest_now: float = 0.0
    longest: float = 0.0
    wait_seconds: float = 0.0
    texts: int = 0
    texts_quick: int = 0
    texts_waiting: int = 0
    dialled: int = 0
    reached: int = 0
    worst: Worst | None = None
    hours: list[HourTally] = field(default_factory=list)
    agents: dict[str, AgentTally] = field(default_factory=dict)

    @property
    def connected(self) -> float | None:
        """Answered among the calls whose fate is known."""
        known = self.answered + self.lost
        return self.answered / known if known else None

    @property
    def quick_share(self) -> float | None:
        """Answered within the norm among the calls whose fate is known."""
        known = self.answered + self.lost
        return self.quick / known if known else None

    @property
    def text_share(self) -> float | None:
        """Written messages answered within the norm, among those whose fate is known."""
        known = self.texts - self.texts_waiting
        return self.texts_quick / known if known else None

    @property
    def mean_wait(self) -> float | None:
        """How long a caller waited for an answer."""
        return self.wait_seconds / self.answered if self.answered else None


def tally(
    legs: Sequence[tuple[Leg, str]], spells: Iterable[Spell], since: datetime, until: datetime, *, terms: Terms, now: datetime
) -> Desk:  # fmt: skip
    """The numbers of [since, until) as known at ``now``. Each leg comes with a key of its number; empty where hidden."""
    desk = Desk(hours=_hours(since, until))
    for leg, _number in legs:
        if since <= leg.received < until:
            _count(desk, leg, since, terms, now)
        _talk(desk, leg, since, until, now)
    for spell in spells:
        _spell(desk, spell, since, until, now)
    desk.called_back = _called_back(legs, since, until, timedelta(hours=terms.call_back_hours))
    calls = [
        leg
        for leg, _number in legs
        if leg.direction is Direction.IN and leg.media is Media.VOICE and leg.is_known
    ]
    desk.worst = worst_window([(leg.received, leg.answered is not None) for leg in calls], since, until)
    return desk


def _hours(since: datetime, until: datetime) -> list[HourTally]:
    count = -(-(until - since) // HOUR)
    return [HourTally(since + HOUR * place) for place in range(count)]


def _count(desk: Desk, leg: Leg, since: datetime, terms: Terms, now: datetime) -> None:
    if leg.direction is Direction.OUT:
        desk.dialled += 1
        desk.reached += leg.answered is not None
        return
    wait = leg.wait_seconds
    if leg.media is Media.TEXT:
        desk.texts += 1
        desk.texts_waiting += leg.waits
        desk.texts_quick += (
            leg.answered is not None and wait is not None and wait <= terms.other_media_seconds
        )
        return
    hour = desk.hours[int((leg.received - since) // HOUR)]
    desk.received += 1
    hour.received += 1
    if leg.waits:
        desk.waiting += 1
        desk.longest_now = max(desk.longest_now, (now - leg.received).total_seconds())
        return
    if not leg.is_known:
        desk.untold += 1
        return
    assert wait is not None
    desk.longest = max(desk.longest, wait)
    if leg.is_lost:
        desk.lost += 1
        hour.lost += 1
        return
    quick = wait <= terms.answer_seconds
    desk.answered += 1
    desk.quick += quick
    desk.wait_seconds += wait
    hour.answered += 1
    hour.quick += quick


def _talk(desk: Desk, leg: Leg, since: datetime, until: datetime, now: datetime) -> None:
    for place, turn in enumerate(leg.turns):
        begins, ends = max(turn.since, since), min(turn.until or now, until)
        agent = _agent(desk, turn.agent) if turn.agent else None
        if agent is not None and since <= turn.since < until:
            if leg.direction is Direction.IN:
                agent.answered += 1
            elif place == 0:
                agent.dialled += 1
            agent.held_seconds += turn.held_seconds
        if ends <= begins:
            continue
        if agent is not None:
            agent.talk_seconds += (ends - begins).total_seconds()
        for number in range(int((begins - since) // HOUR), int(-(-(ends - since) // HOUR))):
            hour = desk.hours[number]
            overlap = min(ends, hour.since + HOUR) - max(begins, hour.since)
            hour.talk_seconds += overlap.total_seconds()
    for agent_id, at in leg.missed:
        if since <= at < until and leg.direction is Direction.IN:
            _agent(desk, agent_id).missed += 1


def _spell(desk: Desk, spell: Spell, since: datetime, until: datetime, now: datetime) -> None:
    begins, ends = max(spell.since, since), min(spell.until or now, until)
    if ends <= begins or spell.state is SeatState.OFF:
        return
    agent, seconds = _agent(desk, spell.agent), (ends - begins).total_seconds()
    agent.duty_seconds += seconds
    if spell.state is SeatState.WRAPPING:
        agent.wrap_seconds += seconds
    elif spell.state is SeatState.BREAK:
        agent.break_seconds += seconds


def _agent(desk: Desk, agent: str) -> AgentTally:
    return desk.agents.setdefault(agent, AgentTally(agent))


def _called_back(legs: Sequence[tuple[Leg, str]], since: datetime, until: datetime, within: timedelta) -> int:
    """Lost calls of the span whose number was reached by a call of ours soon after."""
    reached: dict[str, list[datetime]] = {}
    for leg, number in legs:
        if number and leg.direction is Direction.OUT and leg.answered is not None:
            reached.setdefault(number, []).append(leg.answered)
    count = 0
    for leg, number in legs:
        if leg.direction is Direction.OUT or leg.media is Media.TEXT or not leg.is_lost:
            continue
        ended = leg.ended
        if ended is not None and since <= leg.received < until:
            count += any(ended <= at <= ended + within for at in reached.get(number, ()))
    return count
