"""The national platform's files of vouchers: who was issued one for a month, and what it paid. The same file again
changes nothing.

A voucher of somebody who is not in the registry of the area is refused with its reason, so that the row comes back.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement.models import NationalVoucher, Redemption
from songhe.areas.entitlement.vouchers import the_voucher
from songhe.areas.providers.api import Organisation
from songhe.areas.registry.api import by_id_numbers
from songhe.core.codes import parse_credit_code
from songhe.core.codes.region import span
from songhe.core.codes.resident_id import parse_id
from songhe.core.days import month_of
from songhe.core.refusal import Refused
from songhe.core.text import halfwidth, normalise, parse_date, parse_yuan
from songhe.engines.access.api import Actor, elevated
from songhe.engines.imports.api import Batch, ImportSpec, Row, Target, Written, register
from songhe.engines.jobs.api import start

_MONTH = re.compile(r"(\d{4})(?:-|/|\.|年)?(\d{1,2})月?")
_PERCENT = re.compile(r"(\d{1,3})(?:\.0+)?")


def parse_month(cell: object) -> date:
    """A month as ``2026-11``, ``202611``, ``2026年11月`` or any day of it."""
    text = halfwidth(str(cell)).replace(" ", "")
    found = _MONTH.fullmatch(text)
    if found and 1 <= int(found[2]) <= 12 and 2000 <= int(found[1]) <= 2200:
        return date(int(found[1]), int(found[2]), 1)
    return month_of(parse_date(cell))


def parse_percent(cell: object) -> int:
    """Percent of ``45``, ``45%`` or ``0.45``, inside the bounds that the rules name."""
    text = halfwidth(str(cell)).replace(" ", "").removesuffix("%")
    fraction = re.fullmatch(r"0?\.(\d{1,2})", text)
    whole = (
        int(fraction[1].ljust(2, "0"))
        if fraction
        else int(found[1])
        if (found := _PERCENT.fullmatch(text))
        else -1
    )
    rules = the_voucher()
    if not rules.least <= whole <= rules.most:
        raise Refused(
            "voucher_percent",
            "“{text}” is not a share from {least} to {most} percent. Compare it with the platform.",
            text=str(cell)[:20],
            least=rules.least,
            most=rules.most,
        )
    return whole


def parse_kind(cell: object) -> str:
    """A kind of service by the platform's words."""
    text = normalise(str(cell))
    kinds = the_voucher().kinds
    for kind in kinds.values():
        if text in (kind.code, kind.label.en, kind.label.zh):
            return kind.code
    for kind in kinds.values():
        if any(word in text for word in kind.words):
            return kind.code
    raise Refused(
        "voucher_kind",
        "“{text}” is not a kind of service that a voucher pays for. Write one of: {known}.",
        text=text[:20],
        known=", ".join(kind.label.zh for kind in kinds.values()),
    )


def _number(cell: object) -> str:
    text = halfwidth(str(cell)).removesuffix(".0").removeprefix("'").upper()
    if not re.fullmatch(r"[0-9A-Z][0-9A-Z_\-]{2,39}", text):
        raise Refused(
            "voucher_number",
            "“{text}” is not a voucher number: 3 to 40 letters, digits and hyphens. A spreadsheet may have truncated it.",
            text=str(cell)[:40],
        )
    return text


def _positive(cell: object) -> int:
    fen = parse_yuan(cell)
    if not fen:
        raise Refused("voucher_nothing", "The amount is zero. Leave the row out or correct it.")
    return fen


def _person(required: bool) -> Target:
    return Target(
        name="id_number",
        label=_("Identity number"),
        required=required,
        sample="371082194305021234",
        parse=lambda cell: parse_id(cell).number,
        synonyms=("身份证号", "身份证号码", "公民身份号码", "证件号码", "身份证", "居民身份证号"),
    )


