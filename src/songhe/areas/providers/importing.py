"""Lists of facilities as counties keep them: one row is a site with the body that runs it."""

from __future__ import annotations

import re
from datetime import date

from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.actions.words import words
from songhe.areas.providers.kinds import kind_of
from songhe.areas.providers.models import RESIDENTIAL, Facility, Frame, Kind, Organisation, State
from songhe.core.codes import Point, parse_credit_code, parse_phone, parse_point, parse_region, span
from songhe.core.refusal import Refused
from songhe.core.text import halfwidth, parse_date
from songhe.engines.access.api import elevated
from songhe.engines.imports.api import Batch, ImportSpec, Row, Target, Written, register
from songhe.engines.regions.models import Level, Region

FRAMES = {
    "gcj": Frame.GCJ02,
    "火星": Frame.GCJ02,
    "高德": Frame.GCJ02,
    "腾讯": Frame.GCJ02,
    "bd": Frame.BD09,
    "百度": Frame.BD09,
}


def _kind(cell: object) -> Kind:
    found = kind_of(str(cell))
    if found is None:
        raise Refused(
            "facility_kind",
            "“{text}” is no kind of site that is known. Write one such as 养老机构, 日间照料中心 or 幸福院.",
            text=str(cell)[:30],
        )
    return found


def _count(cell: object) -> int:
    text = halfwidth(str(cell)).replace(",", "").removesuffix("张").removesuffix(".0").strip()
    if not text.isdecimal() or int(text) > 20_000:
        raise Refused(
            "bed_count", "“{text}” is no number of beds. Write a whole number.", text=str(cell)[:20]
        )
    return int(text)


def _frame(cell: object) -> Frame:
    text = halfwidth(str(cell)).lower()
    return next((frame for word, frame in FRAMES.items() if word in text), Frame.WGS84)


def _text(most: int, field: str):  # type: ignore[no-untyped-def]
    return lambda cell: words(str(cell), field=field, most=most)


def _code_like(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9A-HJ-NPQRTUWXY]{18}", halfwidth(text).upper()))


TARGETS = (
    Target(
        name="name",
        label=_("Site name"),
        required=True,
        sample="荣成市某某养老院",
        parse=_text(120, "name"),
        synonyms=("机构名称", "设施名称", "名称", "单位名称", "单位", "機構名稱", "名稱", "name", "unit"),
    ),
    Target(
        name="credit_code",
        label=_("Credit code"),
        sample="51371082MJD00001X",
        looks=_code_like,
        parse=lambda cell: parse_credit_code(cell).code,
        synonyms=("统一社会信用代码", "社会信用代码", "信用代码", "組織代碼"),
    ),
    Target(
        name="kind",
        label=_("Kind"),
        required=True,
        sample="日间照料中心",
        parse=_kind,
        synonyms=(
            "类型",
            "机构类型",
            "设施类型",
            "机构类别",
            "類型",
            "服務類型",
            "type",
            "servType",
            "servItem",
            "item",
            "kind",
        ),
    ),
    Target(
        name="place",
        label=_("Town or village"),
        sample="崖头街道",
        parse=_text(60, "place"),
        synonyms=(
            "所在乡镇",
            "乡镇",
            "所属乡镇",
            "镇街",
            "街道",
            "所在村",
            "村社区",
            "所属区域",
            "行政区划",
            "區域",
            "鄉鎮市區",
            "district",
            "town",
        ),
    ),
    Target(
        name="address",
        label=_("Address"),
        sample="成山大道1号",
        parse=_text(200, "address"),
        synonyms=("地址", "详细地址", "机构地址", "住址", "address"),
    ),
    Target(
        name="beds",
        label=_("Beds"),
        sample="120",
        parse=_count,
        synonyms=("床位数", "床位", "核定床位", "总床位数", "beds"),
    ),
    Target(
        name="nursing_beds",
        label=_("Nursing beds"),
        sample="60",
        parse=_count,
        synonyms=("护理型床位", "护理型床位数", "护理床位", "nursing beds"),
    ),
    Target(
        name="legal_person",
        label=_("Legal person"),
        sample="张某",
        parse=_text(60, "legal_person"),
        synonyms=("法人", "法定代表人", "负责人", "法人代表"),
    ),
    Target(
        name="phone",
        label=_("Telephone"),
        sample="0631-7551234",
        parse=lambda cell: parse_phone(cell).dialled,
        synonyms=("电话", "联系电话", "联系方式", "電話", "phone", "tel"),
    ),
    Target(
        name="lon",
        label=_("Longitude"),
        sample="122.4206",
        parse=lambda cell: str(cell).strip(),
        synonyms=("经度", "經度", "lng", "lon", "longitude"),
    ),
    Target(
        name="lat",
        label=_("Latitude"),
        sample="37.1653",
        parse=lambda cell: str(cell).strip(),
        synonyms=("纬度", "緯度", "lat", "latitude"),
    ),
    Target(
        name="frame",
        label=_("Coordinate frame"),
        sample="WGS-84",
        parse=_frame,
        synonyms=("坐标系", "坐标系统", "frame"),
        help=_("WGS-84 where nothing is said"),
    ),
    Target(
        name="since",
        label=_("Operating since"),
        sample="2018-05-01",
        parse=lambda cell: parse_date(cell, latest=date(2100, 1, 1)),
        synonyms=("成立时间", "成立日期", "开业时间", "运营时间", "投入使用时间"),
    ),
)


