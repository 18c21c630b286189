"""Exports: CSV and XLSX that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from songhe.core.refusal import Refused
from songhe.engines.acts.api import record_bulk
from songhe.kit.clock import now, today
from songhe.kit.columns import Plain
from songhe.kit.spec import Record

DIRECT = 10_000
"""Up to this many rows are answered at once."""
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def export(request: HttpRequest, record: Record, rows: QuerySet[Any]) -> HttpResponse:
    """The rows as a file; what was taken is logged. More than ten thousand rows are refused here."""
    user: Any = request.user
    kind = request.GET["format"]
    if kind not in TYPES:
        raise Http404
    found = list(record.joined(rows).order_by(*record.order)[: DIRECT + 1])
    if len(found) > DIRECT:
        raise Refused(
            "export_too_large",
            "This list has more than {limit} rows. Narrow it with a filter and export again.",
            limit=f"{DIRECT:,}",
        )
    content = written(record, found, kind)
    digest = hashlib.sha256(content).hexdigest()
    record_bulk(
        f"{record.slug}.export",
        model=record.model,
        count=len(found),
        digest=digest,
        actor=user,
        at=now(),
    )
    name = quote(f"{record.title}-{today():%Y%m%d}.{kind}")
    return HttpResponse(
        content,
        content_type=TYPES[kind],
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )


def written(record: Record, rows: Iterable[Any], kind: str) -> bytes:
    """Head and rows as the bytes of a file."""
    head = [column.titled(record.model) for column in record.columns]
    lines = (tuple(column.plain(row) for column in record.columns) for row in rows)
    return _csv(head, lines) if kind == "csv" else _xlsx(str(record.title), head, lines)


def _csv(head: list[str], lines: Iterable[tuple[Plain, ...]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(safe(cell) for cell in head)
    writer.writerows([safe(_cell(value)) for value in line] for line in lines)
    return ("\ufeff" + out.getvalue()).encode()


def _xlsx(title: str, head: list[str], lines: Iterable[tuple[Plain, ...]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title=_sheet_name(title))

    def cells(line: Iterable[Plain]) -> Iterator[Any]:
        for value in line:
            cell = WriteOnlyCell(sheet, value=_yes_no(value))
            if isinstance(value, str):
                cell.data_type = "s"
            yield cell

    sheet.append(list(cells(head)))
    for line in lines:
        sheet.append(list(cells(line)))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def safe(value: object) -> object:
    """Text that begins like a formula gets an apostrophe, which spreadsheets hide; numbers stay numbers."""
    return (
        f"'{value}"
        if isinstance(value, str) and value.startswith(_FORMULA) and not _is_number(value)
        else value
    )


def _is_number(text: str) -> bool:
    return text.lstrip("+-").replace(".", "", 1).isdecimal() and text.isascii()


def _cell(value: Plain) -> object:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else _yes_no(value)


def _yes_no(value: Plain) -> Any:
    return (_("Yes") if value else _("No")) if isinstance(value, bool) else value


def _sheet_name(title: str) -> str:
    return "".join(sign for sign in title if sign not in "[]:*?/\\")[:31] or "Sheet"
