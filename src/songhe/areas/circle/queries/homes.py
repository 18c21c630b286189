"""Where people live, as columns: opened from the sealed blocks of towns, in memory only.

The cache of the map is one for all readers, so the blocks are read beyond the reader's scope; whatever goes out of it is cut
to that scope by the regions of the homes (``mask``).
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from io import BytesIO
from math import isfinite
from typing import Any

import numpy as np
from h3.api.numpy_int import latlng_to_cell
from numpy.typing import NDArray

from songhe.areas.circle.book import book
from songhe.areas.circle.models import Block
from songhe.core.refusal import Refused
from songhe.engines.access.api import Scope, elevated
from songhe.engines.vault.api import Unreadable, reveal_bytes

Array = NDArray[Any]
COLUMNS = {
    "ids": "V16",
    "lon": "<f8",
    "lat": "<f8",
    "region": "<i8",
    "born": "<i4",
    "tags": "u1",
    "how": "u1",
    "cell": "<u8",
}
EXACT, MIDDLE, NOWHERE = 0, 1, 2
EDGE = 1e7
FINEST = 10
"""The size of hexes that homes are kept with: 130 m across."""


@dataclass(frozen=True, eq=False)
class Homes:
    """A row for each person, in the order of regions. ``born`` is a day's number, ``tags`` a bit for each group, ``how`` says
    where the place comes from: the person's own, the middle of the village, or nowhere (degrees are NaN); ``cell`` is the
    hex of the finest size as a number, 0 for nowhere."""

    ids: Array
    lon: Array
    lat: Array
    region: Array
    born: Array
    tags: Array
    how: Array
    cell: Array

    def __len__(self) -> int:
        return len(self.region)

    def mask(self, scope: Scope) -> Array:
        """Who lives in what a scope sees in full."""
        found = np.zeros(len(self), bool)
        for low, high in scope.areas:
            found[np.searchsorted(self.region, low) : np.searchsorted(self.region, high)] = True
        return found

    def weights(self, day: date) -> dict[str, Array]:
        """A column for each group: 1 for who belongs to it on a day."""
        out = {}
        for place, group in enumerate(book().groups):
            belongs = self.born <= group.born_by(day).toordinal()
            if group.tags:
                belongs &= (self.tags >> place & 1) > 0
            out[group.code] = belongs.astype(np.int64)
        return out


def made(columns: dict[str, Any]) -> Homes:
    """Homes of plain columns; hexes are found where they are not given."""
    if "cell" not in columns:
        columns = columns | {"cell": _cells(columns["lon"], columns["lat"])}
    return Homes(**{name: np.asarray(columns[name], kind) for name, kind in COLUMNS.items()})


def _cells(lon: Iterable[float], lat: Iterable[float]) -> list[int]:
    return [
        latlng_to_cell(y, x, FINEST) if isfinite(x) and isfinite(y) else 0
        for x, y in zip(lon, lat, strict=True)
    ]


def bytes_of(homes: Homes) -> bytes:
    """As one string of bytes; degrees as whole ten-millionths."""
    body = BytesIO()
    place = {
        name: np.nan_to_num(np.rint(getattr(homes, name) * EDGE), nan=0).astype("<i4")
        for name in ("lon", "lat")
    }
    rest = {name: getattr(homes, name) for name in COLUMNS if name not in place}
    np.savez_compressed(body, **(place | rest))
    return body.getvalue()


def homes_from(*bodies: bytes) -> Homes:
    """Back from the bytes of one town or of several after each other."""
    parts = []
    for body in bodies:
        with np.load(BytesIO(body), allow_pickle=False) as held:
            parts.append({name: held[name] for name in COLUMNS})
    columns = {
        name: np.concatenate([part[name] for part in parts] or [np.zeros(0, kind)])
        for name, kind in COLUMNS.items()
    }
    for name in ("lon", "lat"):
        columns[name] = columns[name] / EDGE
        columns[name][columns["how"] == NOWHERE] = np.nan
    return made(columns)


def stamp() -> str:
    """Changes whenever homes of any town were gathered."""
    with elevated():  # one cache for all readers, see above
        rows = Block.everywhere.order_by("region_id").values_list("pk", "gathered_at")
        return sha256(repr([(key.hex, at.timestamp()) for key, at in rows]).encode()).hexdigest()


def opened() -> Homes:
    """Everybody of all towns that were gathered; a town whose key is gone is left out."""
    bodies = []
    with elevated():  # one cache for all readers, see above
        rows = Block.everywhere.order_by("region_id").values_list("pk", "sealed")
        for key, body in rows.iterator(chunk_size=50):
            with suppress(Unreadable, Refused):
                bodies.append(reveal_bytes(key, bytes(body)))
    return homes_from(*bodies)