def check(batch: Batch) -> None:
    """Settle region and place of every row, and refuse rows twice in the list or under another area's code."""
    seen: dict[tuple[str, str, str], int] = batch.memory.setdefault("seen", {})
    for row in batch.rows:
        _settle_region(row, batch)
        _settle_point(row)
        values = row.values
        if values.get("nursing_beds", 0) > values.get("beds", 0):
            row.refuse(
                "nursing_beds",
                "There cannot be more nursing beds ({nursing}) than beds ({beds}).",
                nursing=values["nursing_beds"],
                beds=values.get("beds", 0),
            )
        key = (values.get("credit_code", ""), values.get("name", ""), str(values.get("kind", "")))
        first = seen.setdefault(key, row.number)
        if first != row.number and key[1]:
            row.refuse("name", "This site stands in row {first} already.", first=first)
    _refuse_other_areas(batch)


def _settle_region(row: Row, batch: Batch) -> None:
    place, address = row.values.get("place", ""), row.values.get("address", "")
    try:
        row.values["region"] = _region(place, address, batch)
    except Refused as refused:
        row.refuse("place", refused.message, **refused.values)


def _region(place: str, address: str, batch: Batch) -> int:
    low, high = span(batch.region)
    if re.fullmatch(r"\d{2,12}", place):
        code = parse_region(place)
        if not low <= code < high or not Region.objects.filter(code=code).exists():
            raise Refused(
                "region_elsewhere", "The region {region} does not lie in the area of this list.", region=code
            )
        return code
    known = _names(batch, low, high)
    if place:
        found = known.get(_stem(place), [])
        if len(found) == 1:
            return found[0]
        if len(found) > 1:
            raise Refused(
                "ambiguous_region",
                "Several regions are called “{name}”. Add the town's name or give the code.",
                name=place,
            )
        raise Refused(
            "unknown_region",
            "There is no region called “{name}” here. Check the spelling or give its code.",
            name=place,
        )
    towns = {
        code
        for name, codes in known.items()
        if len(name) > 1 and name in address
        for code in codes
        if code % 1000 == 0
    }
    if len(towns) == 1:
        return towns.pop()
    raise Refused(
        "no_region", "Neither the town nor the address says in which town this is. Fill in the town."
    )


def _names(batch: Batch, low: int, high: int) -> dict[str, list[int]]:
    if "names" not in batch.memory:
        rows = Region.objects.filter(code__gte=low, code__lt=high, level__gte=Level.TOWN, until=None)
        names: dict[str, list[int]] = {}
        for code, name in rows.order_by("level", "code").values_list("code", "name"):
            names.setdefault(_stem(name), []).append(code)
        batch.memory["names"] = {name: _upper(codes) for name, codes in names.items()}
    found: dict[str, list[int]] = batch.memory["names"]
    return found


