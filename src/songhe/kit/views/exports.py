"""Exports: CSV and XLSX that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext

from songhe.engines.access.api import Actor
from songhe.engines.acts.api import record_bulk
from songhe.engines.jobs.api import ask_to_stop, start
from songhe.kit.charts import progress
from songhe.kit.clock import now, today
from songhe.kit.columns import Plain
from songhe.kit.models import Export
from songhe.kit.spec import RECORDS, Record
from songhe.kit.views.common import need
from songhe.kit.who import who

DIRECT = 10_000
"""Up to this many rows are answered at once."""
MOST = 200_000
"""Rows in one large export; more are better asked for by region."""
KNOWN = "known"
"""Says that the reader was told what a large file will lack."""
NOT_ROWS = ("format", "cursor", KNOWN)
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def export(request: HttpRequest, record: Record, rows: QuerySet[Any]) -> HttpResponse:
    """The rows as a file; what was taken is logged. More than ten thousand rows become a job with its progress."""
    need(request, record.export_needs)
    user = who(request)
    kind = request.GET["format"]
    if kind not in TYPES:
        raise Http404
    found = list(record.joined(rows).order_by(*record.order)[: DIRECT + 1])
    if len(found) > DIRECT:
        return _large(request, record, rows, kind)
    content = written(record, found, kind)
    digest = hashlib.sha256(content).hexdigest()
    log_export(record, count=len(found), digest=digest, actor=user, at=now())
    return _file(content, record, kind)


def _large(request: HttpRequest, record: Record, rows: QuerySet[Any], kind: str) -> HttpResponse:
    """Begin the job; first say what the file will lack, and that it is no Excel file."""
    total = rows.order_by().count()
    cut, excel = total > MOST, kind != "csv"
    if request.GET.get(KNOWN) or not (cut or excel):
        return redirect("kit.export", pk=_begun(request, record).pk)
    query = request.GET.copy()
    query["format"], query[KNOWN] = "csv", "1"
    begin = f"?{query.urlencode()}"
    for name in NOT_ROWS:
        query.pop(name, None)
    context = {"record": record, "cut": cut, "excel": excel, "total": total, "most": MOST, "direct": DIRECT}
    return render(
        request, "kit/export_large.html", context | {"begin": begin, "back": f"?{query.urlencode()}"}
    )


def log_export(record: Record, *, count: int, digest: str, actor: Actor, at: datetime) -> None:
    """Log that a list was taken away, where the one who took it may read it."""
    place = actor.scope(record.right).around
    record_bulk(f"{record.slug}.export", model=record.model, count=count, digest=digest, actor=actor, at=at, region_id=place)  # fmt: skip


def waiting(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The progress of a large export, and the file when it is there; for the one who asked."""
    user = who(request)
    found = Export.objects.select_related("job").filter(pk=pk, actor_id=user.pk).first()
    if found is None or found.job is None:
        raise Http404
    record, job = RECORDS[found.slug], found.job
    need(request, record.export_needs)
    if request.method == "POST":
        ask_to_stop(job.pk, at=now())
        return redirect("kit.export", pk=pk)
    if request.GET.get("file") and job.state == job.State.DONE:
        from songhe.kit.tasks import content_of

        return _file(content_of(found), record, "csv")
    bar = progress(job.done, job.total or 1, title=gettext("Progress"), width=320)
    return render(
        request, "kit/export.html", {"record": record, "job": job, "bar": bar, "moving": job.is_open}
    )


def _begun(request: HttpRequest, record: Record) -> Export:
    query = request.GET.copy()
    for name in NOT_ROWS:
        query.pop(name, None)
    user = who(request)
    made = Export.objects.create(
        actor_id=user.pk, at=now(), slug=record.slug, query=query.urlencode(), language=get_language() or ""
    )
    made.job = start("kit.export", {"export": str(made.pk)}, actor=user, at=now())
    made.save(update_fields=["job"])
    return made


def _file(content: bytes, record: Record, kind: str) -> HttpResponse:
    name = quote(f"{record.title}-{today():%Y%m%d}.{kind}")
    disposition = f"attachment; filename*=UTF-8''{name}"
    return HttpResponse(content, content_type=TYPES[kind], headers={"Content-Disposition": disposition})


def written(record: Record, rows: Sequence[Any], kind: str) -> bytes:
    """Head and rows as the bytes of a file."""
    if kind == "csv":
        return ("\ufeff" + head(record) + lines_of(record, rows)).encode()
    titles = [column.titled(record.model) for column in record.columns]
    reads = [column.bind_plain(rows) for column in record.columns]
    return _xlsx(str(record.title), titles, (tuple(read(row) for read in reads) for row in rows))


def head(record: Record) -> str:
    """The first line of a CSV."""
    return _csv([[column.titled(record.model) for column in record.columns]])


def lines_of(record: Record, rows: Sequence[Any]) -> str:
    """Rows as CSV."""
    reads = [column.bind_plain(rows) for column in record.columns]
    return _csv([_cell(read(row)) for read in reads] for row in rows)


def _csv(lines: Iterable[Iterable[object]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([safe(cell) for cell in line] for line in lines)
    return out.getvalue()


def _xlsx(title: str, head: list[str], lines: Iterable[tuple[Plain, ...]]) -> bytes:
    from openpyxl import Workbook  # slow to load
    from openpyxl.cell import WriteOnlyCell

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
    return (gettext("Yes") if value else gettext("No")) if isinstance(value, bool) else value


def _sheet_name(title: str) -> str:
    return "".join(sign for sign in title if sign not in "[]:*?/\\")[:31] or "Sheet"
