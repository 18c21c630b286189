"""Papers of a batch: the list for the bank as text or as an encrypted workbook, and the statement with places for seals."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, cast

from django.utils.translation import gettext

from songhe.areas.entitlement.api import HolderKind, names_of_benefits
from songhe.areas.payments.models import Batch, LineState, PayLine
from songhe.areas.payments.paying import bank_text, reason_text, terms
from songhe.areas.payments.queries.files import FileRow
from songhe.areas.payments.rules.cards import masked
from songhe.areas.payments.rules.listing import DEFAULT, ListColumn
from songhe.core.refusal import Refused
from songhe.engines.regions.tree import full_name
from songhe.kit.pdf import Column, Paper
from songhe.kit.words import moment, yuan

LEAST_PASSWORD = 10


def plain(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip()[:1] in ("=", "+", "-", "@") or text[:1] in ("\t", "\r", "\n") else text


_FIELDS: dict[str, Callable[[FileRow], str]] = {
    "seq": lambda row: str(row.seq),
    "number": lambda row: row.number,
    "holder": lambda row: plain(row.holder),
    "account": lambda row: row.account,
    "bank": lambda row: plain(row.bank),
    "bank_name": lambda row: plain(row.bank_name),
    "branch": lambda row: plain(row.branch),
    "yuan": lambda row: yuan(row.fen).replace(",", ""),
    "fen": lambda row: str(row.fen),
    "months": lambda row: plain(row.remark),
    "first_month": lambda row: row.first_month,
    "last_month": lambda row: row.last_month,
    "benefit": lambda row: plain(row.benefit),
}


def cells(row: FileRow, columns: Sequence[ListColumn] = DEFAULT) -> list[str]:
    """A row of the list; the amount without separators, as banks' programs read it."""
    return [_FIELDS[one.field](row) if one.field else one.text for one in columns]


def bank_csv(rows: Iterable[FileRow], encoding: str) -> bytes:
    """The list as CSV, in the encoding that the bank reads."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    columns = terms().batches.columns
    writer.writerow([one.head for one in columns])
    writer.writerows(cells(row, columns) for row in rows)
    return out.getvalue().encode("utf-8-sig" if encoding == "utf-8" else encoding)


def bank_workbook(rows: Iterable[FileRow], password: str) -> bytes:
    """The list as an XLSX file that opens with a password only (AES, ECMA-376 agile encryption)."""
    from msoffcrypto.format.ooxml import OOXMLFile
    from openpyxl import Workbook

    if len(password) < LEAST_PASSWORD:
        raise Refused(
            "payments.password",
            "The password must have at least {least} characters. Give it to the bank separately, not together with the file.",
            field="password",
            least=LEAST_PASSWORD,
        )
    book = Workbook(write_only=True)
    sheet = book.create_sheet("发放明细")
    columns = terms().batches.columns
    sheet.append([one.head for one in columns])
    for row in rows:
        sheet.append(cells(row, columns))
    bare, sealed = io.BytesIO(), io.BytesIO()
    book.save(bare)
    bare.seek(0)
    cast("Any", OOXMLFile)(bare).encrypt(password, sealed)
    return sealed.getvalue()


def masked_name(name: str) -> str:
    """The family name and stars: a paper that leaves the office names nobody in full."""
    return f"{name[:1]}{'*' * max(len(name) - 1, 1)}" if name else "—"


def _shown_name(line: PayLine) -> str:
    """A company is named in full, a person is not."""
    company = line.holder_kind in (HolderKind.FACILITY, HolderKind.ORGANISATION)
    return line.holder if company else masked_name(line.holder)


def statement(batch: Batch, lines: Sequence[PayLine], sample: str, *, at: datetime) -> bytes:
    """The statement of a batch: its sums and hashes, its payments with masked names, places for seals."""
    name = names_of_benefits().get(batch.benefit, batch.benefit)
    paper = Paper(
        title=gettext("Statement of payments: {benefit}").format(benefit=name),
        issuer=full_name(batch.region_id),
        number=batch.number,
        at=at,
    )
    paper.facts(
        [
            (gettext("State"), str(batch.get_state_display())),
            (gettext("Rows"), f"{batch.lines:,}"),
            (gettext("Amount (yuan)"), yuan(batch.fen)),
            (gettext("Withheld"), yuan(batch.withheld_fen)),
            (gettext("Paid"), yuan(batch.paid_fen)),
            (gettext("Failed"), yuan(batch.failed_fen)),
            (gettext("Prepared by"), batch.prepared_by),
            (gettext("Approved by"), "、".join(filter(None, (batch.approved_by, batch.second_by)))),
            (gettext("Approved at"), moment(batch.approved_at) if batch.approved_at else ""),
            (gettext("Sent to the bank at"), moment(batch.released_at) if batch.released_at else ""),
        ]
    )
    if sample:
        paper.note(f"{gettext('Verification')}: {sample}")
    if batch.hash:
        paper.note(f"{gettext('Hash of its rows')}: {batch.hash}")
    shown = [line for line in lines if line.state != LineState.OUT]
    paper.table_of(
        [
            Column(gettext("No."), 9, number=True), Column(gettext("Account holder"), 18),
            Column(gettext("Bank"), 30), Column(gettext("Account number"), 20), Column(gettext("Months"), 28),
            Column(gettext("Yuan"), 17, number=True), Column(gettext("State"), 26),
        ],
        [_row(line) for line in shown],
        totals=[gettext("Total"), "", "", "", "", yuan(sum(line.fen for line in shown)), ""],
    )  # fmt: skip
    paper.seals(
        [
            gettext("Prepared by"),
            gettext("Approved by"),
            gettext("Finance (seal)"),
            gettext("Civil affairs (seal)"),
        ]
    )
    return paper.finished()


def months(line: PayLine) -> str:
    """The months of a payment."""
    first, last = f"{line.first_month:%Y-%m}", f"{line.last_month:%Y-%m}"
    return first if first == last else f"{first} – {last}"


def _row(line: PayLine) -> list[str]:
    said = reason_text(line.reason) if line.reason else str(line.get_state_display())
    return [
        str(line.seq), _shown_name(line), bank_text(line.bank), masked(line.last_four), months(line),
        yuan(line.fen), said,
    ]  # fmt: skip
