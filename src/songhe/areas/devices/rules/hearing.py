"""What a signal changes in the last state of its device, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from hashlib import blake2s

from songhe.areas.devices.rules.clock import Clock, Fault, judge
from songhe.areas.devices.rules.fences import Fence, Spot, side
from songhe.areas.devices.rules.signals import Signal
from songhe.areas.devices.rules.terms import Kind, Means, Terms

OF_PEOPLE = frozenset({"found"})
"""What people say of a device, and not the device itself: it is heard though the device may not speak, or is being tested."""
MOST_OWN = 40
"""Signs of a device's own key that fit into the key of what follows from it; a longer one goes in as its hash."""


class Became(StrEnum):
    """What became of a signal."""

    ALARM = "alarm"
    KEPT = "kept"
    TEST = "test"
    ASKED = "asked"
    UNBOUND = "unbound"
    DISABLED = "disabled"
    STRANGE = "strange"
    DROPPED = "dropped"  # changed the last state, or nothing


@dataclass(frozen=True, slots=True)
class State:
    """The last that is known of a device. Each part carries the moment it is of, and none goes back."""

    heard_at: datetime | None = None
    battery: int | None = None
    battery_at: datetime | None = None
    battery_low: bool = False
    clock: Clock = field(default_factory=Clock)
    spot: Spot | None = None
    accuracy: float | None = None
    located_at: datetime | None = None
    kept_at: datetime | None = None
    inside: Mapping[str, bool] = field(default_factory=dict)
    used_at: datetime | None = None
    tested_at: datetime | None = None
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wearer:
    """What is known of the device beside its state: kind, whether it may speak, whether its place may be kept."""

    kind: Kind
    enabled: bool = True
    bound: bool = True
    agreed: bool = False
    test_until: datetime | None = None
    fences: Sequence[Fence] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """One signal after it was heard: when it was, whether the clock lied, what became of it, without what nobody agreed to."""

    signal: Signal
    at: datetime
    fault: Fault
    became: Became
    alarms: bool


def hear(state: State, wearer: Wearer, signal: Signal, terms: Terms) -> tuple[State, list[Heard]]:
    """The state after a signal, and what there is to keep of it, with what follows from it: a battery that has become low,
    the edge of an area crossed."""
    said = terms.signals.get(signal.kind)
    judged = judge(
        signal.sent_at, signal.received_at, live=bool(said and said.live), before=state.clock, limits=terms.clock
    )  # fmt: skip
    after = replace(state, heard_at=_later(state.heard_at, signal.received_at), clock=judged.clock)
    if not wearer.enabled and signal.kind not in OF_PEOPLE:
        return after, [Heard(_placeless(signal), judged.at, judged.fault, Became.DISABLED, alarms=False)]
    told = signal if wearer.agreed else _placeless(signal)
    after, low = _charged(after, wearer.kind, told, judged.at, terms)
    after, crossed = _placed(after, wearer, told, judged.at, terms)
    if said is None:
        became, alarms = Became.STRANGE, False
    else:
        after, became, alarms = _decided(after, wearer, told, judged.at, said.means, use=said.use)
    found = []
    if became is not Became.DROPPED:
        found.append(Heard(told, judged.at, judged.fault, became, alarms))
    elif told.has_place:
        due = state.kept_at is None or abs(judged.at - state.kept_at) >= terms.keep_every
        if due or crossed:
            after = replace(after, kept_at=_later(state.kept_at, judged.at))
            found.append(Heard(told, judged.at, judged.fault, Became.KEPT, alarms=False))
    if low and signal.kind != "low_battery":
        found.append(_follows(told, "low_battery", "", judged.at, judged.fault, alarms=False))
    for fence in crossed:
        wrong = fence.breached(after.inside[fence.id])
        found.append(_follows(told, "geofence", fence.id, judged.at, judged.fault, alarms=wrong))
    return after, found


def _decided(
    state: State, wearer: Wearer, signal: Signal, at: datetime, means: Means, *, use: bool
) -> tuple[State, Became, bool]:
    testing = wearer.test_until is not None and signal.received_at < wearer.test_until
    if testing and signal.kind not in OF_PEOPLE and (means is Means.ALARM or signal.kind == "test"):
        return replace(state, tested_at=_later(state.tested_at, at)), Became.TEST, False
    if signal.kind == "test":
        return replace(state, asked_at=_later(state.asked_at, at)), Became.ASKED, False
    if use:
        state = replace(state, used_at=_later(state.used_at, at))
    if means is Means.ALARM:
        return state, Became.ALARM if wearer.bound else Became.UNBOUND, True
    if means is Means.EVENT:
        return state, Became.KEPT if wearer.bound else Became.UNBOUND, False
    return state, Became.DROPPED, False


def _charged(state: State, kind: Kind, signal: Signal, at: datetime, terms: Terms) -> tuple[State, bool]:
    """The battery, and whether it has just become low."""
    level = signal.battery
    if level is None and signal.kind != "low_battery":
        return state, False
    if state.battery_at is not None and at <= state.battery_at:
        return state, False
    if level is None:
        low = True
    else:
        low = level <= kind.battery_warn + (terms.battery_clear if state.battery_low else 0)
        low = low and kind.battery_warn > 0
    became = low and not state.battery_low
    return replace(state, battery=level if level is not None else state.battery, battery_at=at, battery_low=low), became  # fmt: skip


def _placed(
    state: State, wearer: Wearer, signal: Signal, at: datetime, terms: Terms
) -> tuple[State, list[Fence]]:
    """The place, and the fences whose edge was crossed."""
    if signal.longitude is None or signal.latitude is None:
        return state, []
    if state.located_at is not None and at <= state.located_at:
        return state, []
    spot = (signal.longitude, signal.latitude)
    accuracy = terms.accuracy if signal.accuracy is None else signal.accuracy
    inside, crossed = {}, []
    for fence in wearer.fences:
        before = state.inside.get(fence.id)
        now = side(fence, spot, accuracy, margin=terms.margin, before=before)
        if now is None:
            continue
        inside[fence.id] = now
        if now is not before and (before is not None or fence.breached(now)):
            crossed.append(fence)
    return replace(state, spot=spot, accuracy=signal.accuracy, located_at=at, inside=inside), crossed


def _follows(signal: Signal, kind: str, about: str, at: datetime, fault: Fault, *, alarms: bool) -> Heard:
    """A signal that follows from another; its key makes it the same one whenever that comes again."""
    own = str(signal.key)
    if len(own) > MOST_OWN:
        own = blake2s(own.encode(), digest_size=16).hexdigest()
    key = f"{kind[:3]}:{about[-12:]}:{own}"
    extra = {"fence": about, "way": "out" if alarms else "back"} if about else {}
    made = replace(signal, key=key, kind=kind, extra=extra)
    return Heard(made, at, fault, Became.ALARM if alarms else Became.KEPT, alarms)


def _placeless(signal: Signal) -> Signal:
    return replace(signal, longitude=None, latitude=None, accuracy=None) if signal.has_place else signal


def _later(one: datetime | None, other: datetime) -> datetime:
    return other if one is None or other > one else one
