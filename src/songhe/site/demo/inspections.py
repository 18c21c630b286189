"""Spot checks: a campaign whose results are public, one under way, one to be drawn, and findings in every state."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import localtime

from songhe.areas.inspections import actions, sheet
from songhe.areas.inspections.models import (
    By,
    Campaign,
    Finding,
    FindingState,
    Inspection,
    MeasureKind,
    State,
    Why,
)
from songhe.areas.inspections.queries import able_to_inspect
from songhe.areas.providers.api import Facility, Kind
from songhe.engines.access.api import SYSTEM, Grant, User
from songhe.engines.regions.models import Region
from songhe.site.demo.history import City
from songhe.site.demo.picture import picture

PHOTOS = 960
MISSED: tuple[dict[str, str], ...] = (
    {}, {"C1.3": "partly", "C5.2": "no"}, {"C2.2": "no"}, {}, {"C1.1": "no", "C4.3": "partly"}, {"C6.1": "partly"},
    {"C5.1": "partly", "C6.3": "no", "C2.3": "partly"}, {},
)  # fmt: skip
NOTES = {
    "C1.1": "二层东侧安全出口上锁", "C1.3": "厨房有一处临时拉线", "C2.2": "前日晚餐无留样", "C2.3": "一名厨师健康证过期",
    "C4.3": "收费公示未更新", "C5.1": "卫生间有异味", "C5.2": "消毒记录缺三天", "C6.1": "两名新入住老人未评估",
    "C6.3": "应急联系电话未张贴",
}  # fmt: skip
MOST = 9
"""How many checks of the public campaign are carried out one by one; the others are called off."""


def inspect(city: City) -> None:
    """Everything above, in the county shown."""
    first = _campaign(
        city,
        "养老机构安全管理双随机抽查",
        [Kind.NURSING_HOME, Kind.TOWNSHIP_HOME],
        ago=75,
        seed="20260917-0583",
    )
    _carried_out(city, first)
    second = _campaign(
        city,
        "日间照料与助老食堂食品安全抽查",
        [Kind.DAY_CARE, Kind.CANTEEN],
        ago=6,
        seed="20261120-7741",
        share=3,
    )
    for place, check in enumerate(Inspection.everywhere.filter(campaign=second).order_by("number")[:2]):
        _check(city, check, place + 1, ago=3)
    _campaign(city, "第一季度养老服务设施抽查", [Kind.HAPPINESS_HOME], ago=1, seed="", drawn=False)
    _own_facility(city)


def _campaign(
    city: City, title: str, kinds: list[Kind], *, ago: int, seed: str, share: int = 30, drawn: bool = True
) -> Campaign:
    officer, other = city.users["county"], city.users["county-2"]
    region = Region.objects.get(pk=city.shown)
    row = actions.draft_campaign(
        actor=officer, at=city.on(ago, 9), title=title, region=region, kinds=kinds, by=[By.KIND, By.RISK],
        until=localtime(city.on(ago, 9)).date() + timedelta(days=30), share_percent=share, high_share_percent=100,
    )  # fmt: skip
    able = [str(key) for key in able_to_inspect(region)]
    actions.list_officers(row, actor=officer, at=city.on(ago, 9), officers=able)
    return actions.draw_campaign(row, actor=other, at=city.on(ago, 14), seed=seed) if drawn else row


def _carried_out(city: City, row: Campaign) -> None:
    for place, check in enumerate(Inspection.everywhere.filter(campaign=row).order_by("number")):
        if place >= MOST:
            actions.cancel_check(
                check, actor=city.users["county"], at=city.on(50, 10), reason="设施暂停服务，另行安排"
            )
            continue
        _check(city, check, place, ago=60 - place)
        if check.state == State.RECTIFY:
            _mend(city, check, place)
    actions.publish_campaign(row, actor=city.users["county"], at=city.on(20, 10))


def _check(city: City, check: Inspection, place: int, *, ago: int) -> None:
    """One check carried out as its first officer does it, with a picture of what was found."""
    missed, officer = MISSED[place % len(MISSED)], _officer(check)
    answers = {item.code: missed.get(item.code, "yes") for item in sheet.form_of(check).items}
    photos = [(code, _photo(place)) for code in list(missed)[:1]]
    at = city.on(ago, 10, 30)
    actions.fill_checklist(
        check,
        actor=officer,
        at=at,
        answers=answers,
        notes={code: NOTES[code] for code in missed},
        photos=photos,
    )
    actions.finish_check(check, actor=officer, at=at + timedelta(minutes=55), words="现场已向负责人反馈。")


def _mend(city: City, check: Inspection, place: int) -> None:
    """Mended and closed, waiting to be checked again, answered in part, overdue with a warning: one after the other."""
    found = list(Finding.everywhere.filter(inspection=check).order_by("item"))
    for number, row in enumerate(found):
        if place % 4 == 2 or (place % 4 == 1 and number):
            continue
        actions.answer_finding(
            row, actor=SYSTEM, at=city.on(45, 11), words="已按要求整改，附照片。", file=_photo(40 + place)
        )
    check.refresh_from_db()
    if check.state == State.RECHECK and place % 4 == 0:
        for row in found:
            actions.mend_finding(row, actor=_officer(check), at=city.on(38, 15), words="现场查看，已整改。")
    elif place % 4 == 2:
        actions.take_measure(
            check,
            actor=city.users["county"],
            at=city.on(25, 10),
            kind=MeasureKind.WARNING,
            words="逾期未反馈整改，予以警告。",
        )


def _own_facility(city: City) -> None:
    """The facility with a log-in was checked after a complaint and has something to mend."""
    held = Grant.objects.filter(user=city.users["facility"]).values_list("holder_id", flat=True).first()
    site = Facility.everywhere.filter(pk=held or UUID(int=0)).first()
    if site is None:
        return
    until = localtime(city.at).date() + timedelta(days=5)
    check = actions.order_check(
        actor=city.users["county"],
        at=city.on(4, 9),
        facility=site,
        why=Why.COMPLAINT,
        until=until,
        reason="家属反映餐食留样不规范",
    )
    _check(city, check, 6, ago=2)
    row = Finding.everywhere.filter(inspection=check, state=FindingState.OPEN).order_by("-item").first()
    if row is not None:
        actions.answer_finding(
            row, actor=city.users["facility"], at=city.on(1, 9), words="联系电话已张贴。", file=_photo(80)
        )


def _officer(check: Inspection) -> User:
    return User.objects.get(pk=check.first_id)


def _photo(place: int) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"现场{place}.jpg", picture(PHOTOS + place), "image/jpeg")
