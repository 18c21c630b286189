"""How each benefit is given, as the city's ``applications.yaml`` says: on application or unasked, by whom, with what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from songhe.core.days import month_after, month_of
from songhe.core.labels import Label
from songhe.core.sources import Data, DataError, label, read, whole

APPLY, SILENT = "apply", "silent"
NEXT_MONTH, SAME_MONTH = "next_month", "same_month"
APPLICANTS: Final = ("person", "family", "village", "counter")


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one benefit. ``assumed``: not in the published text, so the bureau has to confirm it."""

    mode: str
    who: frozenset[str]
    documents: tuple[Label, ...]
    notice_days: int
    starts: str
    assumed: bool

    def first_month(self, received_on: date) -> date:
        """The month with which a grant begins that was asked for on a day."""
        return month_of(received_on) if self.starts == SAME_MONTH else month_after(received_on)


@dataclass(frozen=True, slots=True)
class Life:
    """How often who receives one of some benefits is seen alive, and how long before it is due it stands on the list."""

    every_months: int
    remind_days: int
    benefits: frozenset[str]
    assumed: bool


@dataclass(frozen=True, slots=True)
class Appeals:
    """Within how many days a decision may be appealed against, to whom and how. ``assumed``: not in a published text."""

    days: int
    to: Label
    how: Label
    assumed: bool


@dataclass(frozen=True, slots=True)
class Book:
    """The terms of all benefits of a city, what a public notice says of objections, and a letter of appeals."""

    default: Terms
    benefits: dict[str, Terms]
    object_to: Label
    object_how: Label
    decision_number: str
    life: Life
    appeals: Appeals
    contact: Label

    def of(self, benefit: str) -> Terms:
        """The terms of a benefit; one without an entry is given on application."""
        return self.benefits.get(benefit, self.default)

    @property
    def silent(self) -> frozenset[str]:
        """The benefits that are given unasked."""
        return frozenset(code for code, terms in self.benefits.items() if terms.mode == SILENT)

    def number(self, year: int, case: str) -> str:
        """The number of a decision."""
        return self.decision_number.format(year=year, number=case.rpartition("-")[2])


def book() -> Book:
    """The book of the city; a city without one gives every benefit on application, with a notice of seven days."""
    return _book(settings.DATA / "cities" / settings.CITY / "applications.yaml")


@lru_cache(maxsize=8)
def _book(path: Path) -> Book:
    data = read(path.read_text(encoding="utf-8"), name=path.name).data if path.is_file() else {}
    return build(data, path.name)


def build(data: Data, name: str) -> Book:
    """A book from plain data; DataError names the benefit and what is wrong."""
    plain: dict[str, Any] = dict(data.get("defaults") or {})
    objections = data.get("objections") or {}
    default = _terms(plain, {}, f"{name}, defaults")
    benefits = {
        code: _terms(row or {}, plain, f"{name}, {code}")
        for code, row in (data.get("benefits") or {}).items()
    }
    return Book(
        default,
        benefits,
        label(objections["to"], f"{name}, objections") if "to" in objections else _OFFICE,
        label(objections["how"], f"{name}, objections") if "how" in objections else _ANY_WAY,
        str(data.get("decision_number") or "〔{year}〕{number}"),
        _life(data.get("life") or {}, f"{name}, life"),
        _appeals(data, f"{name}, appeal"),
        label(data["contact"], f"{name}, contact") if "contact" in data else _OFFICE,
    )


def _appeals(data: Data, where: str) -> Appeals:
    """Days may stand alone as ``appeal_days``; what nobody says is assumed."""
    said: dict[str, Any] = {"days": data.get("appeal_days", 60), **(data.get("appeal") or {})}
    return Appeals(
        whole(said, "days", where),
        label(said["to"], where) if "to" in said else _OFFICE,
        label(said["how"], where) if "how" in said else _ANY_WAY,
        bool(said.get("assumed", "appeal" not in data)),
    )


def _life(data: Data, where: str) -> Life:
    full = {"every_months": 12, "remind_days": 30, "benefits": [], **data}
    if not isinstance(full["benefits"], list) or not full["every_months"]:
        raise DataError(f"{where}: benefits must be a list, and every_months 1 or more.")
    return Life(
        whole(full, "every_months", where),
        whole(full, "remind_days", where),
        frozenset(full["benefits"]),
        bool(full.get("assumed", False)),
    )


_OFFICE = Label("the county's civil affairs bureau", "县(市、区)民政局")
_ANY_WAY = Label("in writing or by telephone", "书面或电话")


def _terms(row: Data, above: Data, where: str) -> Terms:
    data = {"mode": APPLY, "who": list(APPLICANTS), "notice_days": 7, "starts": NEXT_MONTH, **above, **row}
    who, days = data["who"], data["notice_days"]
    if data["mode"] not in (APPLY, SILENT):
        raise DataError(f"{where}: mode must be {APPLY} or {SILENT}.")
    if not isinstance(who, list) or not set(who) <= set(APPLICANTS):
        raise DataError(f"{where}: who must be a list of {', '.join(APPLICANTS)}.")
    if not isinstance(days, int) or isinstance(days, bool) or not 0 <= days <= 60:
        raise DataError(f"{where}: notice_days must be a whole number from 0 to 60.")
    if data["mode"] == SILENT and days:
        raise DataError(f"{where}: what is given unasked has no notice; set notice_days to 0.")
    if data["starts"] not in (NEXT_MONTH, SAME_MONTH):
        raise DataError(f"{where}: starts must be {NEXT_MONTH} or {SAME_MONTH}.")
    return Terms(
        data["mode"],
        frozenset(who),
        tuple(label(paper, f"{where}, documents") for paper in data.get("documents") or ()),
        days,
        data["starts"],
        bool(data.get("assumed", False)),
    )
