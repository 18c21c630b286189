"""Persons, orders and people to act for stories about visits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from django.test import Client
from django.utils import timezone
from tests import make
from tests.areas.contracts import made as contracts
from tests.areas.providers import made as providers

from songhe.areas.entitlement.api import HOME_SERVICE
from songhe.areas.providers.api import Organisation, Worker
from songhe.areas.registry.api import Person, locate, register
from songhe.areas.visits import actions
from songhe.areas.visits.models import Order, PaidBy, Visit
from songhe.core.codes import Point
from songhe.engines.access.api import SYSTEM, User
from songhe.engines.ledger.api import Owner, OwnerKind, Unit, account_of, carry, post
from songhe.engines.regions.ids import uuid7
from songhe.engines.regions.models import Region

HOME = (122.4210, 37.1610)
FAR = (122.5000, 37.2000)


def person(name: str = "刘长河", region: int | None = None, *, at: datetime | None = None) -> Person:
    """A living person with telephone, address and a place."""
    moment = at or timezone.now()
    made = register(
        actor=SYSTEM,
        at=moment,
        name=name,
        region=Region.objects.get(pk=region or make.village()),
        phone="13963112345",
        address="海滨路18号3单元402",
    )
    locate(made, Point(*HOME))
    this = timezone.localdate(moment).replace(day=1)
    for month in (this, (this + timedelta(days=31)).replace(day=1)):
        grant(made, month, 3600)
    return made


def grant(to: Person, month: date, minutes: int) -> None:
    """Minutes of home service for a month, as an approved entitlement posts them."""
    moment = timezone.now()
    code = f"{HOME_SERVICE}:{month:%Y-%m}"
    source = account_of(
        Owner(OwnerKind.FUND, uuid7(), make.CITY), code, unit=Unit.MINUTE, at=moment, may_overdraw=True
    )
    own = account_of(Owner(OwnerKind.PERSON, to.pk, to.region_id), code, unit=Unit.MINUTE, at=moment)
    post(carry(source.pk, own.pk, minutes), key=f"test:{to.pk}:{code}", kind="test", at=moment, actor=SYSTEM)


@dataclass
class Town:
    """An organisation with two workers, a rival, and who logs in."""

    organisation: Organisation
    worker: Worker
    second: Worker
    person: Person

    @cached_property
    def rival(self) -> Organisation:
        """Another organisation with a contract, made for the stories that ask for it."""
        return contracted()

    def user(self, role: str, holder: Any = None, region: int = make.COUNTY) -> User:
        """Somebody with a role in the county."""
        return make.user(role, region, holder_id=holder.pk if holder else None)

    def client(self, role: str, holder: Any = None, region: int = make.COUNTY) -> Client:
        """The same, logged in."""
        return providers.client_of(self.user(role, holder, region))


def town() -> Town:
    """A small town whose organisation has a contract for everything."""
    owner = contracted()
    return Town(
        owner,
        providers.worker(owner, "senior_care", lon=122.4215, lat=37.1612, name="王秀英"),
        providers.worker(owner, "care", "home", lon=122.4600, lat=37.1800, name="张桂兰"),
        person(),
    )


def contracted() -> Organisation:
    """An organisation with a contract for everything."""
    made = providers.organisation()
    contracts.whole(made, region=make.COUNTY)
    return made


def morning(days: int = 1, hour: int = 9) -> datetime:
    """A local hour some days ahead."""
    day = timezone.localtime(timezone.now()) + timedelta(days=days)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)


def order(town: Town, *, item: str = "0103", start: datetime | None = None, **values: Any) -> Order:
    """An order handed to the town's organisation, which has a contract for it."""
    begin = start or morning()
    organisation = values.pop("organisation", town.organisation)
    served = values.pop("person", town.person)
    contracts.needed(organisation, served.region_id)
    placed = actions.place_order(
        actor=SYSTEM,
        at=timezone.now(),
        person=served,
        item=item,
        wanted_from=begin,
        wanted_until=begin + timedelta(hours=4),
        paid_by=values.pop("paid_by", PaidBy.ENTITLEMENT),
        note=values.pop("note", ""),
    )
    return actions.hand_over(placed, actor=SYSTEM, at=timezone.now(), organisation=organisation)


def visit(town: Town, *, start: datetime | None = None, worker: Worker | None = None, **values: Any) -> Visit:
    """A visit promised by the town's first worker."""
    placed = order(town, start=start, **values)
    return actions.dispatch(
        placed, actor=SYSTEM, at=placed.placed_at, worker=worker or town.worker, starts_at=placed.wanted_from
    )


def local(moment: Any) -> str:
    """A moment as a form takes it."""
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def at_any_hour(town: Town) -> None:
    """Let the workers work round the clock, so that stories run at any time of day."""
    workers = type(town.worker).everywhere.filter(organisation=town.organisation)
    workers.update(works_from=time(0), works_until=time.max)


def under_way(town: Town) -> Visit:
    """A visit promised for right now, at any hour of the day or night."""
    at_any_hour(town)
    made, start = visit(town), timezone.now().replace(second=0, microsecond=0)
    length = made.ends_at - made.starts_at
    Visit.everywhere.filter(pk=made.pk).update(starts_at=start, ends_at=start + length)
    made.refresh_from_db()
    return made
