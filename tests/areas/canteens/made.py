"""A village with a canteen for stories: who runs it, who eats there, and the policies that say who pays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.test import Client
from django.utils import timezone
from tests import make
from tests.areas.providers import made as providers

from songhe.areas.canteens import actions
from songhe.areas.canteens.models import Canteen, Counting, Diner, Serving, Way
from songhe.areas.entitlement.api import load_policies
from songhe.areas.providers.api import Facility, Kind, Organisation
from songhe.areas.registry.api import Person
from songhe.engines.access.api import SYSTEM, User
from songhe.engines.regions.models import Region
from songhe.kit.clock import now, today

OLD, YOUNGER = date(1940, 3, 2), date(1955, 6, 1)
"""Born so that the free lunch from 80 holds, and so that it does not."""


@dataclass
class Village:
    """What a story begins with."""

    code: int
    organisation: Organisation
    facility: Facility
    canteen: Canteen
    persons: list[Person]
    diners: list[Diner]


def rural(county: int = make.COUNTY, nth: int = 0) -> int:
    """The code of a real village by its committee's number."""
    rows = Region.objects.filter(code__gte=county, code__lt=county + 10**6, level=5).order_by("code")
    codes = [code for code in rows.values_list("code", flat=True) if code % 1000 // 100 == 2]
    return codes[nth]


def canteen_in(code: int, *, kind: Kind = Kind.CANTEEN, **values: Any) -> Canteen:
    """A canteen that is set up, with its organisation and facility."""
    owner = providers.organisation(code // 10**6 * 10**6)
    facility = providers.facility(owner, kind, code)
    given: dict[str, Any] = {"serving": Serving.ROLL, "counting": Counting.ENROLLED} | values
    made = actions.set_up(actor=SYSTEM, at=now(), facility=facility, **given)
    Canteen.everywhere.filter(pk=made.pk).update(since=today() - timedelta(days=400))
    made.refresh_from_db()
    return made


def enrolled(canteen: Canteen, person: Person, **values: Any) -> Diner:
    """A diner who has been coming for two months."""
    given: dict[str, Any] = {
        "since": today() - timedelta(days=60),
        "way": Way.DINE_IN,
        "neighbour": "李邻居",
    } | values
    return actions.enrol(canteen, actor=SYSTEM, at=now(), person=person, **given)


def village(*born: date, code: int = 0, **values: Any) -> Village:
    """A village with a canteen and a diner for each birthday given."""
    assert settings.CITY == "weihai"
    load_policies(actor=SYSTEM, at=now())
    place = code or rural()
    canteen = canteen_in(place, **values)
    names = ("王桂兰", "孙德胜", "于淑芳", "姜福来", "丛玉珍", "毕建国")
    persons = [
        make.person(place, name=names[n % len(names)], born=day)
        for n, day in enumerate(born or (OLD, YOUNGER))
    ]
    diners = [enrolled(canteen, person) for person in persons]
    facility = Facility.everywhere.get(pk=canteen.facility_id)
    return Village(place, facility.organisation, facility, canteen, persons, diners)


def client(role: str, region: int = make.COUNTY, holder: Any = None) -> Client:
    """Somebody with a role, logged in."""
    return providers.client_of(user(role, region, holder))


def user(role: str, region: int = make.COUNTY, holder: Any = None) -> User:
    """Somebody with a role."""
    return make.user(role, region, holder_id=holder.pk if holder else None)


def manager(of: Village) -> Client:
    """Who runs the canteen."""
    return client("facility_manager", make.COUNTY, of.facility)


def last_month() -> date:
    """The first day of last month."""
    return (today().replace(day=1) - timedelta(days=1)).replace(day=1)


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment of the city's clock."""
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))
