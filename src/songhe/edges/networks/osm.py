"""OpenStreetMap: which ways are streets, for whom, in which direction, and what lies in the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import osmium

from songhe.core.reach import KINDS, Barrier, Finding, Open, Streets
from songhe.core.refusal import Refused
from songhe.edges.networks.beneath import read_base, unreadable

FOOT, WHEELS, CYCLE, CAR = (
    Open.FOOT | Open.FOOT_BACK,
    Open.WHEELCHAIR | Open.WHEELCHAIR_BACK,
    Open.CYCLE | Open.CYCLE_BACK,
    Open.CAR | Open.CAR_BACK,
)
BACKWARD = Open.FOOT_BACK | Open.WHEELCHAIR_BACK | Open.CYCLE_BACK | Open.CAR_BACK
STREET, WALK = Open.ALL, FOOT | WHEELS
WAYS: Mapping[str, tuple[str, Open]] = {
    "motorway": ("motorway", CAR), "motorway_link": ("motorway", CAR), "trunk": ("trunk", STREET), "trunk_link": ("trunk", STREET),
    "primary": ("primary", STREET), "primary_link": ("primary", STREET), "secondary": ("secondary", STREET),
    "secondary_link": ("secondary", STREET), "tertiary": ("tertiary", STREET), "tertiary_link": ("tertiary", STREET),
    "unclassified": ("unclassified", STREET), "residential": ("residential", STREET), "living_street": ("living_street", STREET),
    "service": ("service", STREET), "road": ("other", STREET), "pedestrian": ("pedestrian", WALK), "footway": ("footway", WALK),
    "path": ("path", WALK | CYCLE), "steps": ("steps", FOOT), "corridor": ("corridor", WALK), "elevator": ("lift", WALK),
    "cycleway": ("cycleway", WALK | CYCLE), "bridleway": ("path", FOOT), "track": ("track", FOOT | CYCLE | CAR),
}  # fmt: skip
"""The kind of street for each value of ``highway``, and for whom it is open where nothing else is said."""
YES, NO = (
    frozenset({"yes", "designated", "permissive", "official", "destination", "limited"}),
    frozenset({"no", "private", "use_sidepath"}),
)
MODES = (
    ("foot", FOOT),
    ("wheelchair", WHEELS),
    ("bicycle", CYCLE),
    ("vehicle", CYCLE | CAR),
    ("motor_vehicle", CAR),
    ("motorcar", CAR),
)
ROUGH = frozenset(
    {
        "sand",
        "mud",
        "gravel",
        "pebblestone",
        "cobblestone",
        "unhewn_cobblestone",
        "rock",
        "grass",
        "dirt",
        "earth",
    }
)
STOPS: Mapping[str, Open] = {
    "bollard": CAR, "block": CAR, "jersey_barrier": CAR, "chain": CAR, "cycle_barrier": CAR | WHEELS, "stile": CAR | CYCLE | WHEELS,
    "turnstile": CAR | CYCLE | WHEELS, "kissing_gate": CAR | CYCLE | WHEELS, "full-height_turnstile": CAR | CYCLE | WHEELS,
    "kerb": WHEELS, "log": CAR | CYCLE | WHEELS, "debris": CAR | WHEELS, "wall": Open.ALL, "fence": Open.ALL,
}  # fmt: skip
"""Whom a point in the course of a way stops."""
SAID_EVERY = 200_000


@dataclass
class _Found:
    """Columns while they grow."""

    refs: list[int] = field(default_factory=list)
    places: list[tuple[int, int]] = field(default_factory=list)
    tail: list[int] = field(default_factory=list)
    head: list[int] = field(default_factory=list)
    facts: list[tuple[int, int, int, int, float]] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=lambda: {"": 0})
    stops: dict[int, Open] = field(default_factory=dict)
    known: dict[int, int] = field(default_factory=dict)
    lost: int = 0


def read(file: Path, told: Callable[[str], None]) -> Streets:
    """The streets of a file. Where points of a way are missing, the way is interrupted there."""
    found = _Found()
    try:
        one: Any
        for number, one in enumerate(
            osmium.FileProcessor(str(file))
            .with_locations()
            .with_filter(osmium.filter.KeyFilter("highway", "barrier", "kerb"))
        ):
            if number % SAID_EVERY == 0 and number:
                told(f"{number:,} ways and barriers")
            if one.is_node():
                _stop(one.id, one.tags, found)
            elif one.is_way() and "highway" in one.tags:
                _way(one, found)
    except (RuntimeError, osmium.InvalidLocationError) as error:
        raise unreadable(file, error) from error
    if not found.tail:
        raise Refused(
            "network.no_streets",
            "{file} has no streets: no passable way with the key “highway”.",
            file=file.name,
        )
    return replace(_streets(found), base=read_base(file))


def _way(way: Any, found: _Found) -> None:
    tags = {tag.k: tag.v for tag in way.tags}
    facts = judged(tags)
    if facts is None:
        return
    open_, kind, barrier, slope = facts
    name = found.names.setdefault(tags.get("name:zh") or tags.get("name") or "", len(found.names))
    before, count = -1, 0
    for node in way.nodes:
        location = node.location
        if not location.valid():
            found.lost += 1
            before = -1
            continue
        row = found.known.get(node.ref)
        if row is None:
            row = found.known[node.ref] = len(found.refs)
            found.refs.append(node.ref)
            found.places.append((location.x, location.y))
        if before >= 0 and before != row:
            found.tail.append(before)
            found.head.append(row)
            count += 1
        before = row
    if count:
        found.facts.append((int(open_), kind, int(barrier), name, slope))
        found.counts.append(count)


def judged(tags: Mapping[str, str]) -> tuple[Open, int, Barrier, float] | None:
    """Who may pass a way, its kind, what lies in the way, and its slope; None if it is no street for anybody."""
    usual = WAYS.get(tags.get("highway", ""))
    if usual is None or tags.get("area") == "yes":
        return None
    kind, open_ = usual
    if tags.get("motorroad") == "yes":
        open_ &= CAR
    if tags.get("access") in NO:
        open_ = Open(0)
    for key, who in MODES:
        said = tags.get(key)
        if said in YES:
            open_ |= WALK if who == FOOT and kind != "steps" else who
        elif said in NO:
            open_ &= ~(WALK if who == FOOT else who)
    if tags.get("wheelchair") == "no":
        open_ &= ~WHEELS
    open_ = _directed(open_, tags)
    barrier = Barrier(0)
    if kind == "steps":
        barrier |= Barrier.STEPS
        if tags.get("ramp:wheelchair") == "yes" or tags.get("wheelchair") == "yes":
            barrier, open_ = Barrier(0), open_ | WHEELS
    if tags.get("surface") in ROUGH or tags.get("smoothness") in {"bad", "very_bad", "horrible"}:
        barrier |= Barrier.ROUGH
    return (open_, KINDS.index(kind), barrier, _slope(tags.get("incline", ""))) if open_ else None


def _directed(open_: Open, tags: Mapping[str, str]) -> Open:
    """Without the directions in which one may not go. Who walks goes both ways, unless it is said of them."""
    wheels = CYCLE | CAR
    oneway = tags.get(
        "oneway",
        "yes"
        if tags.get("junction") in {"roundabout", "circular"} or tags.get("highway") == "motorway"
        else "no",
    )
    closed = Open(0)
    if oneway in {"yes", "true", "1"}:
        closed |= wheels & BACKWARD
    elif oneway in {"-1", "reverse"}:
        closed |= wheels & ~BACKWARD
    if tags.get("oneway:bicycle") == "no" or tags.get("cycleway") in {
        "opposite",
        "opposite_lane",
        "opposite_track",
    }:
        closed &= ~CYCLE
    foot = tags.get("oneway:foot") or {"forward": "yes", "backward": "-1"}.get(tags.get("conveying", ""))
    if foot == "yes":
        closed |= WALK & BACKWARD
    elif foot == "-1":
        closed |= WALK & ~BACKWARD
    return open_ & ~closed


def _slope(text: str) -> float:
    """Rise by length, out of ``8%`` or ``-5%``; “up” and “down” say nothing that can be used."""
    try:
        value = float(text.strip().removesuffix("%").replace("°", "")) / 100
    except ValueError:
        return float("nan")
    return value if abs(value) <= 1 else float("nan")


def _stop(ref: int, tags: Any, found: _Found) -> None:
    kind = tags.get("barrier", "kerb" if tags.get("kerb") else "")
    stops = STOPS.get(kind, Open(0))
    if kind == "kerb" and tags.get("kerb") in {"lowered", "flush", "no"}:
        stops = Open(0)
    if kind in {"gate", "lift_gate", "swing_gate"} and (
        tags.get("locked") == "yes" or tags.get("access") in NO
    ):
        stops = Open.ALL
    for key, who in MODES:
        if tags.get(key) in YES:
            stops &= ~(WALK if who == FOOT else who)
        elif tags.get(key) in NO and kind:
            stops |= who
    if stops:
        found.stops[ref] = stops


def _streets(found: _Found) -> Streets:
    places = np.array(found.places, float) / 10_000_000
    facts = np.repeat(np.array(found.facts, float), found.counts, axis=0)
    tail, head = np.array(found.tail), np.array(found.head)
    open_ = facts[:, 0].astype(np.uint8)
    degree = np.bincount(np.concatenate([tail, head]), minlength=len(places))
    closed = np.zeros(len(places), np.uint8)
    for ref, stops in found.stops.items():
        if ref in found.known:
            closed[found.known[ref]] = int(stops)
    closed[degree > 2] = 0  # at a crossing it is not known which of the streets it stands in
    open_ &= ~(closed[tail] | closed[head])
    findings = []
    if found.lost:
        findings.append(
            Finding("network.lost_nodes", found.lost)
        )  # fmt: skip
    return Streets(
        places[:, 0], places[:, 1], tail, head, open=open_, kind=facts[:, 1], barrier=facts[:, 2], name=facts[:, 3],
        slope=facts[:, 4], names=tuple(found.names), findings=tuple(findings),
    )  # fmt: skip
