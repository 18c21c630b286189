"""Caring on screen."""

from songhe.areas.caring import figures
from songhe.areas.caring.screens import home, person
from songhe.areas.caring.screens.calls import calls
from songhe.areas.caring.screens.carings import carings
from songhe.areas.caring.screens.checks import probes, reviews
from songhe.areas.caring.screens.pauses import pauses
from songhe.areas.caring.screens.plans import plans
from songhe.areas.caring.screens.searches import searches
from songhe.areas.caring.screens.visit import visit

__all__ = [
    "calls",
    "carings",
    "figures",
    "home",
    "pauses",
    "person",
    "plans",
    "probes",
    "reviews",
    "searches",
    "visit",
]
