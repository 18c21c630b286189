"""What the data files say about devices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from songhe.areas.devices.rules.clock import Limits
from songhe.core.labels import Label
from songhe.core.sources import DataError, label, part, rows, text, whole


class Means(StrEnum):
    """What comes of a signal."""

    ALARM = "alarm"
    EVENT = "event"
    STATE = "state"
    POSITION = "position"


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that devices can say."""

    code: str
    label: Label
    means: Means
    use: bool = False
    live: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of device. ``assumed``: the figures of it that no source gives."""

    code: str
    label: Label
    household: bool
    signals: frozenset[str]
    heartbeat: timedelta
    silence: timedelta
    battery_warn: int
    test_days: int
    protocol: str
    free: bool = False
    assumed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything together."""

    signals: Mapping[str, Said]
    kinds: Mapping[str, Kind]
    clock: Limits
    keep_every: timedelta
    positions_kept: timedelta
    events_kept: timedelta
    margin: float
    accuracy: float
    battery_clear: int
    test_rest: timedelta
    chore_days: Mapping[str, int]
    calls: str
    tag_hour: int
    address_hour: int


def build_terms(files: Sequence[Mapping[str, Any]]) -> Terms:
    """Terms from the data files, the nation's first; a signal or a kind named again takes the place of the one before."""
    merged: dict[str, Any] = {}
    signals: dict[str, Said] = {}
    kinds: dict[str, Kind] = {}
    for data in files:
        merged |= data
        signals |= {one.code: one for one in map(_said, _some(data, "signals"))}
        kinds |= {one.code: one for one in map(_kind, _some(data, "kinds"))}
    for kind in kinds.values():
        if unknown := sorted(kind.signals - signals.keys()):
            raise DataError(f"devices, kind {kind.code}: {', '.join(unknown)} stands among no signals.")
    where = "devices"
    clock, place = part(merged, "clock", where), part(merged, "positions", where)
    tests, chores, finder = (part(merged, name, where) for name in ("tests", "chores", "finder"))
    return Terms(
        signals=signals,
        kinds=kinds,
        clock=Limits(
            ahead=timedelta(minutes=whole(clock, "ahead_minutes", where)),
            live=timedelta(minutes=whole(clock, "live_minutes", where)),
            late=timedelta(hours=whole(clock, "late_hours", where)),
            jump=timedelta(minutes=whole(clock, "jump_minutes", where)),
            again=timedelta(minutes=whole(clock, "again_minutes", where)),
        ),
        keep_every=timedelta(minutes=whole(place, "keep_minutes", where)),
        positions_kept=timedelta(days=whole(place, "kept_days", where)),
        events_kept=timedelta(days=whole(part(merged, "events", where), "kept_days", where)),
        margin=float(whole(place, "margin_metres", where)),
        accuracy=float(whole(place, "accuracy_metres", where)),
        battery_clear=whole(part(merged, "battery", where), "clear", where),
        test_rest=timedelta(minutes=whole(tests, "minutes", where)),
        chore_days={
            kind: whole(chores, f"{kind}_days", where)
            for kind in ("silent", "battery", "test", "ask", "collect")
        },
        calls=text(part(merged, "calls", where), "benefit", where),
        tag_hour=whole(finder, "tag_hour", where),
        address_hour=whole(finder, "address_hour", where),
    )


def _some(data: Mapping[str, Any], key: str) -> Sequence[Mapping[str, Any]]:
    return rows(data, key, "devices") if key in data else ()


def _said(row: Mapping[str, Any]) -> Said:
    code = text(row, "code", "devices, signal")
    where = f"devices, signal {code}"
    means = text(row, "means", where)
    if means not in set(Means):
        raise DataError(f"{where}: means must be one of {', '.join(Means)}.")
    return Said(code, label(row, where), Means(means), bool(row.get("use")), bool(row.get("live")))


def _kind(row: Mapping[str, Any]) -> Kind:
    code = text(row, "code", "devices, kind")
    where = f"devices, kind {code}"
    whose = text(row, "for", where)
    if whose not in {"person", "household"}:
        raise DataError(f"{where}: for must be person or household.")
    signals, assumed = row.get("signals"), row.get("assumed", [])
    for name, value in (("signals", signals), ("assumed", assumed)):
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise DataError(f"{where}: {name} must be a list of words.")
    if unknown := sorted(set(assumed) - row.keys()):
        raise DataError(f"{where}: assumed names {', '.join(unknown)}, which is not said.")
    warn = whole(row, "battery_warn", where)
    if warn > 99:
        raise DataError(f"{where}: battery_warn must be at most 99 percent.")
    return Kind(
        code=code,
        label=label(row, where),
        household=whose == "household",
        signals=frozenset(signals or ()),
        heartbeat=timedelta(minutes=whole(row, "heartbeat_minutes", where)),
        silence=timedelta(minutes=whole(row, "silence_minutes", where)),
        battery_warn=warn,
        test_days=whole(row, "test_days", where),
        protocol=text(row, "protocol", where),
        free=bool(row.get("free_per_household", False)),
        assumed=frozenset(assumed),
    )
