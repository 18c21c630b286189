"""Figures of alarms, from the events of each and from nothing else.

An alarm is answered by the taking that led to a deed: a call, help, an end. One that was taken and lost to the next agent
without a deed was not answered by that. A span that a clock put back makes negative is not measured, and is counted as such
instead of as quick.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

TAKES = frozenset({"take", "take_over", "reopen"})
DEEDS = frozenset({"call", "send", "relay", "heard"})
ENDS = {
    "resolve": "resolved",
    "call_false": "false_alarm",
    "call_test": "test",
    "give_up": "no_contact",
    "call_duplicate": "duplicate",
}
ENDED = {"alarm_false": "false_alarm", "alarm_no_contact": "no_contact"}
ARRIVALS = frozenset({"arrive", "arrived"})


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; ``reached`` belongs to calls, ``target`` is the state that it led to."""

    what: str
    at: datetime
    by: str = ""
    reached: bool = False
    target: str = ""


@dataclass(frozen=True, slots=True)
class Times:
    """What counts of one alarm."""

    raised: datetime
    answered: datetime | None = None
    answered_by: str = ""
    first_reached: bool | None = None
    sent: datetime | None = None
    arrived: datetime | None = None
    outcome: str = ""

    @property
    def waited(self) -> timedelta | None:
        """Until it was answered."""
        return None if self.answered is None else self.answered - self.raised

    @property
    def travelled(self) -> timedelta | None:
        """From sending help until somebody was there."""
        return None if self.sent is None or self.arrived is None else self.arrived - self.sent


def fold(events: Sequence[Event]) -> Times:
    """What counts of an alarm, from its events in the order in which they were written down."""
    raising = next(one for one in events if one.what == "raise")
    answered: Event | None = None
    held: Event | None = None
    sent = arrived = None
    first: bool | None = None
    outcome = (
        "test" if raising.target == "test" else ""
    )  # the monthly press of a test button, which nobody takes
    for one in events:
        if one.what in TAKES:
            held = one
        elif one.what == "lose":
            held = None
        elif held is not None and answered is None and (one.what in DEEDS or one.what in ENDS):
            answered = held
        if one.what == "call" and first is None:
            first = one.reached
        if one.what in ("send", "relay") and sent is None:
            sent = one.at
        if one.what in ARRIVALS and arrived is None:
            arrived = one.at
        outcome = ENDS.get(one.what, "" if one.what == "reopen" else outcome)
    answered = answered or held
    return Times(
        raising.at, answered.at if answered else None, answered.by if answered else "", first, sent, arrived, outcome
    )  # fmt: skip


@dataclass(slots=True)
class Figures:
    """Counts over some alarms; tests are counted apart and in nothing else."""

    alarms: int = 0
    tests: int = 0
    answered: int = 0
    unmeasured: int = 0
    within: dict[timedelta, int] = field(default_factory=dict)
    sent: int = 0
    arrived: int = 0
    on_site: int = 0
    late_unmeasured: int = 0
    ended: int = 0
    false: int = 0
    no_contact: int = 0
    called: int = 0
    first_failed: int = 0


def count(found: Iterable[Times], spans: Sequence[timedelta], site: timedelta) -> Figures:
    """Counts of some alarms: within each of the spans, and on site within one."""
    out = Figures(within=dict.fromkeys(spans, 0))
    for one in found:
        if one.outcome == "test":
            out.tests += 1
            continue
        out.alarms += 1
        _answering(out, one.waited)
        _helping(out, one, site)
        out.ended += one.outcome != ""
        out.false += one.outcome == "false_alarm"
        out.no_contact += one.outcome == "no_contact"
        out.called += one.first_reached is not None
        out.first_failed += one.first_reached is False
    return out


def grouped(
    found: Mapping[str, Sequence[Times]], spans: Sequence[timedelta], site: timedelta
) -> dict[str, Figures]:
    """The same for each group."""
    return {key: count(rows, spans, site) for key, rows in found.items()}


def stands(one: Times, code: str, site: timedelta) -> tuple[bool, bool]:
    """Whether an alarm counts below the line of an indicator, and above it. A test counts in neither."""
    if one.outcome == "test":
        return False, False
    if code.startswith("alarm_answered_"):
        span = timedelta(seconds=int(code.removeprefix("alarm_answered_")))
        return True, one.waited is not None and timedelta() <= one.waited <= span
    if code == "alarm_on_site":
        on_site = one.travelled is not None and timedelta() <= one.travelled <= site
        return one.sent is not None, on_site
    if code == "alarm_first_failed":
        return one.first_reached is not None, one.first_reached is False
    if code in ENDED:
        return one.outcome != "", one.outcome == ENDED[code]
    return True, True


def share(part: int, whole: int) -> int | None:
    """Ten-thousandths; None of nothing."""
    return None if not whole else round(10_000 * part / whole)


def _answering(out: Figures, waited: timedelta | None) -> None:
    if waited is None:
        return
    out.answered += 1
    if waited < timedelta():
        out.unmeasured += 1
        return
    for span in out.within:
        out.within[span] += waited <= span


def _helping(out: Figures, one: Times, site: timedelta) -> None:
    if one.sent is None:
        return
    out.sent += 1
    travelled = one.travelled
    if travelled is None:
        return
    out.arrived += 1
    if travelled < timedelta():
        out.late_unmeasured += 1
    else:
        out.on_site += travelled <= site
