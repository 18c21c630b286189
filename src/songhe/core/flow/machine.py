"""A flow and the only way along it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from songhe.core.flow.calendar import Span
from songhe.core.labels import Label, Labels
from songhe.core.refusal import Refused


class Kind(StrEnum):
    """Whether work is left in a state, and how it ended if not."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


PRIORITIES = ("low", "normal", "high", "urgent")
"""How much a case matters, from least to most; a case holds the place in this row."""
Spans = tuple[tuple[str, Span], ...]


@dataclass(frozen=True, slots=True)
class Escalation:
    """What happens a span after a missed deadline: whoever holds ``right`` is told, the priority rises.

    ``level`` names who answers from then on, as the network of the city knows it. ``afters``: spans by priority where they
    differ; ``after`` is the ordinary one.
    """

    code: str
    label: Label
    after: Span
    right: str
    raise_by: int = 0
    level: str = ""
    afters: Spans = ()

    def after_for(self, priority: int) -> Span:
        """The span of a priority."""
        return dict(self.afters).get(PRIORITIES[priority], self.after)


@dataclass(frozen=True, slots=True)
class State:
    """One state. ``due`` runs from the moment the state is entered; ``dues`` by priority where they differ. ``warn``: after
    so many percent of that time somebody is warned, 0 for never."""

    code: str
    label: Label
    kind: Kind
    due: Span | None = None
    escalations: tuple[Escalation, ...] = ()
    dues: Spans = ()
    warn: int = 0

    def due_for(self, priority: int) -> Span | None:
        """The span of a priority."""
        return dict(self.dues).get(PRIORITIES[priority], self.due)


@dataclass(frozen=True, slots=True)
class Move:
    """One way from some states to another. ``guards`` are names that the caller must report as passed.

    ``stamps`` name moments that the move sets; ``clears`` the first of those that it takes back. What they mean belongs to
    whoever the case is about.
    """

    code: str
    label: Label
    sources: frozenset[str]
    target: str
    right: str
    guards: frozenset[str] = frozenset()
    reopens: bool = False
    stamps: tuple[str, ...] = ()
    clears: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """A checked state machine: every state can be reached, and every open state can come to an end. ``guards`` says in words
    what each guard asks for."""

    code: str
    label: Label
    prefix: str
    start: str
    states: tuple[State, ...]
    moves: tuple[Move, ...]
    guards: Mapping[str, Label] = field(default_factory=dict)

    def state(self, code: str) -> State:
        """The state with this code, or a refusal."""
        for state in self.states:
            if state.code == code:
                return state
        raise Refused(
            "flow.no_such_state",
            "There is no state {state} in the flow {flow}. Reload the page and choose again.",
            state=code,
            flow=self.label,
        )


def moves_from(flow: Flow, state: str) -> tuple[Move, ...]:
    """The moves that start in a state, in the order of the data."""
    return tuple(move for move in flow.moves if state in move.sources)


def move(flow: Flow, state: str, code: str, *, passed: Collection[str] = ()) -> State:
    """The state that a move leads to, or a refusal that says which moves there are."""
    here = flow.state(state)
    found = next((move for move in moves_from(flow, state) if move.code == code), None)
    if found is None:
        raise Refused(
            "flow.not_from_here",
            "{move} is not possible while the state is {state}. Possible now: {possible}.",
            move=_name(flow, code),
            state=here.label,
            possible=Labels(tuple(move.label for move in moves_from(flow, state))),
        )
    missing = sorted(found.guards.difference(passed))
    if missing:
        raise Refused(
            "flow.guard",
            "{move} has to wait. Needed first: {guards}.",
            rule=missing[0],
            move=found.label,
            guards=Labels(tuple(flow.guards[guard] for guard in missing)),
        )
    return flow.state(found.target)


def _name(flow: Flow, code: str) -> Label | str:
    return next((move.label for move in flow.moves if move.code == code), code)
