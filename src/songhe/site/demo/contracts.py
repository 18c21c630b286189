"""Each county's contracts with its home-service organisations: a lot for each, drafted by the county, approved by the city."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.utils.timezone import localtime

from songhe.areas.contracts import actions
from songhe.areas.contracts.models import Contract, Service, Unit, Version
from songhe.areas.contracts.queries import standings
from songhe.areas.contracts.rules import Fen
from songhe.areas.providers.api import Item, Organisation, catalogue
from songhe.engines.acts.api import record_bulk
from songhe.engines.regions.models import Region
from songhe.site.demo.history import City, acting

NUMERALS = "一二三四五六七八九"
CEILING_FEN = 900_000_000
SOON = 45  # days until the contract of one county ends
TIGHT = 92  # percent to which the ceiling of one contract is used after it was lowered


def agree(city: City) -> None:
    """One contract for every home-service organisation, for two calendar years from last month's."""
    today = localtime(city.at).date()
    begins = (today.replace(day=1) - timedelta(days=1)).year
    ending = max(city.places.counties)
    for county, label in city.places.counties.items():
        until = today + timedelta(days=SOON) if county == ending else date(begins + 1, 12, 31)
        for place, key in enumerate(city.providers.of_kind("home", county)):
            lot = f"第{NUMERALS[place]}标段：{label}居家上门服务 {begins}—{begins + 1}"
            _agreed(city, county, key, lot=lot, since=date(begins, 1, 1), until=max(until, today))


def _agreed(city: City, county: int, organisation: UUID, *, lot: str, since: date, until: date) -> None:
    officer, approver = city.county_officer(county), city.users["city"]
    region = Region.objects.get(code=county)
    with acting(officer):
        made = actions.draft(
            actor=officer, at=city.at, organisation=Organisation.objects.take(organisation, officer.scope()), lot=lot,
            region=region, since=since, until=until, ceiling=Fen(CEILING_FEN),
        )  # fmt: skip
        actions.add_place(made, actor=officer, at=city.at, place=region)
        version = Version.everywhere.get(contract=made)
        rows = Service.everywhere.bulk_create(
            _priced(version, made, item) for item in catalogue().items.values() if item.fen
        )
        record_bulk(
            "contracts.add_services",
            model=Service,
            count=len(rows),
            digest="",
            actor=officer,
            at=city.at,
            region_id=county,
        )
    with acting(approver):
        actions.approve(made, actor=approver, at=city.at)


def _priced(version: Version, made: Contract, item: Item) -> Service:
    """By the minute what the catalogue prices by the hour, else by the time or item; charged as long as it usually lasts."""
    hourly = item.unit == "hour"
    return Service(
        version=version, region_id=made.region_id, organisation_id=made.organisation_id, item=item.code,
        unit=Unit.MINUTE if hourly else Unit.ITEM if item.unit == "meal" else Unit.TIME,
        fen=round((item.fen or 0) / 60) if hourly else item.fen or 0, charged=1 if hourly else item.minutes,
    )  # fmt: skip


def tighten(city: City) -> None:
    """Lower the ceiling of one contract of the county shown by an amendment, so that hardly anything is left of it."""
    officer, approver = city.county_officer(city.shown), city.users["city"]
    key = city.providers.of_kind("home", city.shown)[-1]
    with acting(officer):
        found = Contract.objects.within(officer.scope()).get(organisation_id=key)
        used = standings([found])[found.pk].used
        if not used.fen:
            return
        day = localtime(city.at).date()
        actions.amend(found, actor=officer, at=city.at, since=day, document="补充协议（财政调减）")
        actions.set_terms(
            found,
            actor=officer,
            at=city.at,
            since=day,
            until=found.until,
            ceiling=Fen(used.fen * 100 // TIGHT),
        )
    with acting(approver):
        actions.approve_amendment(found, actor=approver, at=city.at)
