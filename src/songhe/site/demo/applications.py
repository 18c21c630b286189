"""Applications of one town, each left at another desk, and some grants that came of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.utils.timezone import localtime

from songhe.areas.entitlement import actions
from songhe.areas.entitlement.models import Application, Paper, Shown
from songhe.areas.entitlement.queries import Look, looks
from songhe.areas.registry.api import Person
from songhe.engines.access.api import SYSTEM
from songhe.site.demo.entitlements import GROUPS
from songhe.site.demo.history import City, acting
from songhe.site.demo.tags import has

MOST = 16
BENEFIT = "home_service_minutes"
OPEN = ("filed", "returned", "accepted", "verified", "noticed", "refused")
"""The desks at which the first ones are left; the others became grants weeks ago."""


def apply_all(city: City) -> None:
    """File applications for people of the groups in the largest town of the county shown, and lead them on."""
    town = city.users["town"].grants_in_force[0].region_id
    marked = np.zeros(len(city.columns), bool)
    for tag in GROUPS:
        marked |= has(city.columns.tags, tag)
    rows = np.flatnonzero(marked & (city.columns.residence // 1000 == town // 1000))[: 8 * MOST]
    people = Person.everywhere.filter(pk__in=[city.ids[row] for row in rows], state="alive").order_by("pk")
    for number, person in enumerate(_granted(list(people), city)[:MOST]):
        until = OPEN[number] if number < len(OPEN) else "granted"
        _lead(city, person, until, city.on(1 if until in OPEN[:4] else 40 if until == "granted" else 5, 9))


def _granted(people: list[Person], city: City) -> list[Person]:
    """Those to whom the policies grant it on each day on which one of them is decided."""
    for days in (40, 5):
        said = looks(people, localtime(city.on(days, 9)).date())
        people = [one for one in people if any(_grants(look) for look in said[one.pk])]
    return people


def _grants(look: Look) -> bool:
    return look.benefit.code == BENEFIT and look.granted


def _lead(city: City, person: Person, until: str, at: datetime) -> None:
    """One application as far as a state, by the people whose desks it passes."""
    counter, town, other, county = (city.users[name] for name in ("county-2", "town", "town-b", "county"))

    def later(hours: int) -> datetime:
        return min(at + timedelta(hours=hours), city.at)

    with acting(counter):
        row = actions.apply(actor=counter, at=at, person=person, benefit=BENEFIT)
    if until == "filed":
        return
    with acting(town):
        if until == "returned":
            actions.give_back(row, actor=town, at=later(1), missing="缺户口簿复印件")
            return
        for paper in Paper.everywhere.filter(application=row):
            seen: dict[str, Any] = {"paper": str(paper.pk), "shown": Shown.SEEN}
            actions.see_paper(row, actor=town, at=later(1), **seen)
        actions.accept(row, actor=town, at=later(2))
    if until == "accepted":
        return
    with acting(other):
        day = localtime(later(4)).date()
        actions.verify(
            row, actor=other, at=later(4), visited_on=day, found="与申请一致,独自生活,需要助洁助餐。"
        )
    if until == "verified":
        return
    with acting(county):
        _decided(row, until, county, later(6))
    if until == "granted":
        actions.put_into_force(row, actor=SYSTEM, at=at + timedelta(days=9))


def _decided(row: Application, until: str, county: Any, at: datetime) -> None:
    if until == "refused":
        actions.refuse(row, actor=county, at=at, clause="1", reason="名单已由其他渠道受理,请勿重复申请。")
        return
    month = localtime(at).date()
    actions.approve_application(row, actor=county, at=at, from_month=month)
