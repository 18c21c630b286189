"""The streets on which reach is measured; straight lines where no network is stored for the city."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from threading import Lock

from songhe.areas.circle.book import book, walker
from songhe.core.reach import Ground, Network, Profile, ground_of, network_of
from songhe.engines.regions.models import Level, Region

FRESH_SECONDS = 15.0


@dataclass(frozen=True, eq=False)
class Streets:
    """A network, how it is called, and whom its licence asks to name."""

    network: Network
    name: str
    attribution: str = ""


@dataclass(slots=True)
class _Seen:
    at: float = -FRESH_SECONDS
    city: int = 0
    streets: Streets | None = None
    grounds: dict[Profile, Ground] = field(default_factory=dict)


_seen, _lock = _Seen(), Lock()


def streets() -> Streets | None:
    """The streets of the city that is loaded, if any are stored for it."""
    with _lock:
        return _look().streets


def ground(profile: Profile | None = None) -> Ground:
    """What reach is measured on, on foot unless a profile is named; made when it is first asked for."""
    asked = profile or walker()
    with _lock:
        seen = _look()
        if asked not in seen.grounds:
            seen.grounds[asked] = ground_of(seen.city, asked, detour=book().detour)
        return seen.grounds[asked]


def forget() -> None:
    """Look again at the next question."""
    _seen.at = -FRESH_SECONDS


def _look() -> _Seen:
    """Look for a network that was brought in, now and then."""
    if time.monotonic() - _seen.at > FRESH_SECONDS:
        cities = Region.objects.filter(level=Level.CITY, until=None).order_by("code")
        _seen.city = cities.values_list("code", flat=True).first() or 0
        network = network_of(_seen.city)
        if network is not (_seen.streets.network if _seen.streets else None):
            about = network.about if network else {}
            name = about.get("name") or about.get("file", "")
            _seen.streets = Streets(network, name, about.get("source", "")) if network else None
            _seen.grounds.clear()
        _seen.at = time.monotonic()
    return _seen
