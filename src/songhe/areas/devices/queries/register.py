"""Reads of the register: whose a device is, who looks after it, and what stands in stock."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import MD5, Greatest, Now, TruncDate
from django.utils.translation import gettext

from songhe.areas.devices.limits import terms
from songhe.areas.devices.models import Agreement, Binding, Chore, Device, Movement, Place
from songhe.areas.devices.rules.life import Simulated
from songhe.areas.entitlement.api import Grant
from songhe.areas.providers.api import organisation_names
from songhe.areas.registry.api import Member, Person, places_of
from songhe.core.codes import Point
from songhe.core.codes.region import ancestors, at_level, level_of
from songhe.engines.access.api import Grant as Role
from songhe.engines.access.api import Scope, asked
from songhe.engines.regions.tree import name_of

PRESSED = ("bracelet", "pendant", "watch")
"""Kinds of which any is pressed where none is named."""
HELPERS = ("village_officer", "town_officer")
"""Roles whose holders look after the devices of their region."""
MOST_HELPERS = 60
NOWHERE = (122.42, 37.16)
"""Where a made-up device walks whose person's home is not known."""


def helpers(region: int) -> list[tuple[str, str]]:
    """Who is responsible where a device is, the nearest first, as choices of a form."""
    today = TruncDate(Now())
    rows = Role.objects.filter(role__in=HELPERS, revoked_at=None, since__lte=today, user__is_active=True)
    rows = rows.filter(Q(until=None) | Q(until__gt=today), region_id__in=[*ancestors(region), region])
    found = rows.select_related("user").order_by("-region_id", "user__name", "pk")[:MOST_HELPERS]
    return list(
        {str(grant.user_id): f"{grant.user.name} · {name_of(grant.region_id)}" for grant in found}.items()
    )


def of_person(person: Person, scope: Scope) -> list[Device]:
    """The devices of a person, and those of the household that the person lives in."""
    return _of_person(person.pk, scope.shared)


@asked
def _of_person(person: UUID, scope: Scope) -> QuerySet[Device]:
    homes = Member.everywhere.filter(person=person, until=None).values("household_id")
    rows: QuerySet[Device] = Device.objects.within(scope).filter(Q(person=person) | Q(household_id__in=homes))
    return rows.select_related("last", "person").order_by("kind", "code")


def call_subsidy(person: Person, *, granted: bool = True) -> str:
    """Through whom calls of the person's household are paid; the benefit itself knows that it is one for a household.

    ``granted``: whether the person may have a benefit of their own.
    """
    benefit = terms().calls
    found = _calls_of_home(person.pk, benefit) or (_calls_of(person.pk, benefit) if granted else [])
    return (
        gettext("Household call allowance paid through {name}").format(name=found[0].person) if found else ""
    )


@asked
def _calls_of_home(person: UUID, benefit: str) -> QuerySet[Grant]:
    homes = Member.everywhere.filter(person=person, until=None).values("household_id")
    mates = Member.everywhere.filter(household_id__in=homes, until=None).values("person_id")
    return _calls(benefit).filter(person_id__in=mates)[:1]


@asked
def _calls_of(person: UUID, benefit: str) -> QuerySet[Grant]:
    return _calls(benefit).filter(person_id=person)[:1]


def _calls(benefit: str) -> QuerySet[Grant]:
    rows = Grant.everywhere.filter(benefit=benefit, until_month=None)
    return rows.select_related("person").order_by("pk")


def has_free(person_id: UUID, home: UUID, on: date) -> bool:
    """Whether a household, or a person outside of any, has a free device on a day or will have."""
    rows = Binding.everywhere.filter(Q(until=None) | Q(until__gt=on), is_free=True)
    return bool(rows.filter(Q(household_id=home) | Q(household=None, person_id=person_id)).exists())


def agreement(person_id: UUID | None) -> Agreement | None:
    """The open agreement of a person to be located."""
    if person_id is None:
        return None
    return next(iter(_agreements(person_id)), None)


@asked
def _agreements(person_id: UUID) -> QuerySet[Agreement]:
    return Agreement.everywhere.filter(person_id=person_id, withdrawn_at=None).order_by("pk")[:1]


def dormant(rows: QuerySet[Device], at: Any) -> QuerySet[Device]:
    """Installed devices that were silent longer than their kind allows, also those that never spoke. ``at``: a moment, or
    an expression of the database that is one."""
    silent = Q(pk__in=[])
    for kind in terms().kinds.values():
        if kind.silence:
            silent |= Q(kind=kind.code, heard_or_installed__lt=at - kind.silence)
    out = rows.filter(place=Place.ISSUED, installed_at__isnull=False, person__isnull=False)
    return out.alias(heard_or_installed=Greatest("last__heard_at", F("installed_at"))).filter(silent)


def counted_by_place(rows: QuerySet[Device]) -> dict[str, int]:
    """How many devices are at each place."""
    found = rows.values_list("place").annotate(count=Count("pk")).order_by("place")
    return dict(found)


def stock_on(scope: Scope, low: int, high: int, on: date) -> dict[tuple[str, str], dict[str, int]]:
    """What stood where at the end of a day, by kind and by whose stock it is, as the movements tell.

    The stock of an organisation goes by its name, that of a region by the region one level below the one asked for.
    """
    rows = Movement.objects.within(scope).filter(region_id__gte=low, region_id__lt=high, on__lte=on)
    last = rows.order_by("device_id", "-on", "-at", "-id").distinct("device_id")
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    names: dict[Any, str] = {}
    level = min(level_of(low) + 1, 5)
    for kind, target, holder, region in last.values_list("kind", "target", "holder_id", "region_id"):
        key = holder or at_level(region, level)
        names.setdefault(key, "")
        found[(kind, str(key))][target] += 1
    known = organisation_names([key for key in names if isinstance(key, UUID)])
    said = {str(key): known.get(key, "—") if isinstance(key, UUID) else name_of(key) for key in names}
    return {(kind, said[owner]): dict(counts) for (kind, owner), counts in sorted(found.items())}


def open_chores(scope: Scope) -> QuerySet[Chore]:
    """Open tasks about devices, those due first before the others."""
    rows: QuerySet[Chore] = Chore.objects.within(scope).filter(closed_at=None)
    return rows.select_related("device", "person").order_by("due_on", "opened_at", "id")


def test_is_due(device: Device, at: datetime) -> bool:
    """Whether a device was not tested for longer than its kind allows."""
    kind = device.terms
    if kind is None or not kind.test_days or device.installed_at is None:
        return False
    last = max(filter(None, (device.last.tested_at, device.installed_at)))
    return bool(last < at - timedelta(days=kind.test_days))


def simulated(*, most: int, seed: int, code: str = "") -> list[Simulated]:
    """Made-up lives for devices that somebody has, round the homes of their persons as far as those are known."""
    rows = Device.everywhere.filter(place=Place.ISSUED, person__isnull=False, installed_at__isnull=False)
    rows = rows.filter(code=code) if code else rows.filter(kind__in=PRESSED if most == 1 else [one.code for one in terms().kinds.values() if one.silence])  # fmt: skip
    found = list(rows.select_related("person").order_by(MD5("code"), "pk")[:most])
    homes = places_of({row.person_id: row.person for row in found if row.person}.values())
    return [
        Simulated(row.pk, kind, homes.get(row.person_id or row.pk, Point(*NOWHERE)), seed + n)
        for n, row in enumerate(found)
        if (kind := row.terms) is not None
    ]
