"""A street network: crossings, streets between them, and the straight pieces of which each street is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songhe.core.reach.basemap import Basemap
from songhe.core.reach.findings import Finding
from songhe.core.reach.plane import DEGREE, Plane

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Network:
    """Streets go from crossing ``tail`` to crossing ``head``; street e has the pieces ``first[e]`` to ``first[e + 1]``.

    A street with k pieces has k - 1 points within it, kept one after the other in ``inner_lon`` and ``inner_lat``. ``metres``,
    ``slope`` and ``minutes`` belong to pieces (the last two may be empty), the other columns to streets: see ``Streets``.
    ``about`` says where the network comes from, ``base`` what a map draws beneath it.
    """

    lon: Array
    lat: Array
    tail: Array
    head: Array
    first: Array
    open: Array
    kind: Array
    barrier: Array
    name: Array
    inner_lon: Array
    inner_lat: Array
    metres: Array
    slope: Array
    minutes: Array
    names: tuple[str, ...] = ("",)
    findings: tuple[Finding, ...] = ()
    about: Mapping[str, str] = field(default_factory=dict)
    base: Basemap = field(default_factory=Basemap)

    @property
    def crossings(self) -> int:
        """How many crossings and ends there are."""
        return len(self.lon)

    @property
    def streets(self) -> int:
        """How many streets from crossing to crossing there are."""
        return len(self.tail)

    @property
    def pieces(self) -> int:
        """How many straight pieces there are."""
        return len(self.metres)

    @property
    def vertices(self) -> int:
        """Crossings and points within streets."""
        return len(self.lon) + len(self.inner_lon)

    @property
    def kilometres(self) -> float:
        """Length of all streets."""
        return float(self.metres.sum()) / 1000

    @cached_property
    def vertex_lon(self) -> Array:
        """Degrees of all vertices: crossings first, then the points within streets."""
        return np.concatenate([self.lon, self.inner_lon]) / DEGREE

    @cached_property
    def vertex_lat(self) -> Array:
        """The same northward."""
        return np.concatenate([self.lat, self.inner_lat]) / DEGREE

    @cached_property
    def street_of(self) -> Array:
        """The street of each piece."""
        return np.repeat(np.arange(self.streets, dtype=np.int32), np.diff(self.first))

    @cached_property
    def piece_from(self) -> Array:
        """The vertex at which each piece begins."""
        found: Array = (self.crossings - 1 + np.arange(self.pieces) - self.street_of).astype(np.int32)
        found[self.first[:-1]] = self.tail
        return found

    @cached_property
    def piece_to(self) -> Array:
        """The vertex at which each piece ends."""
        found: Array = (self.crossings + np.arange(self.pieces) - self.street_of).astype(np.int32)
        found[self.first[1:] - 1] = self.head
        return found

    @cached_property
    def plane(self) -> Plane:
        """The flat picture round the middle of the network."""
        if not self.vertices:
            return Plane(105.0, 35.0)
        return Plane(float(np.median(self.vertex_lon)), float(np.median(self.vertex_lat)))

    @cached_property
    def flat(self) -> tuple[Array, Array]:
        """East and north of all vertices in that picture."""
        return self.plane.flat(self.vertex_lon, self.vertex_lat)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east and north end in degrees."""
        if not self.vertices:
            return (0.0, 0.0, 0.0, 0.0)
        lon, lat = self.vertex_lon, self.vertex_lat
        return (float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))
