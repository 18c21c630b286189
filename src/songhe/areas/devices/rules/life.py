"""How real devices behave, so that a made-up one can stand in for them: it beats, walks, runs down, is charged, is pressed
now and then, and is sometimes late, twice, or wrong about the time. The same seed says the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from songhe.areas.devices.rules.fences import Spot
from songhe.areas.devices.rules.signals import Signal
from songhe.areas.devices.rules.terms import Kind, Means, Terms

TWICE, LATE = 0.02, 0.03
"""Shares of messages that are sent again at once, and that come some minutes late."""
LYING = 0.01
"""Share of devices whose clock is wrong by hours."""
STEP = 0.0009
"""Degrees that somebody walks between two positions at most."""


@dataclass(slots=True)
class Simulated:
    """One made-up device. ``presses``: how often a day somebody presses it."""

    id: UUID
    kind: Kind
    home: Spot
    seed: int
    presses: float = 0.05
    battery: float = 80.0
    number: int = 0
    spot: Spot = (0.0, 0.0)
    chance: Random = field(default_factory=Random)
    next_beat: timedelta = timedelta()
    wrong: timedelta = timedelta()

    def __post_init__(self) -> None:
        self.chance.seed(self.seed)
        self.spot = self.home
        self.battery = 30 + 70 * self.chance.random()
        self.next_beat = self.kind.heartbeat * self.chance.random()
        if self.chance.random() < LYING:
            self.wrong = timedelta(hours=self.chance.choice((-30, -8, 8, 400)))

    def said(self, passed: timedelta, now: datetime, terms: Terms) -> Iterator[Signal]:
        """What it says while some of its own time passes, all of it arriving now."""
        days = passed / timedelta(days=1)
        if self.chance.random() < self.presses * days:
            yield from self._sent(self._urgent(terms), now)
        self.next_beat -= passed
        if self.kind.heartbeat and self.next_beat <= timedelta():
            self.next_beat = self.kind.heartbeat * (0.9 + 0.2 * self.chance.random())
            self.battery = 100.0 if self.battery < 6 else self.battery - 40 * (self.kind.heartbeat / timedelta(days=1))  # fmt: skip
            yield from self._sent("position" if "position" in self.kind.signals else "heartbeat", now)

    def press(self, kind: str, now: datetime) -> Signal:
        """What it says when somebody presses it, or when it notices something."""
        return next(self._sent(kind, now))

    def _urgent(self, terms: Terms) -> str:
        able = [one for one in sorted(self.kind.signals) if terms.signals[one].means is Means.ALARM]
        return self.chance.choice(able) if able else "heartbeat"

    def _sent(self, kind: str, now: datetime) -> Iterator[Signal]:
        self.number += 1
        late = timedelta(minutes=20 * self.chance.random()) if self.chance.random() < LATE else timedelta()
        moves = "position" in self.kind.signals
        if moves:
            self.spot = self._walked()
        one = Signal(
            self.id, f"{self.seed:x}.{int(now.timestamp())}.{self.number}", kind, now - (late if kind != "heartbeat" else timedelta()) + self.wrong,
            now, round(self.battery) if self.kind.battery_warn else None, self.spot[0] if moves else None,
            self.spot[1] if moves else None, round(6 + 30 * self.chance.random(), 1) if moves else None,
        )  # fmt: skip
        yield one
        if self.chance.random() < TWICE:
            yield one

    def _walked(self) -> Spot:
        """A step somewhere, drawn back towards home."""
        lon, lat = (
            at + (self.chance.random() - 0.5) * STEP + (home - at) * 0.15
            for at, home in zip(self.spot, self.home, strict=True)
        )
        return round(lon, 6), round(lat, 6)
