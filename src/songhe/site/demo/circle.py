"""The circle of a demo city: worked out, with two scenarios of the county that is shown, and a search for sites."""

from __future__ import annotations

from songhe.areas.circle import actions
from songhe.core.codes import span
from songhe.engines.access.api import SYSTEM
from songhe.site.demo.history import City


def draw_circle(city: City) -> None:
    """Gather everybody's place and work the city out."""
    code = int(city.places.city) * 10**6
    actions.gather(*span(code), at=city.at)
    actions.compute_now(code, actor=SYSTEM, at=city.at)
