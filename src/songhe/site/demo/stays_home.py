"""Family care beds of the demo city: most in service, some resting or waiting to be accepted."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.timezone import localtime

from songhe.areas.providers.api import Organisation
from songhe.areas.registry.api import Person
from songhe.areas.stays import actions
from songhe.areas.stays.models import HomeBed, HomeBedState, ItemKind, Provided, Setting
from songhe.areas.stays.rules import Minutes
from songhe.engines.access.api import SYSTEM, Tie, tie
from songhe.engines.acts.api import record_bulk
from songhe.engines.regions.ids import uuid7
from songhe.site.demo.history import City, acting

BEDS, DRAFTS = 24, 4
PLANS = ("每周三次上门助浴、翻身、康复训练", "每日一次用药提醒，每周两次助洁", "每周两次护理、每月一次巡诊")
ITEMS = (
    ("retrofit", "卫生间扶手", 2),
    ("device", "紧急呼叫按钮", 1),
    ("device", "睡眠监测带", 1),
    ("retrofit", "床边护栏", 1),
)


def beds_at_home(city: City, free: list[int]) -> None:
    """Set them up with the organisation that serves the county shown, by the same actions as on screen."""
    owners = city.providers.of_kind("home", city.shown)
    here = [row for row in free if city.county_of(row) == city.shown][: min(BEDS, len(free) // 6)]
    at = city.at
    day = localtime(at).date()
    for place, row in enumerate(here):
        free.remove(row)
        person = Person.everywhere.get(pk=city.ids[row])
        owner = Organisation.everywhere.get(pk=owners[place % len(owners)])
        tie(
            person.pk,
            owner.pk,
            Tie.Kind.ORGANISATION,
            region_id=person.region_id,
            since=day - timedelta(days=90),
        )
        with acting(city.county_officer(city.shown)):
            bed = actions.draft_home_bed(
                actor=SYSTEM, at=city.on(80, 9), person=person, organisation=owner,
                contract_no=f"JT{day:%y}-{place + 1:03d}", month_minutes=Minutes(1800 + place % 3 * 600),
                plan=PLANS[place % len(PLANS)],
            )  # fmt: skip
        _equip(bed, place, day)
        if place >= DRAFTS:
            _serve(city, bed, place)
    record_bulk(
        "stays.load",
        model=Provided,
        count=len(here),
        digest="",
        actor=city.users["city"],
        at=at,
        region_id=city.shown,
    )


def _equip(bed: HomeBed, place: int, day: date) -> None:
    Provided.everywhere.bulk_create(
        Provided(
            home_bed=bed, organisation_id=bed.organisation_id, person_id=bed.person_id, region_id=bed.region_id,
            kind=ItemKind(kind), name=name, count=count, on=day,
        )
        for kind, name, count in ITEMS[: 2 + place % 3]
    )  # fmt: skip


def _serve(city: City, bed: HomeBed, place: int) -> None:
    """Accepted by the county and begun; the assessment that came with it is the level noted."""
    officer = city.county_officer(city.shown)
    since = localtime(city.at).date() - timedelta(days=20 + place * 2)
    HomeBed.everywhere.filter(pk=bed.pk).update(
        drafted_by="机构建床专员", state=HomeBedState.ACTIVE, level=2 + place % 3, since=since, accepted_by_id=officer.pk,
        accepted_by=officer.name[:80], accepted_at=city.on(30, 15),
    )  # fmt: skip
    Setting.everywhere.create(
        id=uuid7(), person_id=bed.person_id, kind="home_bed", organisation_id=bed.organisation_id,
        region_id=bed.region_id, since=since, source_id=bed.pk,
    )  # fmt: skip
