"""What a city says about its orders: the pool, waves, quality, how an order ends and why one is turned down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from songhe.core.flow import PRIORITIES
from songhe.core.labels import Label
from songhe.core.ordering.ranking import Weights
from songhe.core.ordering.spans import Span, build_spans
from songhe.core.sources import Data, DataError, label, part, rows, text, whole

PARTS = ("accepted", "kept", "punctual", "rated")
HOW = ("failed", "cancelled")
Minutes = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Ending:
    """How an order ends unserved. ``failed``: it should have been served; ``provider``: it counts in the organisation's
    record."""

    code: str
    label: Label
    failed: bool
    provider: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an organisation turns an order down, and whether that counts in its record."""

    code: str
    label: Label
    counts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """How the pool works; see the data file."""

    auto: Minutes
    most_taken: int
    most_taken_worker: int
    bar: int
    least: int
    days: int

    def auto_minutes(self, priority: int) -> int | None:
        """After how many minutes an order of a priority is offered by itself; None where it waits for the desk."""
        return dict(self.auto).get(PRIORITIES[priority])


@dataclass(frozen=True, slots=True)
class Wave:
    """To how many of the best an order is offered (0: all), and after how many minutes the next wave goes out."""

    to: int
    minutes: Minutes

    def next_minutes(self, priority: int) -> int:
        """The minutes of a priority; those of the ordinary one where it is not named."""
        known = dict(self.minutes)
        return known.get(PRIORITIES[priority], known["normal"])


@dataclass(frozen=True, slots=True)
class Quality:
    """What is known of how an organisation serves, each part as (good, all)."""

    accepted: tuple[int, int] = (0, 0)
    kept: tuple[int, int] = (0, 0)
    punctual: tuple[int, int] = (0, 0)
    rated: tuple[int, int] = (0, 0)

    @property
    def orders(self) -> int:
        """How much speaks for it."""
        return self.kept[1] + self.accepted[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Everything that the data file says."""

    accept_after_days: int
    pool: Pool
    waves: tuple[Wave, ...]
    weights: Weights
    quality: tuple[tuple[str, int], ...]
    endings: Mapping[str, Ending]
    refusals: Mapping[str, Refusal]
    spans: Mapping[str, Span]
    speeds: Mapping[str, float]
    detour: float
    source: str
    assumed: bool


def quality_of(found: Quality, weights: tuple[tuple[str, int], ...]) -> int | None:
    """A mark of 0 to 100: the mean of the parts of which something is known, by weight; None where nothing is."""
    parts: dict[str, tuple[int, int]] = {name: getattr(found, name) for name in PARTS}
    known = [(parts[name], weight) for name, weight in weights if parts[name][1]]
    total = sum(weight for _pair, weight in known)
    if not total:
        return None
    return round(sum(100 * good / all_ * weight for (good, all_), weight in known) / total)


def build_terms(data: Data) -> Terms:
    """Terms from the data file; DataError names what is wrong and where."""
    weights, quality = part(data, "weights", "orders"), part(data, "quality", "orders")
    speeds = part(data, "speeds", "orders")
    if set(quality) != set(PARTS):
        raise DataError(f"orders: quality gives weights for {', '.join(PARTS)}.")
    return Terms(
        accept_after_days=whole(data, "accept_after_days", "orders"),
        pool=_pool(part(data, "pool", "orders")),
        waves=tuple(_wave(row) for row in rows(data, "waves", "orders")),
        weights=Weights(
            **{name: whole(weights, name, "orders, weights") for name in Weights.PARTS},
            far_minutes=whole(data, "far_minutes", "orders"),
            enough_free=max(1, whole(data, "enough_free", "orders")),
        ),
        quality=tuple((name, whole(quality, name, "orders, quality")) for name in PARTS),
        endings=_endings(data),
        refusals=_refusals(data),
        spans=build_spans(data),
        speeds={str(mode): _number(speed, f"speeds, {mode}") for mode, speed in speeds.items()},
        detour=_number(data.get("detour"), "detour"),
        source=text(data, "source", "orders"),
        assumed=bool(data.get("assumed", False)),
    )


def _number(value: object, where: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < 1000:
        raise DataError(f"orders: {where} must be a number above 0.")
    return float(value)


def _minutes(data: Data, where: str) -> Minutes:
    strange = set(data) - set(PRIORITIES)
    if strange:
        raise DataError(f"{where}: minutes are given by priority: {', '.join(PRIORITIES)}.")
    return tuple((name, whole(data, name, where)) for name in PRIORITIES if name in data)


def _pool(data: Data) -> Pool:
    numbers = ("most_taken", "most_taken_worker", "bar", "least", "days")
    return Pool(
        auto=_minutes(part(data, "auto", "orders, pool"), "orders, pool, auto"),
        **{name: whole(data, name, "orders, pool") for name in numbers},
    )


def _wave(row: Data) -> Wave:
    minutes = _minutes(part(row, "minutes", "wave"), "wave")
    if "normal" not in dict(minutes):
        raise DataError("wave: minutes for normal are needed.")
    return Wave(whole(row, "to", "wave"), minutes)


def _endings(data: Data) -> Mapping[str, Ending]:
    out: dict[str, Ending] = {}
    for row in rows(data, "endings", "orders"):
        code = text(row, "code", "ending")
        how = text(row, "how", f"ending {code}")
        if code in out or how not in HOW or len(code) > 24:
            raise DataError(f"ending {code}: given twice, too long, or how is not one of {', '.join(HOW)}.")
        out[code] = Ending(code, label(row, f"ending {code}"), how == "failed", bool(row.get("provider")))
    return out


def _refusals(data: Data) -> Mapping[str, Refusal]:
    out: dict[str, Refusal] = {}
    for row in rows(data, "refusals", "orders"):
        code = text(row, "code", "refusal")
        if code in out or len(code) > 24:
            raise DataError(f"refusal {code}: given twice or too long.")
        out[code] = Refusal(code, label(row, f"refusal {code}"), bool(row.get("counts", True)))
    return out
