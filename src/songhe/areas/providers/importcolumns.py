"""Columns of a list of facilities, with the headings that counties write and the words they mean."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.actions.words import words
from songhe.areas.providers.kinds import kind_of
from songhe.areas.providers.models import Frame, Kind, Mode, Ownership
from songhe.core.codes import parse_credit_code, parse_phone
from songhe.core.refusal import Refused
from songhe.core.text import halfwidth, parse_date
from songhe.engines.imports.api import Target

FRAMES = {
    "gcj": Frame.GCJ02,
    "火星": Frame.GCJ02,
    "高德": Frame.GCJ02,
    "腾讯": Frame.GCJ02,
    "bd": Frame.BD09,
    "百度": Frame.BD09,
    "wgs": Frame.WGS84,
    "84": Frame.WGS84,
    "cgcs": Frame.WGS84,
    "2000": Frame.WGS84,
    "国家": Frame.WGS84,
}
OWNERS = (
    (Ownership.COLLECTIVE, "集体|村办|社区办|村|社区"),
    (Ownership.PUBLIC, "公办|公立|政府|国有|public"),
    (Ownership.ENTERPRISE, "企业|公司|营利(?!.*非)"),
    (Ownership.NON_PROFIT, "民非|非营利|民办|社会"),
)
MODES = (
    (Mode.PRIVATELY_RUN, "公建民营|公办民营"),
    (Mode.AIDED, "民办公助"),
    (Mode.ENTRUSTED, "委托"),
    (Mode.EQUITY, "股权|合作|合资"),
    (Mode.OWN, "自营|自办|公建公营|民办民营|自主"),
)


def _kind(cell: object) -> Kind:
    found = kind_of(str(cell))
    if found is None:
        raise Refused(
            "facility_kind",
            "“{text}” is not a known kind of site. Write one such as 养老机构, 日间照料中心 or 幸福院.",
            text=str(cell)[:30],
        )
    return found


def _count(cell: object) -> int:
    text = halfwidth(str(cell)).replace(",", "").removesuffix("张").removesuffix(".0").strip()
    if not text.isdecimal() or int(text) > 20_000:
        raise Refused(
            "bed_count", "“{text}” is not a number of beds. Write a whole number.", text=str(cell)[:20]
        )
    return int(text)


def _frame(cell: object) -> Frame:
    text = halfwidth(str(cell)).lower()
    found = next((frame for word, frame in FRAMES.items() if word in text), None)
    if found is None:
        raise Refused(
            "unknown_frame",
            "“{text}” is not a known coordinate system. Write WGS-84, CGCS2000, GCJ-02 or BD-09.",
            text=str(cell)[:30],
        )
    return found


def _whole(cell: object) -> int:
    """A count or an area; part of a square metre is left out."""
    text = re.sub(
        r"(m2|m²|㎡|平方米|平米|人|个|位)$", "", halfwidth(str(cell)).replace(",", "").strip()
    ).strip()
    whole, _dot, part = text.partition(".")
    if not whole.isdecimal() or (part and not part.isdecimal()) or int(whole) > 2_000_000:
        raise Refused("no_count", "“{text}” is not a number. Write a whole number.", text=str(cell)[:20])
    return int(whole)


def _ownership(cell: object) -> Ownership:
    found = _told(cell, OWNERS)
    if found is None:
        raise Refused(
            "no_ownership",
            "“{text}” is not a known type of ownership. Write 公办, 集体, 民办 or 企业.",
            text=str(cell)[:30],
        )
    return Ownership(found)


def _mode(cell: object) -> Mode:
    found = _told(cell, MODES)
    if found is None:
        raise Refused(
            "no_operation",
            "“{text}” is not a known operating model. Write 公建民营, 民办公助, 委托运营 or 自营.",
            text=str(cell)[:30],
        )
    return Mode(found)


def _told(cell: object, pairs: tuple[tuple[Any, str], ...]) -> Any:
    text = halfwidth(str(cell)).lower().strip()
    return next((value for value, pattern in pairs if text == value or re.search(pattern, text)), None)


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
        label=_("Legal representative"),
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
        label=_("Coordinate system"),
        sample="WGS-84",
        parse=_frame,
        synonyms=("坐标系", "坐标系统", "frame"),
        help=_("Needed where coordinates are given: WGS-84, CGCS2000, GCJ-02 or BD-09"),
    ),
    Target(
        name="area_m2",
        label=_("Floor area (m²)"),
        sample="860",
        parse=_whole,
        synonyms=("建筑面积", "面积", "使用面积", "建筑面积(平方米)", "面积(㎡)", "floor area", "area"),
    ),
    Target(
        name="day_places",
        label=_("Day places"),
        sample="20",
        parse=_whole,
        synonyms=("日托位", "日间托位", "托位数", "日照床位", "day places"),
    ),
    Target(
        name="diners",
        label=_("Diners per meal"),
        sample="60",
        parse=_whole,
        synonyms=("就餐人数", "可供餐人数", "用餐人数", "餐位", "diners"),
    ),
    Target(
        name="ownership",
        label=_("Ownership"),
        sample="公办",
        parse=_ownership,
        synonyms=("所有制", "产权性质", "经办性质", "性质", "举办主体", "ownership"),
    ),
    Target(
        name="mode",
        label=_("Operating model"),
        sample="公建民营",
        parse=_mode,
        synonyms=("运营模式", "运营方式", "经营方式", "operation"),
    ),
    Target(
        name="licence_no",
        label=_("Licence or filing number"),
        sample="鲁养备37108200123",
        parse=_text(60, "licence_no"),
        synonyms=("备案号", "备案编号", "许可证号", "登记证号", "licence"),
    ),
    Target(
        name="since",
        label=_("Operating since"),
        sample="2018-05-01",
        parse=lambda cell: parse_date(cell, latest=date(2100, 1, 1)),
        synonyms=("成立时间", "成立日期", "开业时间", "运营时间", "投入使用时间"),
    ),
)
