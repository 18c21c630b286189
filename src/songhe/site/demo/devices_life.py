"""What devices of the demo city did: presses, falls, tests, ways, messages of finders, unknown numbers, tasks long done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from songhe.areas.devices import actions
from songhe.areas.devices.limits import terms
from songhe.areas.devices.models import Chore, Device, Tag
from songhe.areas.devices.rules import Signal
from songhe.engines.access.api import SYSTEM
from songhe.site.demo.history import City

if TYPE_CHECKING:
    from songhe.site.demo.devices import Given

WORDS = ("老人在早市门口，神志清楚，说不出家在哪里", "在公交站牌下坐着，我陪着", "在海边栈道，有点冷")
PRESSES = (
    ("sos", 40),
    ("fall", 12),
    ("smoke", 5),
    ("gas", 4),
    ("bed", 6),
    ("inactive", 4),
    ("tamper", 10),
    ("door", 30),
)


def live(city: City, given: Sequence[Given], agreed: Mapping[UUID, object]) -> None:
    """Let some devices speak, through the same door as real ones."""
    working = [one for one in given if one.installed and one.place == "issued"]
    batch = [*_events(city, working), *_ways(city, working, agreed)]
    for start in range(0, len(batch), 500):
        actions.receive(batch[start : start + 500], at=city.at)
    _unknown(city, given)
    _finders(city, working)
    _done(city, working)


def _events(city: City, working: Sequence[Given]) -> list[Signal]:
    """Events of the past three months, and tests of the past weeks, some of which nobody announced."""
    found = []
    for kind, many in PRESSES:
        able = [one for one in working if kind in _can(one.kind)]
        for n, one in enumerate(able[:: max(1, len(able) // many)][:many]):
            at = max(city.on(n * 90 // many, 6 + n * 7 % 16, n * 13 % 60), one.installed or city.at)
            found.append(Signal(one.id, f"e{kind}{n}", kind, at, at))
    askable = [one for one in working if one.kind == "pendant"]
    for n, one in enumerate(askable[:3]):
        at = city.at - timedelta(hours=3 + n)
        found.append(Signal(one.id, f"t{n}", "test", at, at))
    return found


def _ways(city: City, working: Sequence[Given], agreed: Mapping[UUID, object]) -> list[Signal]:
    """Where some of those who agreed went in the last day: out to the market and home again."""
    found = []
    walkers = [one for one in working if one.kind == "bracelet" and city.ids[one.row] in agreed]
    here = [one for one in walkers if city.county_of(one.row) == city.shown] or walkers
    for n, one in enumerate(here[:12]):
        lon, lat = city.people.where(one.row)
        for step in range(14):
            at = city.at - timedelta(minutes=15 * (14 - step) + n)
            out = min(step, 13 - step) * 0.0006
            found.append(
                Signal(
                    one.id, f"p{step}", "position", at, at, 40 + step, round(lon + out, 6),
                    round(lat + out * (0.4 + n % 3 * 0.3), 6), 9.0 + step,
                )
            )  # fmt: skip
    return found


def _unknown(city: City, given: Sequence[Given]) -> None:
    """Numbers that no device has, and a press of one that lies in the stock."""
    at = city.at - timedelta(hours=5)
    strays = [
        Signal(None, f"u{n}{turn}", kind, at, at + timedelta(minutes=turn), code=code)
        for n, (code, kind) in enumerate((("860112233445566", "heartbeat"), ("860112233445566", "sos"), ("T9-000417", "heartbeat")))
        for turn in range(1 + 40 * (kind == "heartbeat"))
    ]  # fmt: skip
    actions.receive(strays, at=city.at)
    idle = Device.everywhere.filter(place="stock").order_by("code").first()
    if idle is not None:
        actions.receive([Signal(idle.pk, "b1", "sos", at, at)], at=city.at)


def _finders(city: City, working: Sequence[Given]) -> None:
    """Tags with codes, and what strangers wrote through some of them."""
    tags = [one for one in working if one.kind == "tag"]
    here = [one for one in tags if city.county_of(one.row) == city.shown] or tags
    for n, one in enumerate(here[:20]):
        device = Device.everywhere.get(pk=one.id)
        tag: Tag = actions.make_code(device, actor=SYSTEM, at=city.on(40, 10))
        if n < len(WORDS):
            lon, lat = city.people.where(one.row)
            spoken = actions.Spoken(f"1380631{n:04d}", WORDS[n], round(lon + 0.004, 6), round(lat + 0.003, 6), 25.0)  # fmt: skip
            at = city.on(3 + 9 * n, 11 + n)
            actions.report_found(tag, actor=SYSTEM, at=at, spoken=spoken, address=f"203.0.113.{n}")


def _done(city: City, working: Sequence[Given]) -> None:
    """Tasks of the past weeks that somebody did."""
    outcomes = (
        ("silent", "works"),
        ("battery", "charged"),
        ("test", "tested"),
        ("silent", "away"),
        ("test", "not_worn"),
    )
    rows = []
    for n, one in enumerate(working[:: max(1, len(working) // 60)][:60]):
        kind, outcome = outcomes[n % len(outcomes)]
        opened = city.on(8 + n % 40, 8)
        rows.append(
            Chore(
                device_id=one.id, region_id=int(city.columns.residence[one.row]), person_id=city.ids[one.row], kind=kind,
                opened_at=opened, due_on=(opened + timedelta(days=3)).date(), closed_at=opened + timedelta(days=n % 4, hours=2),
                closed_by="村(社区)工作人员", outcome=outcome,
            )
        )  # fmt: skip
    Chore.everywhere.bulk_create(rows)


def _can(kind: str) -> frozenset[str]:
    return terms().kinds[kind].signals
