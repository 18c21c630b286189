"""The streets on which reach is measured; straight lines where no network is stored for the city."""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Lock

from songhe.areas.circle.book import book, walker
from songhe.core.reach import Ground, Network, ground_of, network_of
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
    streets: Streets | None = None
    ground: Ground | None = None


_seen, _lock = _Seen(), Lock()


def streets() -> Streets | None:
    """The streets of the city that is loaded, if any are stored for it."""
    return _look().streets


def ground() -> Ground:
    """What reach is measured on."""
    found = _look().ground
    assert found is not None
    return found


def forget() -> None:
    """Look again at the next question."""
    _seen.at = -FRESH_SECONDS


def _look() -> _Seen:
    """Look for a network that was brought in, now and then."""
    with _lock:
        if _seen.ground is None or time.monotonic() - _seen.at > FRESH_SECONDS:
            city = (
                Region.objects.filter(level=Level.CITY, until=None)
                .order_by("code")
                .values_list("code", flat=True)
                .first()
                or 0
            )
            network = network_of(city)
            if network is None:
                _seen.streets = None
                if _seen.ground is None or not _seen.ground.approximate:
                    _seen.ground = ground_of(0, walker(), detour=book().detour)
            elif _seen.streets is None or _seen.streets.network is not network:
                about = network.about
                _seen.streets = Streets(
                    network, about.get("name") or about.get("file", ""), about.get("source", "")
                )
                _seen.ground = ground_of(city, walker(), detour=book().detour)
            _seen.at = time.monotonic()
    return _seen
