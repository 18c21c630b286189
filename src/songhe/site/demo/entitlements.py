"""Entitlements of the last and of this month: decided by the policies in force, approved by each county's officer."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import numpy as np
from django.utils.timezone import localtime
from numpy.typing import NDArray

from songhe.areas.entitlement.actions import approve_many
from songhe.areas.entitlement.determining import Month, determine_all
from songhe.areas.entitlement.models import Entitlement, State
from songhe.areas.registry.api import Person
from songhe.core.days import month_after
from songhe.engines.access.api import SYSTEM, Actor
from songhe.engines.acts.api import record_bulk
from songhe.site.demo.history import City, acting
from songhe.site.demo.load import batches
from songhe.site.demo.tags import has

GROUPS = (
    "low_income", "low_income_edge", "extreme_poverty", "preferential_treatment", "family_planning_special"
)  # fmt: skip
MOST = 2000
LEFT_OPEN = 12  # drafts of this month that the county shown still has to approve


def entitle(city: City) -> list[int]:
    """Decide and approve both months; returns the rows of persons who hold hours of home service this month."""
    rows = _chosen(city)
    today = localtime(city.at).date()
    this = today.replace(day=1)
    last = (this - timedelta(days=1)).replace(day=1)
    for month, at in ((last, city.on((today - last).days - 1, 9)), (this, city.on((today - this).days, 9))):
        decided = _determine(city, rows, month, at)
        for county in city.places.counties:
            _approve(
                city,
                decided,
                county=county,
                at=at + timedelta(minutes=30),
                keep=LEFT_OPEN if month == this else 0,
            )
    return _holders(city, this)


def entitle_ahead(city: City, rows: list[int]) -> None:
    """Decide and approve next month for some persons, so that it can be planned."""
    today = localtime(city.at).date()
    month = month_after(today)
    decided = _determine(city, np.array(rows, np.int64), month, city.at)
    for county in sorted({city.county_of(row) for row in rows}):
        _approve(city, decided, county=county, at=city.at, keep=0)


def _chosen(city: City) -> NDArray[np.int64]:
    """Everybody in the groups that policies name, the county shown first, and some others there: enrolled or of 80."""
    marked = np.zeros(len(city.columns), bool)
    for tag in GROUPS:
        marked |= has(city.columns.tags, tag)
    here = city.columns.residence // 10**6 == city.shown // 10**6
    old = city.columns.born < np.datetime64(f"{localtime(city.at).year - 80}-01-01")
    enrolled = np.flatnonzero(here & ~marked & city.columns.enrolled)[:200]
    others = np.union1d(enrolled, np.flatnonzero(here & ~marked & old)[:200])
    order = np.r_[np.flatnonzero(marked & here), np.flatnonzero(marked & ~here)]
    chosen: NDArray[np.int64] = np.r_[order[: MOST - len(others)], others]
    return chosen


def _determine(city: City, rows: NDArray[np.int64], month: date, at: datetime) -> list[UUID]:
    made: list[UUID] = []
    for part in batches(len(rows), 500):
        people = Person.everywhere.filter(pk__in=[city.ids[row] for row in rows[part.start : part.stop]])
        decided = determine_all(list(people.order_by("id")), Month.to_decide(month, actor=SYSTEM, at=at))
        _log("entitlement.determine", decided, actor=SYSTEM, at=at)
        made += [row.pk for row in decided if row.state == State.DRAFT]
    return made


def _approve(city: City, drafts: list[UUID], *, county: int, at: datetime, keep: int) -> None:
    officer = city.county_officer(county)
    with acting(officer):
        rows = Entitlement.everywhere.filter(
            pk__in=drafts, region_id__gte=county, region_id__lt=county + 10**6, state=State.DRAFT
        ).select_related("policy")
        chosen = list(rows.order_by("id"))
        chosen = (
            chosen[: max(0, len(chosen) - keep)]
            if county == city.shown and len(chosen) > 2 * keep
            else chosen
        )
        for part in batches(len(chosen), 500):
            some = chosen[part.start : part.stop]
            approve_many(some, actor=officer, at=at)
            _log("entitlement.approve", some, actor=officer, at=at)


def _holders(city: City, month: date) -> list[int]:
    held = set(
        Entitlement.everywhere.filter(month=month, state=State.APPROVED, unit="minute").values_list(
            "person_id", flat=True
        )
    )
    return [row for row, key in enumerate(city.ids) if key in held]


def _log(verb: str, rows: Sequence[Entitlement], *, actor: Actor, at: datetime) -> None:
    text = "\n".join(sorted(f"{row.pk} {row.state} {row.amount}" for row in rows))
    digest = hashlib.sha256(text.encode()).hexdigest()
    record_bulk(verb, model=Entitlement, count=len(rows), digest=digest, actor=actor, at=at)
