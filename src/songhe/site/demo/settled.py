"""Villages moved onto the streets of a real network, where it has streets and their made-up places have none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.spatial import cKDTree

from songhe.core.reach import Network
from songhe.site.demo.places import SEATS, Places

NEAR = 400.0
"""Metres from a street within which a village stays where it is."""
FEW = 400
"""Corners around a county's seat that are its own where another seat is nearer to every street."""


def settled(places: Places, network: Network, *, seed: int) -> Places:
    """Every village near a street of its county: the streets nearest to the county's seat."""
    rng = np.random.default_rng([seed, int(places.city), 17])
    corners = np.column_stack(network.plane.flat(network.vertex_lon, network.vertex_lat))
    here = np.column_stack(network.plane.flat(places.longitude, places.latitude))
    county = places.code // 10**6
    names = np.unique(county)
    seats = np.column_stack(network.plane.flat(*np.array([SEATS[int(one)] for one in names]).T))
    _far, nearest = cKDTree(seats).query(corners)
    lon, lat = places.longitude.copy(), places.latitude.copy()
    off = cKDTree(corners).query(here)[0] > NEAR
    for number, name in enumerate(names):
        rows = np.flatnonzero(off & (county == name))
        own = np.flatnonzero(nearest == number)
        if len(own) < FEW:
            own = cKDTree(corners).query(seats[number], min(FEW, len(corners)))[1]
        chosen = rng.choice(own, len(rows))
        lon[rows], lat[rows] = network.vertex_lon[chosen], network.vertex_lat[chosen]
    return replace(places, longitude=lon.round(6), latitude=lat.round(6))
