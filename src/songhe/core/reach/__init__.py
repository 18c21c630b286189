"""Streets, and who reaches what on them: travel times, coverage, capacity-aware access, equity.

A ``Network`` is built from ``Streets`` (columns of points and pieces). ``Paths`` is a network for one ``Profile``; ``Straight``
answers the same questions without a network, marked as approximate. Points are tied to streets (``snap``) and then asked about:
``nearest``, ``pairs``, ``matrix``. Seconds are exact sums, so every way of working them out gives the same to the last bit.
"""

from songhe.core.reach.access import Access, Bell, Decay, Gaussian, Steps, e2sfca
from songhe.core.reach.basemap import LAYERS, Basemap
from songhe.core.reach.contract import Built, build
from songhe.core.reach.coverage import Change, Coverage, Table
from songhe.core.reach.drawing import Lines, hex_border, hexes, lines, lines_of
from songhe.core.reach.equity import gini, lorenz
from songhe.core.reach.findings import Finding
from songhe.core.reach.frames import Doubt, doubt
from songhe.core.reach.isochrone import isochrones
from songhe.core.reach.kernel.machine import warm
from songhe.core.reach.network import Network
from songhe.core.reach.paths import Ground, Homes, Paths
from songhe.core.reach.profile import (
    BIKE,
    CAR,
    EBIKE,
    ELDER,
    KINDS,
    MODES,
    PROFILES,
    WALK,
    WHEELCHAIR,
    Barrier,
    Open,
    Profile,
)
from songhe.core.reach.rational import rational
from songhe.core.reach.review import review_network, review_points
from songhe.core.reach.spots import BANDS, Nearest, Pairs, Spots
from songhe.core.reach.stored import ground_of, network_of
from songhe.core.reach.straight import Straight
from songhe.core.reach.streets import Streets
from songhe.core.reach.travel import StreetTravel, street_travel

__all__ = [
    "BANDS",
    "BIKE",
    "CAR",
    "EBIKE",
    "ELDER",
    "KINDS",
    "LAYERS",
    "MODES",
    "PROFILES",
    "WALK",
    "WHEELCHAIR",
    "Access",
    "Barrier",
    "Basemap",
    "Bell",
    "Built",
    "Change",
    "Coverage",
    "Decay",
    "Doubt",
    "Finding",
    "Gaussian",
    "Ground",
    "Homes",
    "Lines",
    "Nearest",
    "Network",
    "Open",
    "Pairs",
    "Paths",
    "Profile",
    "Spots",
    "Steps",
    "Straight",
    "StreetTravel",
    "Streets",
    "Table",
    "build",
    "doubt",
    "e2sfca",
    "gini",
    "ground_of",
    "hex_border",
    "hexes",
    "isochrones",
    "lines",
    "lines_of",
    "lorenz",
    "network_of",
    "rational",
    "review_network",
    "review_points",
    "street_travel",
    "warm",
]
