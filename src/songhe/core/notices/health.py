"""Which of several providers is used: switched away from one that fails or whose receipts come late, and back by a trial.

Nothing is counted when something is sent: each provider carries a few small numbers, moved on by every batch.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Switching:
    """When to leave a provider: after so many ``failures`` in a row, or when ``slow_percent`` of at least ``least``
    receipts of a ``window`` took longer than ``slow_after`` or never came. It ``rest``s, and is then tried with one message.
    """

    failures: int
    rest: timedelta
    slow_after: timedelta
    window: timedelta
    slow_percent: int
    least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a provider is doing. ``resting_until``: left until then, and after it on trial until something goes well."""

    failures: int = 0
    quick: int = 0
    slow: int = 0
    window_from: datetime | None = None
    resting_until: datetime | None = None
    rests: int = 0
    why: str = ""

    def resting(self, at: datetime) -> bool:
        """Whether it is left alone."""
        return self.resting_until is not None and at < self.resting_until

    def on_trial(self, at: datetime) -> bool:
        """Whether one message may go to see if it is well again."""
        return self.resting_until is not None and at >= self.resting_until


def sent(health: Health, rules: Switching, *, accepted: int, failed: int, at: datetime) -> Health:
    """After a batch: what was accepted ends a rest for failures; enough failures without any success begin one.

    A provider that rested because receipts were late stays on trial until a receipt comes in time.
    """
    if accepted:
        health = replace(health, failures=0)
        if health.on_trial(at) and health.why == "failing":
            health = replace(health, resting_until=None, why="", rests=0)
    if failed and not accepted:
        health = replace(health, failures=health.failures + failed)
        if health.on_trial(at) or (health.failures >= rules.failures and not health.resting(at)):
            return _rest(health, rules, at, health.why if health.why == "slow" else "failing")
    return health


def heard(health: Health, rules: Switching, *, quick: int, slow: int, at: datetime) -> Health:
    """After receipts, or the silence in their place."""
    if health.window_from is None or at - health.window_from >= rules.window:
        health = replace(health, window_from=at, quick=0, slow=0)
    if health.on_trial(at) and health.why == "slow" and (quick or slow):
        if slow > quick:
            return _rest(health, rules, at, "slow")
        return replace(health, resting_until=None, why="", rests=0, quick=quick, slow=slow, window_from=at)
    health = replace(health, quick=health.quick + quick, slow=health.slow + slow)
    known = health.quick + health.slow
    if not health.resting(at) and known >= rules.least and health.slow * 100 >= known * rules.slow_percent:
        return _rest(health, rules, at, "slow")
    return health


def chosen(
    order: Sequence[str], known: Mapping[str, Health], at: datetime, *, tried: Collection[str], urgent: bool
) -> str | None:
    """The provider for the next message: one on trial that has not had its one message, else the first that is well, else
    the one that has rested longest, since a doubtful way is better than none. None where there is no provider.

    ``tried``: those on trial that have had a message of this batch. What is urgent is no trial while another is well.
    """
    well = [code for code in order if known.get(code, Health()).resting_until is None]
    if well and urgent:
        return well[0]
    for code in order:
        if known.get(code, Health()).on_trial(at) and code not in tried:
            return code
    if well:
        return well[0]
    tired = sorted(order, key=lambda code: (known[code].resting_until or at, order.index(code)))
    return tired[0] if tired else None


def _rest(health: Health, rules: Switching, at: datetime, why: str) -> Health:
    """Leave it: twice as long after each trial in vain, at most eight times."""
    length = rules.rest * 2 ** min(health.rests, 3)
    return Health(resting_until=at + length, rests=health.rests + 1, why=why)
