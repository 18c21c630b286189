"""The catalogue of services as plain values, and what qualifies a worker. Source: GB/T 43153-2023."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from songhe.core.labels import Label
from songhe.core.refusal import Refused
from songhe.core.sources import Data, DataError, label, rows, text, whole

PROOFS = ("check_in", "check_out", "photo", "note", "tasks", "vitals", "signature")
EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)


@dataclass(frozen=True, slots=True)
class Item:
    """One service: its unit, usual length in minutes, the skills of which one is needed, and the proofs asked for.

    ``help`` is the everyday word under which people ask for it, ``words`` what else they call it.
    """

    code: str
    label: Label
    category: str
    unit: str
    minutes: int
    skills: frozenset[str]
    proof: frozenset[str]
    fen: int | None = None
    help: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Help:
    """One of the ten helps of the cities, or what goes beyond them, and what a visit of it has to come up to."""

    label: Label
    standard: Label


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything a city offers. ``assumed``: the prices come from no published list."""

    items: Mapping[str, Item]
    categories: Mapping[str, Label]
    skills: Mapping[str, Label]
    includes: Mapping[str, frozenset[str]]
    units: Mapping[str, Label]
    assumed: bool = True
    source: str = ""
    helps: Mapping[str, Help] = field(default_factory=dict)

    def item(self, code: str) -> Item:
        """One service; refused where the catalogue does not hold it."""
        found = self.items.get(code)
        if found is None:
            raise Refused(
                "no_such_service",
                "There is no service {item} in the catalogue. Choose one from the list.",
                field="item",
                item=code[:12],
            )
        return found

    def able(self, held: Collection[str], item: Item) -> bool:
        """Whether somebody with these skills may give a service; higher skills include lower ones."""
        have = set(held).union(*(self.includes.get(skill, frozenset()) for skill in held))
        return bool(have & item.skills)


def build_catalogue(nation: Data, city: Data | None = None) -> Catalogue:
    """The catalogue from the national file and a city's prices; DataError names what is wrong and where."""
    skills = {text(row, "code", "skill"): row for row in rows(nation, "skills", "catalogue")}
    units = {text(row, "code", "unit"): label(row, "unit") for row in rows(nation, "units", "catalogue")}
    helps = {text(row, "code", "help"): _help(row) for row in nation.get("helps") or ()}
    prices: Mapping[str, Any] = (city or {}).get("prices") or {}
    items: dict[str, Item] = {}
    categories: dict[str, Label] = {}
    for group in rows(nation, "categories", "catalogue"):
        code = text(group, "code", "category")
        categories[code] = label(group, f"category {code}")
        for row in rows(group, "items", f"category {code}"):
            made = _item(row, code, prices)
            if made.code in items:
                raise DataError(f"item {made.code}: given twice.")
            items[made.code] = made
    _check(items, set(skills), set(units), set(prices))
    if lost := sorted({item.help for item in items.values() if item.help} - set(helps)):
        raise DataError(f"items: there is no help {', '.join(lost)}.")
    return Catalogue(
        items,
        categories,
        {code: label(row, f"skill {code}") for code, row in skills.items()},
        {code: frozenset(row.get("includes") or ()) for code, row in skills.items()},
        units,
        bool((city or {}).get("assumed", True)),
        str((city or {}).get("source", "")),
        helps,
    )


def _help(row: Data) -> Help:
    where = f"help {text(row, 'code', 'help')}"
    return Help(label(row, where), label(row.get("standard"), f"{where}, standard"))


def _item(row: Data, category: str, prices: Mapping[str, Any]) -> Item:
    code = text(row, "code", f"category {category}, item")
    where = f"item {code}"
    return Item(
        code=code,
        label=label(row, where),
        category=category,
        unit=text(row, "unit", where),
        minutes=whole(row, "minutes", where),
        skills=frozenset(row.get("skills") or ()),
        proof=frozenset(row.get("proof") or ()),
        fen=whole(prices, code, "prices") if code in prices else None,
        help=str(row.get("help", "")),
        words=tuple(str(row.get("words", "")).split()),
    )


def _check(items: Mapping[str, Item], skills: set[str], units: set[str], prices: set[str]) -> None:
    for item in items.values():
        strange = sorted((item.skills - skills) | (item.proof - set(PROOFS)) | ({item.unit} - units))
        if strange or not item.skills or not 5 <= item.minutes <= 720:
            raise DataError(
                f"item {item.code}: unknown {', '.join(strange) or 'skills or minutes outside 5 to 720'}."
            )
    if lost := sorted(prices - set(items)):
        raise DataError(f"prices: there is no item {', '.join(lost)}.")


LAST_MINUTE = time(23, 59)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When somebody works: weekdays 1 (Monday) to 7, from one hour until another of the same day."""

    days: Sequence[int] = EVERY_DAY
    since: time = time(8)
    until: time = time(18)
    off: frozenset[date] = field(default_factory=frozenset)

    def cover(self, start: datetime, minutes: int, overtime: int = 0) -> bool:
        """Whether a stay lies inside the hours, those of the next day too where it goes past midnight; local time.

        ``overtime``: minutes by which it may go beyond the end of a day's hours.
        """
        end = start + timedelta(minutes=minutes)
        while start < end:
            midnight = datetime.combine(start.date() + timedelta(days=1), time(0), start.tzinfo)
            if not self._cover_part(start, min(end, midnight), timedelta(minutes=overtime)):
                return False
            start = midnight
        return True

    def _cover_part(self, start: datetime, end: datetime, overtime: timedelta) -> bool:
        """The same for the part of a stay on one day; hours that end at 23:59 go on until midnight."""
        works = start.isoweekday() in self.days and start.date() not in self.off
        last = datetime.combine(start.date(), self.until, start.tzinfo) + overtime
        return works and self.since <= start.time() and (self.until >= LAST_MINUTE or end <= last)