VOUCHER_NUMBER = Target(
    name="number",
    label=_("Voucher number"),
    required=True,
    sample="XFQ2026110001",
    parse=_number,
    synonyms=("消费券编号", "券号", "券编号", "消费券号", "补贴券编号", "卡券编号"),
)
ISSUED = (
    VOUCHER_NUMBER,
    _person(required=True),
    Target(
        name="month",
        label=_("Month"),
        required=True,
        sample="2026-11",
        parse=parse_month,
        synonyms=("所属月份", "月份", "发放月份", "有效月份", "使用月份"),
    ),
    Target(
        name="kind",
        label=_("Kind of service"),
        required=True,
        sample="居家上门服务",
        parse=parse_kind,
        synonyms=("服务类型", "券种", "服务类别", "消费券类型", "补贴项目", "券类型"),
    ),
    Target(
        name="percent",
        label=_("Share of the bill"),
        required=True,
        sample="45%",
        parse=parse_percent,
        synonyms=("抵扣比例", "补贴比例", "比例", "抵扣率"),
    ),
    Target(
        name="most_fen",
        label=_("At most"),
        required=True,
        sample="800",
        parse=_positive,
        synonyms=("最高抵扣金额", "抵扣上限", "面额", "券面金额", "金额上限", "额度"),
    ),
)
USED = (
    VOUCHER_NUMBER,
    _person(required=False),
    Target(
        name="on",
        label=_("Paid on"),
        required=True,
        sample="2026-11-12",
        parse=parse_date,
        synonyms=("核销日期", "消费日期", "使用日期", "核销时间", "交易日期", "服务日期"),
    ),
    Target(
        name="bill_fen",
        label=_("Bill"),
        required=True,
        sample="1000.00",
        parse=_positive,
        synonyms=("账单金额", "消费金额", "订单金额", "总金额", "服务金额", "应付金额"),
    ),
    Target(
        name="deducted_fen",
        label=_("Paid by the voucher"),
        required=True,
        sample="450.00",
        parse=_positive,
        synonyms=("抵扣金额", "核销金额", "补贴金额", "优惠金额", "券抵扣金额"),
    ),
    Target(
        name="provider",
        label=_("Provider"),
        required=True,
        sample="某某养老服务有限公司",
        parse=lambda cell: normalise(str(cell))[:120],
        synonyms=("服务机构", "机构名称", "核销机构", "商户名称", "服务商", "服务机构名称"),
    ),
    Target(
        name="credit_code",
        label=_("Credit code"),
        parse=lambda cell: parse_credit_code(cell).code,
        synonyms=("统一社会信用代码", "社会信用代码", "机构信用代码", "商户信用代码"),
    ),
    Target(
        name="receipt",
        label=_("Receipt"),
        parse=lambda cell: normalise(str(cell).removesuffix(".0"))[:40],
        synonyms=("核销流水号", "流水号", "订单号", "交易流水号", "核销编号"),
    ),
)


def _check_issued(batch: Batch) -> None:
    rules, seen = the_voucher(), batch.memory.setdefault("seen", {})
    for row in batch.good:
        values = row.values
        if values["month"] < month_of(rules.since):
            row.refuse(
                "month", "There were no national vouchers before {since}.", since=rules.since.isoformat()
            )
        if values["most_fen"] > rules.most_fen:
            row.refuse(
                "most_fen", "A voucher pays at most {most} yuan in a month.", most=rules.most_fen // 100
            )
        _once(row, "number", values["number"], seen)
    people = by_id_numbers([row.values["id_number"] for row in batch.good], batch.scope)
    before = _vouchers({row.values["number"] for row in batch.good})
    low, high = span(batch.region)
    for row in batch.good:
        person = people.get(row.values["id_number"])
        if person is None or not low <= person.region_id < high:
            row.refuse(
                "id_number",
                "Nobody with this number is in the registry of the area. Register the person, then import the row again.",
            )
            continue
        old = row.found = before.get(row.values["number"])
        if old is not None and (old.person_id, old.month) != (person.pk, row.values["month"]):
            row.refuse(
                "number",
                "This voucher is on record for another person or month. Compare it with the platform.",
            )
        row.values["person"] = person


def _write_issued(batch: Batch) -> Written:
    fresh, changed, same = [], 0, 0
    for row in batch.good:
        told = {name: row.values[name] for name in ("kind", "percent", "most_fen")}
        old = row.found
        if old is None:
            person = row.values["person"]
            fresh.append(
                NationalVoucher(
                    number=row.values["number"],
                    person=person,
                    region_id=person.region_id,
                    month=row.values["month"],
                    imported_at=batch.at,
                    **told,
                )
            )
        elif told == {name: getattr(old, name) for name in told}:
            same += 1
        else:
            NationalVoucher.everywhere.filter(pk=old.pk).update(**told)
            changed += 1
    NationalVoucher.everywhere.bulk_create(fresh, batch_size=1_000)
    return Written(len(fresh), changed, same)


