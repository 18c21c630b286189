"""Which functions are jobs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uuid import UUID

    from songhe.core.refusal import Refused
    from songhe.engines.jobs.work import Work

    Function = Callable[[Work], dict[str, Any] | None]


class Cancelled(Exception):
    """Raised inside a job that somebody asked to stop."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A job that came to nothing: refused, failed for good, or stopped."""

    job_id: UUID
    args: dict[str, Any]
    at: datetime
    stopped: bool
    refused: Refused | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of job; ``together`` runs it and marks it done in one transaction, ``lost`` learns that it came to nothing."""

    name: str
    function: Function
    together: bool = False
    every_minutes: int | None = None
    daily: time | None = None
    lost: Callable[[Lost], None] | None = None


KINDS: dict[str, Kind] = {}
TICKS: dict[str, Callable[[datetime], int]] = {}
"""What is done in every round of the clock, by name: it finds by itself what is due, and tells how much there was."""


def job(
    name: str, *, together: bool = False, lost: Callable[[Lost], None] | None = None
) -> Callable[[Function], Function]:
    """Make a function the job ``name``; its result is kept with the job as JSON.

    Whatever waits for it gives a ``lost``: called once the job has failed or was stopped, in the transaction that marks
    it so, reaching everything, so that nothing stays under way for ever.
    """

    def decorate(function: Function) -> Function:
        KINDS[name] = Kind(name, function, together, lost=lost)
        return function

    return decorate


def periodic(
    name: str, *, every_minutes: int | None = None, at: str | None = None
) -> Callable[[Function], Function]:
    """Make a function a job that the system starts again and again: every so many minutes, or each day ``at`` a time of the
    city's clock, such as "02:30". What takes long is done at night, each at a time of its own."""
    if (every_minutes is None) == (at is None):
        raise ValueError(f"{name} comes back every so many minutes or at a time of the day")
    daily = time.fromisoformat(at) if at else None

    def decorate(function: Function) -> Function:
        KINDS[name] = Kind(name, function, every_minutes=every_minutes, daily=daily)
        return function

    return decorate


def ticking(name: str) -> Callable[[Callable[[datetime], int]], Callable[[datetime], int]]:
    """Call a function in every round of the clock, twice a second. Several workers do so at the same time: it locks what it
    works on and skips what is locked, commits by itself, and finds what a worker left that died.
    """

    def decorate(function: Callable[[datetime], int]) -> Callable[[datetime], int]:
        TICKS[name] = function
        return function

    return decorate
