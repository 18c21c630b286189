"""Lists of devices as makers deliver them and towns keep them: one row is one device, perhaps with who has it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.devices.actions import issue_device
from songhe.areas.devices.actions.common import BACK, line
from songhe.areas.devices.actions.stock import clean_code, entered_at
from songhe.areas.devices.limits import terms
from songhe.areas.devices.models import Device, Place
from songhe.areas.devices.queries.register import has_free
from songhe.areas.registry.api import Person, by_id_numbers, homes_of
from songhe.core.codes import parse_id, span
from songhe.core.refusal import Refused
from songhe.core.text import halfwidth, parse_date
from songhe.engines.imports.api import Batch, ImportSpec, Row, Target, Written, register
from songhe.engines.regions.models import Region

WORDS = {
    "手环": "bracelet", "吊坠": "pendant", "胸卡": "pendant", "手表": "watch", "腕表": "watch", "电话": "phone", "话机": "phone",
    "手机": "phone", "门磁": "door", "燃气": "gas", "烟": "smoke", "跌倒": "fall", "雷达": "fall", "床": "bed", "标签": "tag", "二维码": "tag",
}  # fmt: skip


def _kind(cell: object) -> str:
    text = halfwidth(str(cell)).strip().lower()
    for kind in terms().kinds.values():
        if text in (kind.code, kind.label.zh.lower(), kind.label.en.lower()):
            return kind.code
    found = next((code for word, code in WORDS.items() if word in text and code in terms().kinds), None)
    if found is None:
        raise Refused(
            "device_kind", "“{text}” is not a known kind of device. Write one such as 手环, 一键通电话机 or 烟雾报警器.",
            text=str(cell)[:20],
        )  # fmt: skip
    return found


def _text(most: int, field: str) -> Callable[[object], str]:
    return lambda cell: line(str(cell), field, most, needed=False)


TARGETS = (
    Target(
        name="code", label=_("Device number"), required=True, sample="860000000000001", parse=lambda cell: clean_code(str(cell).removesuffix(".0")),
        synonyms=("设备编号", "设备号", "imei", "序列号", "sn", "编号", "device number", "code"),
    ),
    Target(
        name="kind", label=_("Kind"), required=True, recurs=True, sample="防走失手环", parse=_kind,
        synonyms=("设备类型", "类型", "设备名称", "kind", "type"),
    ),
    Target(
        name="model", label=_("Model"), recurs=True, sample="T8", parse=_text(60, "model"),
        synonyms=("型号", "规格型号", "model"),
    ),
    Target(
        name="id_number", label=_("Identity number"), sample="371082194305020011", parse=lambda cell: parse_id(str(cell)).number,
        synonyms=("身份证号", "身份证号码", "使用人身份证", "公民身份号码", "identity number"), help=_("Of the user; if empty, it goes into stock"),
    ),
    Target(
        name="issued_on", label=_("Date of issue"), recurs=True, sample="2026-03-01", parse=lambda cell: parse_date(cell, latest=date(2100, 1, 1)),
        synonyms=("发放日期", "领取日期", "issued on"),
    ),
)  # fmt: skip


def check(batch: Batch) -> None:
    """Refuse numbers given twice or known, persons that are not in the register here, and days to come."""
    seen: dict[str, int] = batch.memory.setdefault("codes", {})
    codes = [row.values["code"] for row in batch.rows if "code" in row.values]
    known = {row.code: row for row in Device.everywhere.filter(code__in=codes)}
    numbers = {row.values["id_number"] for row in batch.rows if row.values.get("id_number")}
    people = by_id_numbers(numbers, batch.scope)
    homes = homes_of([person.pk for person in people.values()])
    for row in batch.rows:
        code = row.values.get("code", "")
        first = seen.setdefault(code, row.number)
        if code and first != row.number:
            row.refuse("code", "This device is already in row {first}.", first=first)
        row.found = known.get(code)
        if row.found and row.found.kind != row.values.get("kind", row.found.kind):
            row.refuse("kind", "The device with this number is entered as another kind.")
        _settle_person(row, batch, people, homes)


def _settle_person(row: Row, batch: Batch, people: Mapping[str, Person], homes: Mapping[UUID, UUID]) -> None:
    low, high = span(batch.region)
    on, number = row.values.get("issued_on"), row.values.get("id_number")
    if on is not None and not batch.today - BACK <= on <= batch.today:
        row.refuse(
            "issued_on", "The date of issue must be within the past year, today at the latest. Check it."
        )
    if not number:
        return
    person = people.get(number)
    if person is None or not low <= person.region_id < high:
        row.refuse(
            "id_number", "Nobody with this identity number is registered here. Register the person first."
        )
        return
    if not person.is_living:
        row.refuse("id_number", "The person with this identity number is not living.")
    row.values["person"] = person
    kind = terms().kinds.get(row.values.get("kind", ""))
    if kind and kind.free and not (row.found and row.found.person_id == person.pk):
        home = homes.get(person.pk, person.pk)
        taken: dict[UUID, int] = batch.memory.setdefault("free", {})
        first = taken.setdefault(home, row.number)
        if first != row.number:
            row.refuse("id_number", "The household already gets a free device in row {first}.", first=first)
        elif has_free(person.pk, home, on or batch.today):
            row.refuse("id_number", "This household has a free device already. Take that one back first.")


def write(batch: Batch) -> Written:
    """Enter the devices of the good rows and issue those that somebody has; writing them again changes nothing."""
    made = changed = unchanged = 0
    region = Region.objects.get(pk=batch.region)
    for row in batch.good:
        device = row.found or Device.everywhere.filter(code=row.values["code"]).first()
        fresh = device is None
        if device is None:
            device = Device(
                code=row.values["code"], kind=row.values["kind"], model=row.values.get("model", ""), region=region,
                registered_at=batch.at,
            )  # fmt: skip
            device.save(force_insert=True)
            entered_at(device, actor=batch.actor, at=batch.at)
        issued = _issue(device, row, batch)
        made, changed, unchanged = made + fresh, changed + (issued and not fresh), unchanged + (not fresh and not issued)  # fmt: skip
    return Written(made, changed, unchanged)


def _issue(device: Device, row: Row, batch: Batch) -> bool:
    """Issue a device of the stock to who has it; whether that was to be done."""
    person: Any = row.values.get("person")
    if person is None or device.place != Place.STOCK:
        return False
    on = row.values.get("issued_on") or timezone.localdate(batch.at)
    issue_device(device, actor=batch.actor, at=batch.at, person=person, on=on)
    return True


devices = register(
    ImportSpec(
        code="devices",
        title=_("Devices"),
        right="devices.register",
        model=Device,
        targets=TARGETS,
        check=check,
        write=write,
    )
)
