"""What the data file says about the map and the finder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import log, sqrt

from songhe.core.labels import Label
from songhe.core.sources import Data, DataError, label, rows, text, whole

MOST_GROUPS = 8


@dataclass(frozen=True, slots=True)
class Group:
    """People who are counted together: of an age, and with any of the tags where there are some."""

    code: str
    label: Label
    least_age: int
    tags: frozenset[str] = frozenset()

    def born_by(self, day: date) -> date:
        """The last birthday of those who are old enough on a day."""
        try:
            return day.replace(year=day.year - self.least_age)
        except ValueError:  # born on the 29th of February
            return day.replace(year=day.year - self.least_age, day=28)


@dataclass(frozen=True, slots=True)
class Finder:
    """The public page: most places in a list, farthest minutes, and how many questions an address may ask in how long."""

    most: int
    minutes: int
    questions: int
    every_seconds: int


@dataclass(frozen=True, slots=True)
class Licence:
    """Under which licence the open data is given."""

    label: Label
    url: str


@dataclass(frozen=True, slots=True)
class Terms:
    """All of it. ``walker`` is metres a second, ``cell`` an h3 resolution; from ``crowded`` people to a place on, a site is marked."""

    groups: tuple[Group, ...]
    walker: float
    detour: float
    fewest: int
    cell: int
    half_minutes: int
    crowded: int
    finder: Finder
    licence: Licence
    assumed: bool

    @property
    def codes(self) -> tuple[str, ...]:
        """The groups' codes in order; the first is everybody."""
        return tuple(group.code for group in self.groups)

    @property
    def sigma(self) -> float:
        """The width of the bell curve, in seconds."""
        return self.half_minutes * 60 / sqrt(2 * log(2))


def build_terms(data: Data, known_tags: frozenset[str]) -> Terms:
    """Read the file. DataError names what is wrong."""
    groups = tuple(_group(row, known_tags) for row in rows(data, "groups", "circle map"))
    codes = [group.code for group in groups]
    if not groups or len(groups) > MOST_GROUPS or len(set(codes)) < len(codes) or groups[0].tags:
        raise DataError(
            f"circle map: 1 to {MOST_GROUPS} groups with codes of their own; the first is everybody and has no tags."
        )
    if any(group.least_age < groups[0].least_age for group in groups):
        raise DataError("circle map: no group may be younger than the first, which is everybody.")
    walker, detour = float(data.get("walker", 0)), float(data.get("detour", 0))
    if not 0.2 <= walker <= 2 or not 1 <= detour <= 5:
        raise DataError(
            "circle map: people walk 0.2 to 2 metres a second, and a detour lies between 1 and 5."
        )
    cell = whole(data, "cell", "circle map")
    if not 6 <= cell <= 9:
        raise DataError("circle map: cell is an h3 resolution from 6 to 9.")
    asked = data.get("finder") or {}
    finder = Finder(
        *(whole(asked, name, "finder") for name in ("most", "minutes", "questions", "every_seconds"))
    )
    licence = data.get("licence") or {}
    return Terms(
        groups, walker, detour, whole(data, "fewest", "circle map"), cell, whole(data, "half_minutes", "circle map"),
        whole(data, "crowded", "circle map"),
        finder, Licence(label(licence, "licence"), text(licence, "url", "licence")), bool(data.get("assumed", True)),
    )  # fmt: skip


def _group(row: Data, known: frozenset[str]) -> Group:
    code = text(row, "code", "group")
    tags = frozenset(row.get("tags") or ())
    if strange := sorted(tags - known):
        raise DataError(f"group {code}: there is no tag {', '.join(strange)}.")
    return Group(code, label(row, f"group {code}"), whole(row, "least_age", f"group {code}"), tags)
