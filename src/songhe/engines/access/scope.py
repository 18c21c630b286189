"""A scope: half-open ranges of region codes, and the holders to whom rows are tied."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import ClassVar
from uuid import UUID

from django.db import connections, transaction
from psycopg.pq import TransactionStatus

from songhe.core.codes.region import UNITS
from songhe.engines.access.prepared import rows_of

Range = tuple[int, int]
CODE_END = 10**12
TELL = (
    "SELECT set_config('songhe.low', %s, true), set_config('songhe.high', %s, true),"
    " set_config('songhe.areas', %s, true), set_config('songhe.bounds', %s, true), set_config('songhe.holders', %s, true)"
)


@dataclass(frozen=True, slots=True)
class Scope:
    """What one reader may reach.

    ``areas``: ranges in which everything is seen. ``bounds``: ranges in which rows tied to one of ``holders``
    (an organisation, a facility, a worker, a relative) are seen. Codes are 12-digit, ranges half-open. ``former``: those of the ranges whose codes ended, which
    come last; their rows are seen, but nobody works there.
    """

    areas: tuple[Range, ...] = ()
    bounds: tuple[Range, ...] = ()
    holders: frozenset[UUID] = field(default_factory=frozenset)
    actor_id: UUID | None = None
    former: tuple[Range, ...] = ()

    EVERYTHING: ClassVar[Scope]
    NOTHING: ClassVar[Scope]

    def holds(self, region: int) -> bool:
        """Whether everything in a region is seen."""
        return any(low <= region < high for low, high in self.areas)

    def overlaps(self, low: int, high: int) -> bool:
        """Whether any part of a range is seen in full."""
        return any(a < high and low < b for a, b in self.areas)

    @property
    def hull(self) -> Range:
        """The smallest range around all areas; empty (0, 0) where there is none."""
        if not self.areas:
            return (0, 0)
        return (min(a for a, _ in self.areas), max(b for _, b in self.areas))

    @property
    def worked(self) -> tuple[Range, ...]:
        """The areas in which somebody works."""
        return tuple(span for span in self.areas if span not in self.former)

    @property
    def around(self) -> int:
        """The smallest region around all areas and bounds; 0 where there is none or it is the whole country."""
        spans = [span for span in (*self.areas, *self.bounds) if span not in self.former]
        if not spans:
            return 0
        low, last = min(a for a, _ in spans), max(b for _, b in spans) - 1
        return next((low - low % unit for unit in reversed(UNITS) if low // unit == last // unit), 0)

    @property
    def shared(self) -> Scope:
        """The same for whoever reaches the same areas, where nobody's ties add to them: what is kept for one serves all."""
        return self if self.bounds else Scope(self.areas, former=self.former)

    def narrowed(self, low: int, high: int) -> Scope:
        """The part of this scope inside a range."""
        areas, bounds, former = (_cut(some, low, high) for some in (self.areas, self.bounds, self.former))
        return Scope(areas, bounds, self.holders, self.actor_id, former)


def merged(ranges: Iterable[Range]) -> tuple[Range, ...]:
    """Sorted ranges with overlaps and touching neighbours joined."""
    out: list[Range] = []
    for low, high in sorted(ranges):
        if out and low <= out[-1][1]:
            out[-1] = (out[-1][0], max(high, out[-1][1]))
        else:
            out.append((low, high))
    return tuple(out)


def _cut(ranges: tuple[Range, ...], low: int, high: int) -> tuple[Range, ...]:
    return tuple((max(a, low), min(b, high)) for a, b in ranges if a < high and low < b)


Scope.EVERYTHING = Scope(((0, CODE_END),), ((0, CODE_END),))
Scope.NOTHING = Scope()

_current: ContextVar[Scope | None] = ContextVar("scope", default=None)


def current() -> Scope:
    """The scope entered last; a LookupError where none is, so that reads fail closed."""
    scope = _current.get()
    if scope is None:
        raise LookupError("No scope is entered: use `with entered(scope):`")
    return scope


@contextmanager
def entered(scope: Scope, *, using: str = "default") -> Iterator[Scope]:
    """One transaction in which the database shows what ``scope`` allows, and nothing else.

    Middleware, jobs, commands, gateways and streams all come through here. The settings are local to the
    transaction and put back at the end, so that neither a pooled connection nor an outer scope is changed.
    """
    inside = connections[using].in_atomic_block
    with transaction.atomic(using=using), _shown(scope, using, back=inside):
        yield scope


@contextmanager
def elevated() -> Iterator[Scope]:
    """Reach beyond the actor's scope inside an action that has checked why: a transfer accepted by the other side,
    a number that may be registered elsewhere. Each use says its reason beside it.

    Inside a transaction nothing begins anew: what fails here is taken back by whoever called, as everything around it.
    """
    if _current.get() is None or not connections["default"].in_atomic_block:
        with entered(Scope.EVERYTHING):
            yield Scope.EVERYTHING
    elif _current.get() is Scope.EVERYTHING:
        yield Scope.EVERYTHING
    else:
        with _shown(Scope.EVERYTHING, "default", back=True):
            yield Scope.EVERYTHING


@contextmanager
def _shown(scope: Scope, using: str, *, back: bool) -> Iterator[None]:
    """Tell the database a scope for the length of the block, and the one before at its end if it goes on then."""
    before = _current.get()
    _tell(scope, using)
    token = _current.set(scope)
    try:
        yield
    finally:
        _current.reset(token)
        if back and _goes_on(using):
            _tell(before or Scope.NOTHING, using)


def _goes_on(using: str) -> bool:
    """Whether the transaction is to go on and can: after a fault the way back to its savepoint takes the settings along."""
    here = connections[using]
    failed = here.connection is None or here.connection.info.transaction_status == TransactionStatus.INERROR
    return not here.needs_rollback and not failed


def _tell(scope: Scope, using: str) -> None:
    low, high = scope.hull
    values = [str(low), str(high), _multirange(scope.areas), _multirange(scope.bounds), _array(scope.holders)]
    rows_of(TELL, values, using=using)


def _multirange(ranges: tuple[Range, ...]) -> str:
    return "{" + ",".join(f"[{low},{high})" for low, high in ranges) + "}"


def _array(holders: frozenset[UUID]) -> str:
    return "{" + ",".join(sorted(map(str, holders))) + "}"
