"""The files of a demo city's sites: functions, contracts, papers, people, prices, stars and pictures; rules partly met."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any
from zlib import crc32

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import localtime
from PIL import Image, ImageDraw

from songhe.areas.providers import actions
from songhe.areas.providers.models import (
    Agreement,
    Facility,
    Kind,
    Operation,
    Permit,
    Price,
    Rating,
    SiteFunction,
    Staffing,
    State,
)
from songhe.engines.regions.ids import uuid7
from songhe.site.demo.history import City, acting
from songhe.site.demo.load import Load

HOMES = (Kind.NURSING_HOME, Kind.TOWNSHIP_HOME)
DAY = (Kind.DAY_CARE, Kind.CARE_STATION, Kind.COMPREHENSIVE, Kind.DEMONSTRATION)
MEALS = (Kind.CANTEEN, Kind.DINING_TABLE)
FILE = ("id", "facility", "region", "organisation_id")
PICTURED = 14
WALLS = ((214, 198, 170), (188, 204, 196), (222, 206, 188), (196, 202, 214))


def keep_register(city: City) -> None:
    """Fill the files of every site, then let some history happen in the county that is shown."""
    today = localtime(city.at).date()
    sites = list(Facility.everywhere.order_by("pk"))
    _load(city, SiteFunction, ("kind", "area_m2", "places", "day_places", "since"), _functions(sites))
    _load(city, Operation, ("kind", "operator_id", "owner_name", "number", "since", "until", "fen_per_year", "professional",
                            "in_effect", "entered_by", "entered_at"), _contracts(city, sites, today))  # fmt: skip
    _load(city, Permit, ("kind", "number", "issued_by", "issued_on", "valid_until"), _permits(sites, today))
    _load(city, Staffing, ("job", "number", "certified", "counted_on"), _staff(sites, today))
    _load(city, Agreement, ("body", "what", "since", "until"), _agreements(city, sites, today))
    _load(city, Price, ("item", "per", "fen", "since"), _prices(sites, today))
    _load(city, Rating, ("stars", "rated_on", "valid_until", "source"), _ratings(sites, today))
    actions.recount(sites)
    _live(city, today)


def _load(
    city: City, model: Any, names: tuple[str, ...], rows: Iterable[tuple[Facility, tuple[Any, ...]]]
) -> None:
    columns = tuple(name.removesuffix("_id") if name == "operator_id" else name for name in names)
    load = Load(model, (*FILE, *columns))
    load.copy((uuid7(), site.pk, site.region_id, site.organisation_id, *values) for site, values in rows)
    load.done("providers.load_files", at=city.at)


def _draw(site: Facility) -> int:
    return crc32(f"{site.region_id}{site.name}".encode())


def _functions(sites: list[Facility]) -> Iterator[tuple[Facility, tuple[Any, ...]]]:
    """The largest day-care centre or happiness home of two towns in three is the town's centre too."""
    towns: defaultdict[int, list[Facility]] = defaultdict(list)
    for site in sites:
        if site.kind in (Kind.DAY_CARE, Kind.HAPPINESS_HOME):
            towns[site.region_id // 1000].append(site)
        if site.kind in DAY and _draw(site) % 4 == 0:
            yield site, ("bathing", None, 4, None, site.since)
        if site.kind == Kind.NURSING_HOME and _draw(site) % 3 == 0:
            yield site, (Kind.DAY_CARE, 180, None, 20, site.since)
            yield site, ("short_stay", None, None, None, site.since)
    for town, found in towns.items():
        if town % 3:
            best = max(found, key=lambda site: (site.kind == Kind.DAY_CARE, site.area_m2 or 0))
            yield best, (Kind.STREET_CENTRE, None, 40, None, best.since)


def _contracts(city: City, sites: list[Facility], today: date) -> Iterator[tuple[Facility, tuple[Any, ...]]]:
    """For most sites that are run by others; a few run out soon, and a few have none in the file."""
    for site in sites:
        draw = _draw(site)
        if site.mode not in ("entrusted", "privately_run", "equity") or draw % 12 == 0:
            continue
        years = 3 + draw % 3
        left = 20 + draw % 60 if draw % 25 == 0 else 200 + draw % 900
        until = today + timedelta(days=left)
        since = max(site.since or today, until - timedelta(days=365 * years))
        village = city.places.name[city.places.index(site.region_id)]
        owner = (
            f"{village.removesuffix('委会').removesuffix('居').removesuffix('村')}村民委员会"
            if "村" in village
            else village
        )
        yield site, (
            site.mode, site.organisation_id, owner[:120], f"委运{since:%Y}-{draw % 10_000:04d}", since, until,
            (20_000 + draw % 60_000) * 100, draw % 9 != 0, True, city.users["county"].name[:80], city.at,
        )  # fmt: skip


def _permits(sites: list[Facility], today: date) -> Iterator[tuple[Facility, tuple[Any, ...]]]:
    for site in sites:
        draw = _draw(site)
        issued = max(site.since or today, today - timedelta(days=400 + draw % 1300))
        if site.kind in HOMES:
            yield site, ("record", site.licence_no, "县(市、区)民政局", issued, None)
        if site.fire_safety == "passed" and draw % 10:
            yield site, ("fire", f"消验{draw % 100_000:05d}", "住房和城乡建设局", issued, None)
        if site.kind in (*MEALS, *HOMES) and draw % 8:
            left = draw % 50 - 5 if draw % 40 == 1 else 100 + draw % 1500
            yield (
                site,
                (
                    "food",
                    f"JY{draw % 10**8:08d}",
                    "市场监督管理局",
                    issued,
                    max(issued, today + timedelta(days=left)),
                ),
            )


def _staff(sites: list[Facility], today: date) -> Iterator[tuple[Facility, tuple[Any, ...]]]:
    counted = today.replace(day=1)
    for site in sites:
        draw = _draw(site)
        if site.kind in HOMES and draw % 15:
            carers = max(2, site.beds // (6 + draw % 5))
            jobs = [("director", 1, 1), ("carer", carers, carers * (6 + draw % 4) // 10), ("nurse", max(1, site.beds // 40), max(1, site.beds // 40)),
                    ("cook", 1 + site.beds // 60, 1 + site.beds // 60)]  # fmt: skip
        elif site.kind in DAY and draw % 6:
            jobs = [
                ("director", 1, 1),
                ("carer", 2 + draw % 3, 1 + draw % 2),
                ("social_worker", draw % 2, draw % 2),
            ]
        elif site.kind in MEALS:
            jobs = [("cook", 1 + draw % 2, 1)]
        else:
            jobs = []
        yield from ((site, (job, number, min(number, held), counted)) for job, number, held in jobs if number)


def _agreements(city: City, sites: list[Facility], today: date) -> Iterator[tuple[Facility, tuple[Any, ...]]]:
    for site in sites:
        if site.kind in (*HOMES, *DAY, Kind.MEDICAL_CARE) and _draw(site) % 4:
            town = city.places.towns[site.region_id // 1000 * 1000]
            body = f"{town.removesuffix('街道').removesuffix('镇')}{'社区卫生服务中心' if town.endswith('街道') else '中心卫生院'}"
            since = today - timedelta(days=100 + _draw(site) % 500)
            yield site, (body, "定期巡诊、急诊绿色通道、慢性病管理", since, since + timedelta(days=1095))


def _prices(sites: list[Facility], today: date) -> Iterator[tuple[Facility, tuple[Any, ...]]]:
    since = date(today.year - 1, 7, 1)
    for site in sites:
        draw, more = _draw(site), 0
        if site.kind in HOMES and draw % 11:
            more = 1000 * (draw % 8)
            found = [("床位费", "month", 90_000 + 100 * more), ("护理费（半失能）", "month", 80_000 + 50 * more),
                     ("护理费（失能）", "month", 150_000 + 50 * more), ("伙食费", "month", 75_000)]  # fmt: skip
        elif site.kind in DAY and draw % 4:
            found = [
                ("日间照料", "day", 3_000 + 100 * (draw % 20)),
                ("午餐", "meal", 1_000 + 100 * (draw % 6)),
            ]
        elif site.kind in MEALS:
            found = [
                ("午餐（80周岁以上）", "meal", 0),
                ("午餐（60至79周岁）", "meal", 500 + 100 * (draw % 4)),
            ]
        else:
            found = []
        yield from ((site, (item, per, fen, max(since, site.since or since))) for item, per, fen in found)


def _ratings(sites: list[Facility], today: date) -> Iterator[tuple[Facility, tuple[Any, ...]]]:
    for site in sites:
        draw = _draw(site)
        if site.kind in HOMES and draw % 5 > 1:
            day = today - timedelta(days=30 + draw % 1000)
            stars = 1 + min(4, site.beds // 90 + draw % 2)
            yield site, (stars, day, day + timedelta(days=1095), "市养老机构等级评定委员会")


def _live(city: City, today: date) -> None:
    """Pictures, changes of capacity, a correction and a double entry, through the verbs that people use."""
    officer = city.county_officer(city.shown)
    with acting(officer):
        here = Facility.objects.within(officer.scope()).filter(
            region_id__gte=city.shown, region_id__lt=city.shown + 10**6
        )
        homes = list(here.filter(kind__in=HOMES).order_by("-beds", "pk")[: PICTURED // 2])
        others = list(here.filter(kind__in=(*DAY, *MEALS)).order_by("-area_m2", "pk")[: PICTURED // 2])
        for number, site in enumerate((*homes, *others)):
            file = SimpleUploadedFile("site.jpg", picture(number), "image/jpeg")
            actions.add_photo(
                site, actor=officer, at=city.at, file=file, caption="大门", public=number % 4 != 3, face=True
            )
        for site, days, more in zip(homes, (400, 250, 90), (24, 12, 8), strict=False):
            _changed(city, officer, site, today - timedelta(days=days), more)
        if others:
            actions.except_days(
                others[0],
                actor=officer,
                at=city.at,
                first=today + timedelta(days=5),
                last=today + timedelta(days=6),
            )
        _double(city, officer, here)


def _changed(city: City, officer: Any, site: Facility, day: date, more: int) -> None:
    """A home that had fewer beds until a day, as somebody found out later."""
    if site.since and day <= site.since:
        return
    before = site.beds - more
    actions.correct_register(
        site, actor=officer, at=city.at, what="beds", value=str(before), since=None, until=day,
        reason="改扩建前床位数，据当年备案表",
    )  # fmt: skip


def _double(city: City, officer: Any, here: Any) -> None:
    """The same happiness home entered again by somebody else, and not open yet."""
    site = here.filter(kind=Kind.HAPPINESS_HOME).order_by("pk").first()
    other = here.exclude(organisation_id=site.organisation_id).order_by("pk").first() if site else None
    if site is None or other is None:
        return
    made = actions.register_facility(
        actor=officer, at=city.at, organisation=other.organisation, name=f"{site.name}（新）"[:120], kind=site.kind,
        region=site.region, since=localtime(city.at).date(), address=site.address,
    )  # fmt: skip
    Facility.everywhere.filter(pk=made.pk).update(state=State.SUSPENDED, lon=site.lon, lat=site.lat)
    made.refresh_from_db()
    actions.suspect(made, at=city.at)


def picture(number: int) -> bytes:
    """A small drawing of a house, so that pages have something to show."""
    image = Image.new("RGB", (480, 320), (206, 224, 232))
    pen, wall = ImageDraw.Draw(image), WALLS[number % len(WALLS)]
    pen.rectangle((0, 240, 480, 320), fill=(150, 176, 128))
    pen.rectangle((80, 110, 400, 260), fill=wall)
    pen.polygon(((60, 112), (240, 36 + 6 * (number % 5)), (420, 112)), fill=(150, 74, 58))
    for column in range(4):
        for row in range(2):
            x, y = 104 + column * 72, 130 + row * 58
            pen.rectangle((x, y, x + 40, y + 34), fill=(110, 146, 164))
    pen.rectangle((218, 196, 262, 260), fill=(120, 84, 60))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()
