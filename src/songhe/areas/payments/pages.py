"""Pages of payments that are no records: the list for the bank, the statement, and the finance clerk's desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from songhe.areas.entitlement.api import names_of_benefits
from songhe.areas.payments.models import Batch, BatchState, LineState, PayLine
from songhe.areas.payments.paying import terms
from songhe.areas.payments.queries.desk import desk_of
from songhe.areas.payments.queries.files import FileRow, file_hash, file_rows
from songhe.areas.payments.queries.own import own
from songhe.areas.payments.queries.samples import sample_of
from songhe.core.refusal import Refused
from songhe.engines.access.api import Scope, elevated
from songhe.engines.acts.api import record_bulk
from songhe.kit.clock import now, today
from songhe.kit.refusals import said
from songhe.kit.views.common import need
from songhe.kit.who import who
from songhe.kit.words import yuan

L = LineState
LINE_TONES = {L.READY: "info", L.HELD: "danger", L.OUT: "muted", L.PAID: "ok", L.FAILED: "warn"}


def bank_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Rows, sum and hash of the list for the bank, and the list itself; taking it is a recorded act."""
    from songhe.areas.payments import papers  # drawing papers loads large libraries, which few requests need

    need(request, "payments.release")
    batch: Batch = Batch.objects.take(pk, who(request).scope("payments.release"))
    context: dict[str, Any] = {
        "batch": batch,
        "page_title": gettext("List for the bank"),
        "url": request.path,
    }
    if batch.state not in (BatchState.RELEASED, BatchState.DONE):
        return render(request, "payments/bank_file.html", context | {"early": True})
    with elevated():  # rows of persons who moved away meanwhile belong to it
        rows = file_rows(batch)
    context |= {"rows": len(rows), "sum": yuan(sum(row.fen for row in rows)), "hash": file_hash(rows)}
    context |= {"same": file_hash(rows) == batch.file_hash, "encoding": terms().batches.encoding}
    if request.method != "POST":
        return render(request, "payments/bank_file.html", context)
    try:
        return _taken(request, batch, rows, papers)
    except Refused as refused:
        return render(request, "payments/bank_file.html", context | {"refused": said(refused)}, status=422)


def _taken(request: HttpRequest, batch: Batch, rows: list[FileRow], papers: Any) -> HttpResponse:
    if file_hash(rows) != batch.file_hash:
        raise Refused("payments.file_changed", "The list is no longer what was released. Report this.")
    password = request.POST.get("password", "")
    if request.POST.get("kind") == "csv":
        encoding = terms().batches.encoding
        body, name, kind = (
            papers.bank_csv(rows, encoding),
            f"{batch.number}.csv",
            f"text/csv; charset={encoding}",
        )
    else:
        body, name = papers.bank_workbook(rows, password), f"{batch.number}.xlsx"
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    record_bulk(
        "payments.bank_file", model=PayLine, count=len(rows), digest=batch.file_hash, actor=who(request), at=now(),
        region_id=batch.region_id,
    )  # fmt: skip
    return _file(body, name, kind)


def statement_pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The statement of one batch, with masked names."""
    from songhe.areas.payments import papers

    scope: Scope = who(request).scope("payments.view")
    batch: Batch = Batch.objects.take(pk, scope)
    lines = list(PayLine.objects.within(scope).filter(batch=batch).order_by("seq"))
    body = papers.statement(batch, lines, sample_of(batch).text, at=now())
    return _file(body, f"{batch.number}.pdf", "application/pdf")


def desk(request: HttpRequest) -> Mapping[str, Any]:
    """Claim, acceptance and budget of every purchaser in the reader's area for one year."""
    asked = request.GET.get("year", "")
    year = (
        int(asked)
        if asked.isascii() and asked.isdecimal() and 2016 <= int(asked[:4]) <= 2100 and len(asked) == 4
        else today().year
    )
    places = desk_of(who(request).scope("payments.view"), year)
    return {
        "year": year, "years": (year - 1, year + 1), "places": places, "assumed": terms().batches.assumed,
        "batches": reverse("payment-batches.list"), "settlements": reverse("settlements.list"),
    }  # fmt: skip


def own_page(request: HttpRequest) -> Mapping[str, Any]:
    """What the reader's own organisation or facility was granted and paid."""
    found, names = own(who(request).scope("payments.own")), names_of_benefits()
    return {
        "postings": [(row, names.get(row.benefit, row.benefit)) for row in found.postings],
        "payments": [
            (row, names.get(row.benefit, row.benefit), LINE_TONES[LineState(row.state)])
            for row in found.payments
        ],
        "more": found.posted > len(found.postings),
    }


def _file(body: bytes, name: str, kind: str) -> HttpResponse:
    return HttpResponse(
        body, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