def _check_used(batch: Batch) -> None:
    seen: dict[Any, int] = batch.memory.setdefault("seen", {})
    known = _vouchers({row.values["number"] for row in batch.good})
    people = by_id_numbers(
        [row.values["id_number"] for row in batch.good if "id_number" in row.values], batch.scope
    )
    low, high = span(batch.region)
    for row in batch.good:
        values = row.values
        found = known.get(values["number"])
        if found is None or not (low <= found.region_id < high and batch.scope.holds(found.region_id)):
            row.refuse(
                "number", "No voucher with this number was issued here. Import the list of vouchers first."
            )
            continue
        values["voucher"] = found
        if "id_number" in values:
            person = people.get(values["id_number"])
            if person is None or person.pk != found.person_id:
                row.refuse(
                    "id_number", "This voucher was issued to somebody else. Compare it with the platform."
                )
        if values["on"] > batch.today:
            row.refuse("on", "This day is in the future. Correct it.")
        if values["deducted_fen"] > values["bill_fen"]:
            row.refuse("deducted_fen", "The voucher cannot pay more than the bill. Correct one of them.")
        _once(row, "number", _key(row), seen)


def _key(row: Row) -> tuple[Any, ...]:
    values = row.values
    parts = ("on", "provider", "bill_fen", "deducted_fen")
    return (values["voucher"].pk, *(values[name] for name in parts), values.get("receipt", ""))


def _once(row: Row, target: str, key: object, seen: dict[Any, int]) -> None:
    first = seen.setdefault(key, row.number)
    if first != row.number:
        row.refuse(target, "Row {first} says the same. Leave one of them out.", first=first)


def _write_used(batch: Batch) -> Written:
    """Add what is not there yet; a row that is there already is the same row."""
    good = batch.good
    bodies = _organisations(good)
    mine = Redemption.everywhere.filter(voucher__in=[row.values["voucher"].pk for row in good])
    before = mine.count()
    Redemption.everywhere.bulk_create(
        [_redemption(row, bodies, batch.at) for row in good], batch_size=1_000, ignore_conflicts=True
    )
    made = mine.count() - before
    return Written(made=made, unchanged=len(good) - made)


def _redemption(row: Row, bodies: dict[str, UUID], at: datetime) -> Redemption:
    values, voucher = row.values, row.values["voucher"]
    return Redemption(
        voucher=voucher,
        person_id=voucher.person_id,
        region_id=voucher.region_id,
        on=values["on"],
        bill_fen=values["bill_fen"],
        deducted_fen=values["deducted_fen"],
        provider=values["provider"],
        organisation_id=bodies.get(values.get("credit_code", "")) or bodies.get(values["provider"]),
        receipt=values.get("receipt", ""),
        imported_at=at,
    )


def _organisations(rows: list[Row]) -> dict[str, UUID]:
    """Registered organisations by credit code and by full name. That an organisation gives services is public."""
    codes = {row.values["credit_code"] for row in rows if "credit_code" in row.values}
    names = {row.values["provider"] for row in rows}
    with elevated():
        known = list(Organisation.everywhere.filter(credit_code__in=codes))
        named = list(Organisation.everywhere.filter(name__in=names).order_by("-pk"))
    return {one.name: one.pk for one in named} | {one.credit_code: one.pk for one in known}


def _vouchers(numbers: set[str]) -> dict[str, NationalVoucher]:
    """Vouchers by number; one that is known where the actor does not reach is known nevertheless."""
    with elevated():
        rows = list(NationalVoucher.everywhere.filter(number__in=numbers))
    return {row.number: row for row in rows}


def _reconcile(region: int, actor: Actor, at: datetime) -> UUID:
    """Reconcile what was brought in, in a job of its own."""
    return start("entitlement.reconcile", {"region": region}, actor=actor, at=at, key=str(region)).pk


SPECS = [
    register(
        ImportSpec(
            code="entitlement.national_vouchers",
            title=_("Vouchers issued by the national platform"),
            right="entitlement.compare",
            model=NationalVoucher,
            targets=ISSUED,
            check=_check_issued,
            write=_write_issued,
            after=_reconcile,
        )
    ),
    register(
        ImportSpec(
            code="entitlement.redemptions",
            title=_("Vouchers redeemed on the national platform"),
            right="entitlement.compare",
            model=Redemption,
            targets=USED,
            check=_check_used,
            write=_write_used,
            after=_reconcile,
        )
    ),
]
