"""Lists of compounds as planning bureaux keep them: one row is a compound with its households and place."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext_lazy as _

from songhe.areas.premises.actions.common import line, recount
from songhe.areas.premises.actions.compounds import MOST_HOMES, owe
from songhe.areas.premises.models import Compound, CompoundKind, Standing
from songhe.areas.providers.api import Frame
from songhe.core.codes import Point, parse_point, parse_region, span
from songhe.core.refusal import Refused
from songhe.core.text import halfwidth, parse_date
from songhe.engines.imports.api import Batch, ImportSpec, Row, Target, Written, register
from songhe.engines.regions.models import Level, Region

FRAMES = (
    ("gcj", Frame.GCJ02), ("火星", Frame.GCJ02), ("高德", Frame.GCJ02), ("腾讯", Frame.GCJ02), ("bd", Frame.BD09),
    ("百度", Frame.BD09), ("wgs", Frame.WGS84), ("cgcs", Frame.WGS84), ("2000", Frame.WGS84),
)  # fmt: skip


def _homes(cell: object) -> int:
    text = halfwidth(str(cell)).replace(",", "").removesuffix("户").removesuffix(".0").strip()
    if not text.isdecimal() or not 1 <= int(text[:9]) <= MOST_HOMES:
        raise Refused(
            "homes_count",
            "“{text}” is not a number of households. Write a whole number of 1 or more.",
            text=str(cell)[:20],
        )
    return int(text)


def _kind(cell: object) -> CompoundKind:
    text = str(cell)
    if "新" in text or text.lower().startswith("new"):
        return CompoundKind.NEW
    if any(word in text for word in ("既有", "已建", "老", "旧")) or text.lower().startswith("exist"):
        return CompoundKind.EXISTING
    raise Refused("compound_kind", "“{text}” is neither 新建 nor 既有. Write one of these.", text=text[:20])


def _frame(cell: object) -> Frame:
    text = halfwidth(str(cell)).lower()
    found = next((frame for word, frame in FRAMES if word in text), None)
    if found is None:
        raise Refused(
            "frame_unknown",
            "“{text}” is not a known coordinate system. Write WGS-84, CGCS2000, GCJ-02 or BD-09.",
            text=str(cell)[:20],
        )
    return found


def _text(most: int, field: str) -> Callable[[object], str]:
    return lambda cell: line(str(cell), field, most=most, needed=False)


TARGETS = (
    Target(
        name="name", label=_("Compound"), required=True, sample="某某花园", parse=_text(120, "name"),
        synonyms=("小区名称", "项目名称", "住宅小区", "小区", "名称", "compound", "name"),
    ),
    Target(
        name="place", label=_("Town or village"), required=True, sample="崖头街道", recurs=True, parse=_text(60, "place"),
        synonyms=("所在镇街", "镇街", "街道", "乡镇", "所在社区", "社区", "行政区划", "region", "town"),
    ),
    Target(
        name="households", label=_("Households planned"), required=True, sample="860", parse=_homes,
        synonyms=("规划户数", "户数", "总户数", "住宅户数", "households"),
    ),
    Target(
        name="kind", label=_("Kind"), required=True, sample="新建", recurs=True, parse=_kind,
        synonyms=("类型", "小区类型", "新建或既有", "kind"),
    ),
    Target(
        name="developer", label=_("Developer"), sample="某某置业有限公司", parse=_text(120, "developer"),
        synonyms=("开发企业", "建设单位", "开发商", "developer"),
    ),
    Target(
        name="address", label=_("Address"), sample="成山大道1号", parse=_text(200, "address"),
        synonyms=("地址", "项目地址", "坐落", "address"),
    ),
    Target(
        name="permit_no", label=_("Planning permit"), sample="建字第371082202600001号", parse=_text(60, "permit_no"),
        synonyms=("规划许可证号", "建设工程规划许可证", "许可证号", "permit"),
    ),
    Target(
        name="permitted_on", label=_("Permit date"), sample="2025-06-01",
        parse=lambda cell: parse_date(cell, latest=date(2100, 1, 1)), synonyms=("许可日期", "发证日期", "permitted"),
    ),
    Target(
        name="lon", label=_("Longitude"), sample="122.4206", parse=lambda cell: str(cell).strip(),
        synonyms=("经度", "lng", "lon", "longitude"),
    ),
    Target(
        name="lat", label=_("Latitude"), sample="37.1653", parse=lambda cell: str(cell).strip(),
        synonyms=("纬度", "lat", "latitude"),
    ),
    Target(
        name="frame", label=_("Coordinate system"), sample="CGCS2000", recurs=True, parse=_frame,
        synonyms=("坐标系", "坐标系统", "frame"), help=_("Needed wherever there are coordinates"),
    ),
)  # fmt: skip


def check(batch: Batch) -> None:
    """Settle region and place of every row, and leave out rows that stand twice in the list."""
    seen: dict[tuple[int, str], int] = batch.memory.setdefault("seen", {})
    for row in batch.rows:
        _try(row, "place", lambda row=row: _settle_region(row, batch))  # type: ignore[misc]
        _try(row, "lon", lambda row=row: _settle_point(row))  # type: ignore[misc]
        _try(row, "permitted_on", lambda row=row: _settle_day(row, batch))  # type: ignore[misc]
        if row.faults:
            continue
        first = seen.setdefault((row.values["region"], row.values["name"]), row.number)
        if first != row.number:
            row.refuse("name", Twice.message, first=first)


Twice = Refused("twice", "This compound is already in row {first}.")


def _try(row: Row, target: str, settle: Callable[[], None]) -> None:
    try:
        settle()
    except Refused as refused:
        row.refuse(target, refused.message, **refused.values)


def _settle_region(row: Row, batch: Batch) -> None:
    place = row.values.get("place", "")
    if not place:
        return  # its own fault is there already
    low, high = span(batch.region)
    if re.fullmatch(r"\d{6,12}", place):
        code = parse_region(place)
        if not low <= code < high or not Region.objects.filter(code=code).exists():
            raise Refused(
                "region_elsewhere", "The region {region} does not lie in the area of this list.", region=code
            )
        row.values["region"] = code
        return
    found = _names(batch, low, high).get(_stem(place), [])
    if len(found) > 1:
        raise Refused(
            "ambiguous_region",
            "Several regions are called “{name}”. Add the town's name or give the code.",
            name=place,
        )
    if not found:
        raise Refused(
            "unknown_region",
            "There is no region called “{name}” here. Check the spelling or give its code.",
            name=place,
        )
    row.values["region"] = found[0]


def _names(batch: Batch, low: int, high: int) -> dict[str, list[int]]:
    """Regions by name; a county hides a town and a town hides a village of its own name."""
    if "names" not in batch.memory:
        rows = Region.objects.filter(code__gte=low, code__lt=high, level__gte=Level.COUNTY, until=None)
        names: dict[str, list[tuple[int, int]]] = {}
        for code, name, level in rows.order_by("level", "code").values_list("code", "name", "level"):
            names.setdefault(_stem(name), []).append((level, code))
        batch.memory["names"] = {
            name: [code for level, code in found if level == found[0][0]] for name, found in names.items()
        }
    known: dict[str, list[int]] = batch.memory["names"]
    return known


def _stem(name: str) -> str:
    clean = name.strip()
    return re.sub(r"(街道办事处|街道|镇|乡|社区居委会|村委会|居委会|社区|村)$", "", clean) or clean


def _settle_point(row: Row) -> None:
    lon, lat = row.values.get("lon", ""), row.values.get("lat", "")
    row.values["point"] = None
    if not lon and not lat:
        return
    if "frame" not in row.values:
        raise Refused(
            "frame_missing",
            "Coordinates without a coordinate system cannot be used. Fill in the coordinate system column.",
        )
    row.values["point"] = parse_point(lon, lat, frame=row.values["frame"].value)


def _settle_day(row: Row, batch: Batch) -> None:
    day = row.values.get("permitted_on")
    if day is not None and day > batch.today:
        raise Refused("permit_ahead", "The permit date is in the future. Check the date.")


def write(batch: Batch) -> Written:
    """Write the good rows by region and name; writing them again changes nothing."""
    made, changed, unchanged, written = 0, 0, 0, []
    for row in batch.good:
        values = row.values
        found = Compound.everywhere.filter(region_id=values["region"], name=values["name"]).first()
        fresh = found is None
        compound = found or Compound(
            region_id=values["region"], name=values["name"], registered_by=batch.actor.name[:80], registered_at=batch.at
        )  # fmt: skip
        wanted = _wanted(row)
        same = all(getattr(compound, name) == value for name, value in wanted.items())
        if not fresh and (same or compound.standing == Standing.STRUCK):
            unchanged += 1
            continue
        for name, value in wanted.items():
            setattr(compound, name, value)
        owe(compound, batch.at)
        compound.save(force_insert=fresh)
        written.append(compound)
        made, changed = made + fresh, changed + (not fresh)
    recount(written, batch.today)
    return Written(made=made, changed=changed, unchanged=unchanged)


def _wanted(row: Row) -> dict[str, object]:
    values = row.values
    names = ("households", "kind", "developer", "address", "permit_no", "permitted_on")
    wanted: dict[str, object] = {name: values[name] for name in names if name in values}
    if isinstance(point := values["point"], Point):
        wanted |= {"lon": point.lon, "lat": point.lat, "frame": values["frame"]}
    return wanted


compounds = register(
    ImportSpec(
        code="premises.compounds",
        title=_("Residential compounds"),
        right="premises.import",
        model=Compound,
        targets=TARGETS,
        check=check,
        write=write,
        place="point",
    )
)
