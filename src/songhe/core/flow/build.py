"""A flow out of plain data, with dead ends and unreachable states refused."""

from __future__ import annotations

from songhe.core.flow.calendar import build_span
from songhe.core.flow.machine import Escalation, Flow, Kind, Move, State
from songhe.core.sources import Data, DataError, label, part, rows, text, whole


def build(data: Data) -> Flow:
    """A flow from a mapping as the data file holds it; DataError names what is wrong and where."""
    code = text(data, "code", "flow")
    flow = Flow(
        code=code,
        label=label(data, f"flow {code}"),
        prefix=text(data, "prefix", code),
        start=text(data, "start", code),
        states=tuple(_state(row, code) for row in rows(data, "states", code)),
        moves=tuple(_move(row, code) for row in rows(data, "moves", code)),
    )
    _check_names(flow)
    _check_ends(flow)
    return flow


def _state(row: Data, flow: str) -> State:
    code = text(row, "code", f"flow {flow}, state")
    where = f"flow {flow}, state {code}"
    kind = text(row, "kind", where)
    if kind not in {known.value for known in Kind}:
        raise DataError(f"{where}: kind must be open, done or cancelled.")
    due = build_span(part(row, "due", where), where) if "due" in row else None
    given = rows(row, "escalate", where) if "escalate" in row else ()
    if given and due is None:
        raise DataError(f"{where}: escalation needs a deadline (due).")
    return State(
        code,
        label(row, where),
        Kind(kind),
        due,
        tuple(_escalation(entry, where) for entry in given),
    )


def _escalation(row: Data, where: str) -> Escalation:
    code = text(row, "code", f"{where}, escalation")
    return Escalation(
        code=code,
        label=label(row, f"{where}, escalation {code}"),
        after=build_span(part(row, "after", where), where),
        right=text(row, "right", where),
        raise_by=whole(row, "raise", where) if "raise" in row else 0,
    )


def _move(row: Data, flow: str) -> Move:
    code = text(row, "code", f"flow {flow}, move")
    where = f"flow {flow}, move {code}"
    sources = row.get("from")
    if not isinstance(sources, list) or not sources:
        raise DataError(f"{where}: from must be a list of states.")
    return Move(
        code=code,
        label=label(row, where),
        sources=frozenset(str(source) for source in sources),
        target=text(row, "to", where),
        right=text(row, "right", where),
        guards=frozenset(str(guard) for guard in row.get("guards", ())),
        reopens=bool(row.get("reopens", False)),
    )


def _check_names(flow: Flow) -> None:
    names = [state.code for state in flow.states]
    if len(set(names)) != len(names):
        raise DataError(f"flow {flow.code}: a state is given twice.")
    if flow.start not in names:
        raise DataError(f"flow {flow.code}: the start {flow.start} is not a state.")
    taken: set[tuple[str, str]] = set()
    for move in flow.moves:
        where = f"flow {flow.code}, move {move.code}"
        strange = sorted((move.sources | {move.target}).difference(names))
        if strange:
            raise DataError(f"{where}: there is no state {', '.join(strange)}.")
        for source in move.sources:
            if (source, move.code) in taken:
                raise DataError(f"{where}: given twice from {source}.")
            taken.add((source, move.code))
            if flow.state(source).kind is not Kind.OPEN and not move.reopens:
                raise DataError(
                    f"{where}: leaves the closed state {source}; say reopens: true if that is meant."
                )


def _check_ends(flow: Flow) -> None:
    reached, frontier = {flow.start}, [flow.start]
    while frontier:
        here = frontier.pop()
        for move in flow.moves:
            if here in move.sources and move.target not in reached:
                reached.add(move.target)
                frontier.append(move.target)
    lost = [state.code for state in flow.states if state.code not in reached]
    if lost:
        raise DataError(f"flow {flow.code}: no move leads to {', '.join(lost)}.")
    ending = {state.code for state in flow.states if state.kind is not Kind.OPEN}
    grown = True
    while grown:
        more = {source for move in flow.moves if move.target in ending for source in move.sources} - ending
        ending |= more
        grown = bool(more)
    stuck = [state.code for state in flow.states if state.code not in ending]
    if stuck:
        raise DataError(f"flow {flow.code}: from {', '.join(stuck)} no move leads to an end.")