def _upper(codes: list[int]) -> list[int]:
    """A town hides a village of its own name."""
    towns = [code for code in codes if code % 1000 == 0]
    return towns or codes


def _stem(name: str) -> str:
    return (
        re.sub(r"(街道办事处|街道|镇|乡|社区居委会|村委会|居委会|社区|村)$", "", name.strip()) or name.strip()
    )


def _settle_point(row: Row) -> None:
    lon, lat = row.values.get("lon", ""), row.values.get("lat", "")
    row.values["point"] = None
    if not lon and not lat:
        return
    try:
        row.values["point"] = parse_point(lon, lat, frame=Frame(row.values.get("frame", Frame.WGS84)).value)  # type: ignore[arg-type]
    except Refused as refused:
        row.refuse("lon", refused.message, **refused.values)


def _refuse_other_areas(batch: Batch) -> None:
    """A credit code may be registered where the actor does not reach, so the look-up goes beyond the scope."""
    codes = {row.values.get("credit_code") for row in batch.rows} - {None}
    with elevated():
        known = dict(
            Organisation.everywhere.filter(credit_code__in=codes).values_list("credit_code", "region_id")
        )
    for row in batch.rows:
        region = known.get(row.values.get("credit_code", ""))
        if region is not None and not batch.scope.holds(region):
            row.refuse(
                "credit_code",
                "An organisation with this code is registered in another area. Ask the city office.",
            )


def write(batch: Batch) -> Written:
    """Write organisations and sites of the good rows; writing them again changes nothing."""
    done = Written()
    for row in batch.good:
        organisation = _organisation(row)
        done += _site(row, organisation)
    return done


def _organisation(row: Row) -> Organisation:
    values = row.values
    rows = Organisation.everywhere.all()
    code = values.get("credit_code", "")
    found = (
        rows.filter(credit_code=code).first()
        if code
        else rows.filter(credit_code="", name=values["name"], region_id=values["region"]).first()
    )
    if found is None:
        kind = values["kind"]
        does = "residential" if kind in RESIDENTIAL else "home" if kind == Kind.HOME_SERVICE else "community"
        found = Organisation(
            region_id=values["region"],
            name=values["name"],
            credit_code=code,
            kinds=[does],
            since=values.get("since"),
        )
    before = (found.legal_person, found.phone, found.address)
    found.legal_person = values.get("legal_person", found.legal_person)
    found.phone = values.get("phone", found.phone)
    found.address = found.address or values.get("address", "")
    if found._state.adding or before != (found.legal_person, found.phone, found.address):
        found.save()
    return found


def _site(row: Row, organisation: Organisation) -> Written:
    values = row.values
    found = Facility.everywhere.filter(
        organisation=organisation, name=values["name"], kind=values["kind"]
    ).first()
    if found is None:
        found = Facility(
            organisation=organisation,
            name=values["name"],
            kind=values["kind"],
            since=values.get("since"),
            state=State.ACTIVE,
        )
    wanted: dict[str, object] = {"region_id": values["region"]}
    wanted |= {name: values[name] for name in ("address", "phone", "beds", "nursing_beds") if name in values}
    if isinstance(point := values["point"], Point):
        wanted |= {"lon": point.lon, "lat": point.lat, "frame": values.get("frame", Frame.WGS84)}
    if not found._state.adding and all(getattr(found, name) == value for name, value in wanted.items()):
        return Written(unchanged=1)
    fresh = found._state.adding
    for name, value in wanted.items():
        setattr(found, name, value)
    found.save()
    return Written(made=int(fresh), changed=int(not fresh))


facilities = register(
    ImportSpec(
        code="providers.facilities",
        title=_("Facilities"),
        right="providers.import",
        model=Facility,
        targets=TARGETS,
        check=check,
        write=write,
    )
)
