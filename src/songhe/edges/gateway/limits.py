"""How much one device may say, and one gateway hold."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

_BUCKETS = 200_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one gateway. Memory is bounded by them: connections × what each may leave unanswered."""

    connections: int = 60_000
    packet_bytes: int = 8_192
    unanswered: int = 32
    """Messages of one device that wait for their receipt; beyond it nothing more is read from it. Of its calls for help no more
    wait to be written, on however many connections."""
    rate: float = 5.0
    """Messages a second that one device may send for long."""
    burst: int = 60
    """Messages that it may send at once."""
    urgent: float = 4.0
    """Calls for help may come so many times as often, and so many more at once."""
    patience_seconds: float = 30.0
    """A device that is held back by its rate for so long is disconnected, with the reason."""
    room: int = 20_000
    """Messages of all devices that wait to be written, beyond which heartbeats are let go."""
    batch: int = 500
    """Messages of one commit at most. A machine that needs longer than ``commit_seconds`` for them takes fewer at once."""
    fewest: int = 64
    commit_seconds: float = 0.1
    gather_seconds: float = 0.003
    introduce_seconds: float = 10.0
    """Within which a new connection must introduce itself."""
    keep_alive_seconds: int = 900
    """The longest silence allowed; a device that names none gets this one."""
    unsent_bytes: int = 65_536
    """What a device may leave unread before it counts as stuck."""
    credential_seconds: float = 300.0
    """How long a device's credentials are believed without asking again; a change is told at once."""


class Bucket:
    """Tokens that come back with time: one for each message."""

    __slots__ = ("at", "burst", "rate", "tokens")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self.rate, self.burst = rate, burst
        self.tokens = burst
        self.at = now

    def take(self, now: float) -> float:
        """Take a token; seconds until it is there, 0 when it was. A debt is paid before the next is given."""
        self.tokens = min(self.burst, self.tokens + (now - self.at) * self.rate) - 1.0
        self.at = now
        return max(0.0, -self.tokens / self.rate)

    def give_back(self) -> None:
        """The message was not taken after all."""
        self.tokens += 1.0

    def short(self, now: float) -> bool:
        """Whether there is no token to take."""
        return self.tokens + (now - self.at) * self.rate < 1.0


class Buckets:
    """The tokens of each device, apart for its calls for help; connecting anew brings no new ones."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._known: OrderedDict[tuple[Hashable, bool], Bucket] = OrderedDict()

    def of(self, device: Hashable, now: float, *, urgent: bool) -> Bucket:
        """A device's bucket; the one that was not asked for longest is forgotten where there are too many."""
        found = self._known.get((device, urgent))
        if found is None:
            times = self.limits.urgent if urgent else 1.0
            found = Bucket(self.limits.rate * times, self.limits.burst * times, now)
            self._known[device, urgent] = found
            if len(self._known) > _BUCKETS:
                self._known.popitem(last=False)
        self._known.move_to_end((device, urgent))
        return found
