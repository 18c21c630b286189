"""What the bank did: its list comes back, each row is found by its number, and nothing is booked twice."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext_lazy as _

from songhe.areas.payments.actions.releasing import Result, take_results
from songhe.areas.payments.models import RESULTS, BatchState, LineState, PayLine
from songhe.areas.payments.models import Batch as PayBatch
from songhe.areas.payments.paying import bank_reasons, reason_text
from songhe.core.codes.region import span
from songhe.core.refusal import Refused
from songhe.core.text import normalise, parse_date
from songhe.engines.imports.api import Batch, ImportSpec, Row, Target, Written, register
from songhe.kit.words import yuan

PAID = ("成功", "已支付", "支付成功", "交易成功", "已发放", "paid", "success", "ok", "s", "0000")
FAILED = ("失败", "支付失败", "交易失败", "退回", "已退回", "退票", "未成功", "failed", "f")
_NUMBER = re.compile(r"FF-\d{6}-\d{6}-\d{3,}-\d{5,}")
_AMOUNT = re.compile(r"[¥￥]?\s*(\d{1,12}|\d{1,3}(?:,\d{3}){1,3})(?:\.(\d{1,2}))?\s*元?")


def number_of(cell: object) -> str:
    """The number of a payment, as the list for the bank had it."""
    text = normalise(str(cell)).lstrip("'").upper()
    if not _NUMBER.fullmatch(text):
        raise Refused(
            "bank_number",
            "“{text}” is not a payment number, such as FF-371082-202611-001-00001.",
            text=text[:40],
        )
    return text


def fen_of(cell: object) -> int:
    """An amount in yuan, in fen; never by way of a float's last digits."""
    text = f"{cell:.2f}" if isinstance(cell, float) else normalise(str(cell))
    found = _AMOUNT.fullmatch(text)
    if found is None:
        raise Refused(
            "bank_amount", "“{text}” is not an amount in yuan. Write it like 1200.50.", text=text[:20]
        )
    return int(found[1].replace(",", "")) * 100 + int((found[2] or "").ljust(2, "0"))


def paid_of(cell: object) -> bool:
    """Whether the bank says that it paid."""
    text = normalise(str(cell)).lower()
    if text in PAID:
        return True
    if text in FAILED:
        return False
    raise Refused("bank_result", "“{text}” says neither paid nor failed. Write 成功 or 失败.", text=text[:20])


def reason_of(cell: object) -> str:
    """A reason by its code or by words that banks use; what is not known is “other”."""
    text = normalise(str(cell))
    for code, found in bank_reasons().items():
        if text == code or any(word in text for word in (found.label.zh, found.label.en, *found.words)):
            return code
    return "other"


def _check(batch: Batch) -> None:
    seen: dict[str, int] = batch.memory.setdefault("seen", {})
    low, high = span(batch.region)
    numbers = [row.values["number"] for row in batch.good]
    lines = list(PayLine.everywhere.filter(number__in=numbers))
    batches = PayBatch.everywhere.in_bulk({line.batch_id for line in lines})
    mine = {
        key: one
        for key, one in batches.items()
        if low <= one.region_id < high and batch.scope.holds(one.region_id)
    }
    found: dict[str, PayLine] = {}
    for line in lines:
        if line.batch_id in mine:
            line.batch = mine[line.batch_id]
            found[line.number] = line
    for row in batch.good:
        number = row.values["number"]
        first = seen.setdefault(number, row.number)
        if first != row.number:
            row.refuse("number", "Row {first} has the same number. Leave one of them out.", first=first)
        elif number not in found:
            row.refuse("number", "No payment of your area has this number.")
        else:
            _match(row, found[number], batch)


def _match(row: Row, line: PayLine, batch: Batch) -> None:
    """What a row says must fit the payment; one that says again what is known is found and changes nothing."""
    values = row.values
    paid, reason = values["result"], "" if values["result"] else values.get("reason") or "other"
    if line.batch.state not in (BatchState.RELEASED, BatchState.DONE):
        row.refuse("number", "The batch of this payment is not at the bank.")
    elif values["amount"] != line.fen:
        row.refuse("amount", "The payment is {fen} yuan, the row says otherwise.", fen=yuan(line.fen))
    elif values.get("on") and values["on"] > batch.today:
        row.refuse("on", "This day is in the future. Correct it.")
    elif line.state == LineState.READY:
        values["line"] = line
        values["reason"] = reason
    elif (line.state == LineState.PAID, line.reason) == (paid, reason) and line.state in (
        LineState.PAID,
        LineState.FAILED,
    ):
        row.found = line
    else:
        row.refuse(
            "result",
            "This payment is already recorded as “{state}”. Ask the bank which is right; money returned after payment is recorded with the payment.",
            state=" ".join(filter(None, (str(line.get_state_display()), reason_text(line.reason)))),
        )


def _write(batch: Batch) -> Written:
    """Book the results, one act for each batch of payments."""
    good = batch.good
    by_batch: dict[Any, list[Result]] = {}
    for row in good:
        line = row.values.get("line")
        if line is not None:
            on = row.values.get("on") or batch.today
            result = Result(
                line, row.values["result"], row.values["reason"], on if row.values["result"] else None
            )
            by_batch.setdefault(line.batch_id, []).append(result)
    for key in sorted(by_batch):
        found = PayBatch.everywhere.get(pk=key)
        take_results(found, actor=batch.actor, at=batch.at, results=by_batch[key])
    changed = sum(len(results) for results in by_batch.values())
    return Written(changed=changed, unchanged=len(good) - changed)


def _target(
    name: str, label: Any, parse: Any, *synonyms: str, required: bool = True, sample: str = ""
) -> Target:
    return Target(name=name, label=label, parse=parse, synonyms=synonyms, required=required, sample=sample)


SPEC = register(
    ImportSpec(
        code=RESULTS,
        title=_("Results of a payment list from the bank"),
        right="payments.release",
        model=PayLine,
        targets=(
            _target(
                "number",
                _("Row number"),
                number_of,
                "明细号",
                "业务编号",
                "明细编号",
                "序列号",
                "编号",
                "流水号",
                sample="FF-371082-202611-001-00001",
            ),
            _target(
                "amount",
                _("Amount (yuan)"),
                fen_of,
                "金额",
                "金额(元)",
                "发放金额",
                "交易金额",
                sample="30.00",
            ),
            _target(
                "result",
                _("Payment result"),
                paid_of,
                "处理结果",
                "交易结果",
                "结果",
                "状态",
                "处理状态",
                sample="成功",
            ),
            _target(
                "reason",
                _("Bank's reason"),
                reason_of,
                "失败原因",
                "原因",
                "备注",
                "返回信息",
                "错误信息",
                required=False,
            ),
            _target(
                "on", _("Paid on"), parse_date, "入账日期", "交易日期", "支付日期", "处理日期", required=False
            ),
        ),
        check=_check,
        write=_write,
        at_once=20_000,  # at each step the database adds up the whole batch of payments
    )
)
