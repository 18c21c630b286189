"""How what we say gets to 12345: the Protocol, and who fulfils it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from songhe.areas.tickets.models import CityLine


class Unreachable(Exception):
    """12345 did not answer; it is tried again."""


class Silent(Unreachable):
    """Nobody answered at all: the rest of what waits need not be tried now."""


class Rejected(Exception):
    """12345 answered that it does not take this."""


class Carrier(Protocol):
    """Hands one message over; 12345 knows it by ``key`` when it comes again."""

    def carry(self, line: CityLine, key: str, body: Mapping[str, Any]) -> None:
        """Returns when 12345 has acknowledged it. Raises Unreachable or Rejected."""


def carrier(way: str) -> Carrier:
    """The adapter for one way; the site's settings name it."""
    made: Carrier = import_string(settings.CITY_LINE_CARRIERS[way])()
    return made
