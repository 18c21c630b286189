"""Papers of finance: the statement of a settlement as PDF, and the file of what is to be paid."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext

from songhe.areas.finance.models import Line, Reason, Settlement
from songhe.areas.providers.api import item_name
from songhe.engines.regions.tree import full_name
from songhe.kit.pdf import Column, Paper
from songhe.kit.words import spent, yuan


def statement(settlement: Settlement, lines: Iterable[Line], names: dict[str, str], *, at: datetime) -> bytes:
    """The statement of a settlement: its sums, its visits, places for three seals. ``names``: masked, by person id."""
    month = f"{settlement.month:%Y-%m}"
    paper = Paper(
        title=gettext("Statement of purchased home service, {month}").format(month=month),
        issuer=full_name(settlement.region_id),
        number=settlement.number,
        at=at,
    )
    paper.facts(
        [
            (gettext("Organisation"), settlement.organisation.name),
            (gettext("State"), str(settlement.get_state_display())),
            (gettext("Number of visits"), f"{settlement.visits:,}"),
            (gettext("Time payable"), spent(settlement.payable_minutes)),
            (gettext("Prepared by"), settlement.prepared_by),
            (gettext("Amount (yuan)"), yuan(settlement.fen)),
        ]
    )
    rows = [_row(line, names) for line in lines]
    if settlement.returned_fen:
        rows.append(["", "", gettext("Deductions refunded"), "", "", yuan(settlement.returned_fen), ""])
    paper.table_of(
        _heads(),
        rows,
        totals=[
            gettext("Total"), "", "", f"{settlement.minutes:,}", f"{settlement.payable_minutes:,}", yuan(settlement.fen), ""
        ],
    )  # fmt: skip
    paper.seals([gettext("Prepared by"), gettext("Approved by"), gettext("Organisation (seal)")])
    return paper.finished()


def _heads() -> list[Column]:
    return [
        Column(gettext("Date of service"), 19),
        Column(gettext("Person"), 14),
        Column(gettext("Service"), 34),
        Column(gettext("Minutes"), 12, number=True),
        Column(gettext("Payable part"), 12, number=True),
        Column(gettext("Yuan"), 15, number=True),
        Column(gettext("Remark"), 22),
    ]


def _row(line: Line, names: dict[str, str]) -> list[str]:
    return [
        f"{line.on:%Y-%m-%d}",
        names.get(str(line.person_id), "—"),
        item_name(line.item),
        f"{line.minutes:,}",
        f"{line.payable_minutes:,}",
        yuan(line.fen),
        str(Reason(line.reason).label) if line.reason else "",
    ]


def payable_file(rows: Iterable[Settlement]) -> bytes:
    """What is to be paid, one line for each settlement, as CSV with a byte order mark so that spreadsheets read it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(
        [
            gettext("Number"), gettext("Month"), gettext("Organisation"), gettext("Credit code"),
            gettext("Purchaser"), gettext("Amount (yuan)"), gettext("Approved by"),
        ]
    )  # fmt: skip
    for row in rows:
        writer.writerow(
            [
                row.number, f"{row.month:%Y-%m}", _plain(row.organisation.name), row.organisation.credit_code,
                full_name(row.region_id), yuan(row.fen).replace(",", ""), _plain(row.decided_by),
            ]
        )  # fmt: skip
    return out.getvalue().encode("utf-8-sig")


def _plain(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text
