"""What was counted by the job that worked the circle out, so that a process need not search the ways again for its first map.

It is taken only where all that it stands on is the same to the last bit; sites that came, went or moved since are followed
one by one as ever.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from songhe.areas.circle.book import book
from songhe.areas.circle.models import Counted
from songhe.core.codes import Point
from songhe.core.reach import Ground
from songhe.core.refusal import Refused
from songhe.engines.access.api import elevated
from songhe.engines.vault.api import Unreadable, reveal_bytes

if TYPE_CHECKING:
    from songhe.areas.circle.queries.held import Cover, Held

Array = NDArray[Any]
FORM = 1
"""One more whenever ways are measured, or these bytes written, in another manner."""
SMALL = 255


@dataclass(frozen=True, slots=True)
class Counts:
    """``near`` has a row for each band; ``loads`` are people near each site on a day, sites in the order of ``points``."""

    near: Array
    points: dict[UUID, Point]
    loads: tuple[int, ...]
    day: date


def basis(held: Held) -> str:
    """What counts stand on: the homes, the ground, the times."""
    rest = (FORM, held.stamp, len(held.homes), held.bands, held.minutes, book().groups[0].least_age)
    found = sha256(repr(rest).encode())
    for column in (held.homes.region, held.rural):
        found.update(np.ascontiguousarray(column).data)
    _add_ground(found, held.ground)
    return found.hexdigest()


def _add_ground(found: Any, ground: Ground) -> None:
    found.update(repr((ground.profile, getattr(ground, "detour", None))).encode())
    network = getattr(ground, "network", None)
    for name in network.__dataclass_fields__ if network is not None else ():
        if isinstance(column := getattr(network, name), np.ndarray):
            found.update(np.ascontiguousarray(column).data)


def bytes_of(cover: Cover, loads: dict[UUID, int], day: date) -> bytes:
    """The counts of a service as one string of bytes."""
    near, keys = cover.coverage.near, list(cover.points)
    body = BytesIO()
    np.savez_compressed(
        body,
        near=near.astype(np.uint8) if near.max(initial=0) <= SMALL else near,
        sites=np.array([key.bytes for key in keys], "V16"),
        points=np.array([cover.points[key] for key in keys], float).reshape(-1, 2),
        loads=np.array([loads[key] for key in keys], np.int64),
        day=np.int64(day.toordinal()),
    )
    return body.getvalue()


def counts_of(body: bytes) -> Counts:
    """Back from bytes."""
    with np.load(BytesIO(body), allow_pickle=False) as held:
        keys = [UUID(bytes=bytes(key)) for key in held["sites"]]
        points = {key: Point(*point) for key, point in zip(keys, held["points"].tolist(), strict=True)}
        return Counts(held["near"], points, tuple(held["loads"].tolist()), date.fromordinal(int(held["day"])))


def counted(held: Held, kind: str) -> Counts | None:
    """What was counted for a service, where it still stands."""
    with elevated():  # one cache for all readers, as the homes
        row = Counted.everywhere.filter(kind=kind, basis=held.basis).only("pk", "sealed").first()
        if row is not None:
            with suppress(Unreadable, Refused):
                return counts_of(reveal_bytes(row.pk, bytes(row.sealed)))
    return None
