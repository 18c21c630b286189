"""Devices and what belongs to them for the suite over every record."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from tests import make
from tests.areas.devices import made


def devices(n: int, region: int) -> list[Any]:
    """Devices of persons of a region."""
    return [made.device(of=make.person(region)) for _ in range(n)]


def chores(n: int, region: int) -> list[Any]:
    """Open tasks about devices."""
    return [made.chore(made.device(of=make.person(region))) for _ in range(n)]


def agreements(n: int, region: int) -> list[Any]:
    """Agreements in force."""
    return [made.agreement(make.person(region)) for _ in range(n)]


def fences(n: int, region: int) -> list[Any]:
    """Circles round homes."""
    return [made.fence(make.person(region)) for _ in range(n)]


def strays(n: int, region: int) -> list[Any]:
    """Numbers that no device has."""
    return [made.stray(region) for _ in range(n)]


def odd_signals(n: int, region: int) -> list[Any]:
    """Presses of devices that are nobody's."""
    return [made.kept(made.device(region=region), "sos", timezone.now()) for _ in range(n)]


def findings(n: int, region: int) -> list[Any]:
    """Messages of finders."""
    return [made.finding(made.device("tag", of=make.person(region))) for _ in range(n)]


make.SAMPLES |= {
    "device-chores": chores,
    "devices": devices,
    "finder-messages": findings,
    "location-agreements": agreements,
    "odd-signals": odd_signals,
    "safe-areas": fences,
    "unknown-devices": strays,
}
