"""What people look for, which kinds of sites give it, and within how many minutes it should be."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from songhe.core.labels import Label
from songhe.core.sources import Data, DataError, label, rows, text, whole

CAPACITIES = ("beds", "day_places", "diners", "places")


@dataclass(frozen=True, slots=True)
class ServiceKind:
    """One thing people look for. ``kinds``: kinds of sites and functions that give it; ``capacity``: the count that says
    how many a site can take, or empty."""

    code: str
    label: Label
    kinds: frozenset[str]
    capacity: str = ""
    unit: Label | None = None
    icon: str = ""

    def given_by(self, does: Collection[str]) -> bool:
        """Whether a site that does these things gives it."""
        return bool(self.kinds & frozenset(does))


@dataclass(frozen=True, slots=True)
class Circle:
    """Minutes on the way, by place, and of single kinds where they differ. ``assumed``: no document says them."""

    code: str
    label: Label
    urban: int
    rural: int
    assumed: bool
    source: str
    kinds: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def minutes(self, kind: str, *, rural: bool) -> int:
        """Within how many minutes a service should be."""
        return self.kinds.get(kind, (self.urban, self.rural))[int(rural)]


def build_kinds(data: Data, known: Collection[str]) -> dict[str, ServiceKind]:
    """Service kinds by code. ``known``: kinds of sites and functions; DataError names what is wrong."""
    found: dict[str, ServiceKind] = {}
    for row in rows(data, "kinds", "service kinds"):
        code = text(row, "code", "service kind")
        where = f"service kind {code}"
        kinds = frozenset(row.get("kinds") or ())
        capacity = str(row.get("capacity", ""))
        if strange := sorted(kinds - set(known)):
            raise DataError(f"{where}: there is no kind of site {', '.join(strange)}.")
        if not kinds or (capacity and capacity not in CAPACITIES):
            raise DataError(
                f"{where}: name kinds of sites, and a capacity of {', '.join(CAPACITIES)} or none."
            )
        if code in found:
            raise DataError(f"{where}: given twice.")
        unit = label(row["unit"], f"{where}, unit") if "unit" in row else None
        found[code] = ServiceKind(code, label(row, where), kinds, capacity, unit, str(row.get("icon", "")))
    return found


def build_circle(data: Data, known: Collection[str]) -> Circle:
    """The profile of a circle; DataError where a kind is unknown or minutes are none."""
    own = data.get("kinds") or {}
    if strange := sorted(set(own) - set(known)):
        raise DataError(f"circle: there is no service kind {', '.join(strange)}.")
    made = Circle(
        text(data, "code", "circle"), label(data, "circle"), whole(data, "urban", "circle"), whole(data, "rural", "circle"),
        bool(data.get("assumed", True)), str(data.get("source", "")),
        {code: (whole(row, "urban", code), whole(row, "rural", code)) for code, row in own.items()},
    )  # fmt: skip
    if not all(
        1 <= minutes <= 240 for pair in ((made.urban, made.rural), *made.kinds.values()) for minutes in pair
    ):
        raise DataError("circle: minutes lie between 1 and 240.")
    return made
