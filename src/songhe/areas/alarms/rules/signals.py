"""What signals of one batch come to: which home each belongs to, and what is loudest in a home."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID, uuid5

from songhe.areas.alarms.rules.terms import Terms

_UNKNOWN = UUID("6f1c1d5e-0f0a-5c37-8b7e-8c1f3f0e5a11")


class Signal(Protocol):
    """A signal that must become an alarm, as devices hand it over: with whom and where it belongs, where that is known."""

    @property
    def device_id(self) -> UUID | None: ...
    @property
    def code(self) -> str: ...
    @property
    def key(self) -> str | bytes: ...
    @property
    def kind(self) -> str: ...
    @property
    def sent_at(self) -> datetime | None: ...
    @property
    def received_at(self) -> datetime: ...
    @property
    def battery(self) -> int | None: ...
    @property
    def person_id(self) -> UUID | None: ...
    @property
    def household_id(self) -> UUID | None: ...
    @property
    def region_id(self) -> int | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Cry:
    """A signal made by hand, for what does not come through a device."""

    kind: str
    received_at: datetime
    device_id: UUID | None = None
    code: str = ""
    key: str | bytes = ""
    sent_at: datetime | None = None
    battery: int | None = None
    person_id: UUID | None = None
    household_id: UUID | None = None
    region_id: int | None = None


@dataclass(slots=True)
class Sounding:
    """Everything that sounds in one home within a batch, in the order of its coming."""

    home_id: UUID
    signals: list[Signal] = field(default_factory=list)

    @property
    def first(self) -> Signal:
        """What came first."""
        return self.signals[0]


def sounds_as(signal: Signal) -> UUID:
    """What calls, whoever it belongs to: the device, else what it calls itself."""
    return signal.device_id or uuid5(_UNKNOWN, signal.code or str(signal.key))


def home_of(signal: Signal, homes: Mapping[UUID, UUID]) -> UUID:
    """Where a signal sounds: the household in which its person lives now, else the one that its device was given to, else
    the person, else what calls."""
    lives = homes.get(signal.person_id) if signal.person_id else None
    return lives or signal.household_id or signal.person_id or sounds_as(signal)


def by_home(
    signals: Iterable[Signal], homes: Mapping[UUID, UUID], named: Mapping[UUID, UUID]
) -> Mapping[UUID, Sounding]:
    """The signals of each home, homes in the order of their keys, so that two batches lock them in the same order.
    ``homes``: the households of persons; ``named``: the homes of open alarms whose person was named, by what called."""
    found: dict[UUID, Sounding] = {}
    for signal in signals:
        key = named.get(sounds_as(signal)) or home_of(signal, homes)
        found.setdefault(key, Sounding(key)).signals.append(signal)
    return dict(sorted(found.items()))


def loudest(signals: Sequence[Signal], terms: Terms) -> Signal:
    """The most urgent of some signals, the first of several."""
    return max(signals, key=lambda one: terms.kind(one.kind).priority)


def is_test(signals: Sequence[Signal]) -> bool:
    """Whether nothing but test presses came."""
    return all(one.kind == "test" for one in signals)
