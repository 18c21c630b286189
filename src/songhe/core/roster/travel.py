"""How long the way from one place to another takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from songhe.core.sources import DataError

EARTH = 6_371_000.0  # metres


class Travel(Protocol):
    """Minutes between places, for each way of travelling."""

    def places(self) -> int:
        """How many places there are."""

    def minutes(self, mode: str) -> NDArray[Any]:
        """A square of whole minutes, from row to column."""


class Matrix:
    """Minutes that somebody else worked out. The name of the mode is empty where there is but one."""

    def __init__(self, minutes: NDArray[Any] | Sequence[Sequence[int]] | Mapping[str, NDArray[Any]]) -> None:
        given = minutes if isinstance(minutes, Mapping) else {"": minutes}
        self._minutes = {mode: _whole(mode, one) for mode, one in given.items()}
        if len({one.shape for one in self._minutes.values()}) != 1:
            raise DataError("travel: the matrices of all modes must have the same places.")

    def places(self) -> int:
        """How many places there are."""
        return len(next(iter(self._minutes.values())))

    def minutes(self, mode: str) -> NDArray[Any]:
        """A square of whole minutes, from row to column."""
        if mode not in self._minutes:
            raise DataError(f"travel: there is no matrix for the mode “{mode}”.")
        return self._minutes[mode]


class Grid:
    """Straight lines times a detour, where no streets are known; points are longitude and latitude.

    ``speeds`` are kilometres an hour for each mode. Parts of a minute count as a minute.
    """

    def __init__(
        self, points: Sequence[tuple[float, float]], speeds: Mapping[str, float], *, detour: float = 1.4
    ) -> None:
        if not speeds or min(speeds.values()) <= 0 or detour < 1:
            raise DataError("travel: speeds are above 0 and the detour is at least 1.")
        self.given = tuple(points)
        self.points = np.radians(np.asarray(self.given, float).reshape(-1, 2))
        self.speeds, self.detour = dict(speeds), detour
        self._minutes: dict[str, NDArray[Any]] = {}

    def places(self) -> int:
        """How many places there are."""
        return len(self.points)

    def minutes(self, mode: str) -> NDArray[Any]:
        """A square of whole minutes, from row to column."""
        if mode not in self.speeds:
            raise DataError(f"travel: no speed is given for the mode “{mode}”.")
        if mode not in self._minutes:
            self._minutes[mode] = self._worked_out(mode)
        return self._minutes[mode]

    def _worked_out(self, mode: str) -> NDArray[Any]:
        east = (
            self.points[:, 0] * np.cos(self.points[:, 1].mean()) * EARTH
            if len(self.points)
            else self.points[:, 0]
        )
        north = self.points[:, 1] * EARTH
        metres = np.hypot(east[:, None] - east[None], north[:, None] - north[None])
        whole: NDArray[Any] = np.ceil(metres * self.detour * 0.06 / self.speeds[mode] - 1e-9).astype(np.int32)
        return whole


def _whole(mode: str, given: Any) -> NDArray[Any]:
    try:
        minutes = np.asarray(given)
        minutes = minutes if np.issubdtype(minutes.dtype, np.integer) else minutes.astype(float)
    except (TypeError, ValueError):
        raise DataError(
            f"travel: the matrix for “{mode}” must hold a number for each pair of places."
        ) from None
    if minutes.ndim != 2 or minutes.shape[0] != minutes.shape[1]:
        raise DataError(f"travel: the matrix for “{mode}” must be square.")
    holes = np.argwhere(~np.isfinite(minutes) | (minutes < 0))
    if len(holes):
        a, b = (int(one) for one in holes[0])
        raise DataError(
            f"travel: the matrix for “{mode}” has {len(holes)} holes, the first from place {a} to {b}."
        )
    if (minutes > np.iinfo(np.int32).max).any():
        raise DataError(
            f"travel: the matrix for “{mode}” has legs beyond all minutes. NEVER says that there is no way."
        )
    whole = minutes.astype(np.int32)
    if (whole != minutes).any():
        raise DataError(f"travel: the matrix for “{mode}” must hold whole minutes; round up.")
    return whole
