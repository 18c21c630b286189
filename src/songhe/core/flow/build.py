"""A flow out of plain data, with dead ends and unreachable states refused."""

from __future__ import annotations

from songhe.core.flow.calendar import Span, build_span
from songhe.core.flow.machine import PRIORITIES, Escalation, Flow, Kind, Move, Spans, State
from songhe.core.labels import Label
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
        guards=_guards(data, code),
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
    due, dues = _spans(part(row, "due", where), f"{where}, due") if "due" in row else (None, ())
    warn = whole(row, "warn", where) if "warn" in row else 0
    if not 0 <= warn < 100 or (warn and due is None):
        raise DataError(f"{where}: warn is a percentage below 100 of the time until a deadline (due).")
    given = rows(row, "escalate", where) if "escalate" in row else ()
    if given and due is None:
        raise DataError(f"{where}: escalation needs a deadline (due).")
    return State(
        code,
        label(row, where),
        Kind(kind),
        due,
        tuple(_escalation(entry, where) for entry in given),
        dues,
        warn,
    )


def _escalation(row: Data, where: str) -> Escalation:
    code = text(row, "code", f"{where}, escalation")
    after, afters = _spans(part(row, "after", where), f"{where}, escalation {code}")
    return Escalation(
        code=code,
        label=label(row, f"{where}, escalation {code}"),
        after=after,
        right=text(row, "right", where),
        raise_by=whole(row, "raise", where) if "raise" in row else 0,
        level=text(row, "level", where) if "level" in row else "",
        afters=afters,
    )


def _spans(data: Data, where: str) -> tuple[Span, Spans]:
    """One span, or one for each priority: ``{minutes: 60}`` or ``{urgent: {minutes: 10}, normal: {minutes: 60}}``."""
    if not set(data).intersection(PRIORITIES):
        return build_span(data, where), ()
    strange = sorted(set(data).difference(PRIORITIES))
    if strange or "normal" not in data:
        raise DataError(f"{where}: give a span, or spans for normal and any of {', '.join(PRIORITIES)}.")
    found = {name: build_span(part(data, name, where), f"{where}, {name}") for name in data}
    return found["normal"], tuple(found.items())


def with_times(data: Data, times: Data) -> Data:
    """A flow's data with other deadlines: of each state that ``times`` names, due, warn and escalate as a whole."""
    given = part(times, "states", "times")
    known = [text(row, "code", "flow") for row in rows(data, "states", "flow")]
    strange = sorted(set(given).difference(known))
    if strange:
        raise DataError(f"times: there is no state {', '.join(strange)}.")
    kept = {"due", "warn", "escalate"}
    changed = []
    for row in rows(data, "states", "flow"):
        own = given.get(row["code"])
        if own is not None and set(own) - kept:
            raise DataError(f"times, state {row['code']}: only {', '.join(sorted(kept))} can be set.")
        plain = {name: value for name, value in row.items() if name not in kept}
        changed.append(row if own is None else {**plain, **own})
    return {**data, "states": changed}


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
        stamps=tuple(str(name) for name in row.get("stamps", ())),
        clears=str(row.get("clears", "")),
    )


def _guards(data: Data, flow: str) -> dict[str, Label]:
    given = part(data, "guards", flow) if "guards" in data else {}
    return {
        code: label(part(given, code, f"flow {flow}, guards"), f"flow {flow}, guard {code}") for code in given
    }


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
        if wordless := sorted(move.guards.difference(flow.guards)):
            raise DataError(f"{where}: say under guards what {', '.join(wordless)} asks for.")
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
