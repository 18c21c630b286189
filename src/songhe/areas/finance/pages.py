"""Pages of finance that are no records: papers to take away, and the check of the books."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import localtime

from songhe.areas.finance import queries
from songhe.areas.finance.models import Settlement
from songhe.areas.finance.words import masked_name, unit_text, use_of
from songhe.areas.registry.api import Person
from songhe.engines.access.api import Scope
from songhe.engines.acts.api import record_bulk
from songhe.engines.acts.once import digest_of
from songhe.kit.clock import now
from songhe.kit.views.common import need
from songhe.kit.who import who


def statement_pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The statement of one settlement, with masked names."""
    from songhe.areas.finance import papers  # drawing papers loads a large library, which few requests need

    scope: Scope = who(request).scope("finance.view")
    row = Settlement.objects.take(pk, scope)
    lines = list(queries.lines(row, scope))
    persons = Person.objects.within(scope).filter(pk__in={line.person_id for line in lines})
    names = {str(found): masked_name(name) for found, name in persons.values_list("pk", "name")}
    body = papers.statement(row, lines, names, at=now())
    return _file(body, f"{row.number}.pdf", "application/pdf")


def payable_csv(request: HttpRequest) -> HttpResponse:
    """Approved settlements that wait for payment, as a file for the treasury; taking it is a recorded act."""
    from songhe.areas.finance import papers  # drawing papers loads a large library, which few requests need

    need(request, "finance.export")
    user = who(request)
    at: datetime = now()
    scope = user.scope("finance.export")
    rows = list(queries.to_pay(scope))
    body = papers.payable_file(rows)
    digest = digest_of([row.number for row in rows])
    record_bulk("finance.payable", model=Settlement, count=len(rows), digest=digest, actor=user, at=at, region_id=scope.around)  # fmt: skip
    return _file(body, f"payable-{localtime(at):%Y%m%d}.csv", "text/csv; charset=utf-8")


def _file(body: bytes, name: str, kind: str) -> HttpResponse:
    return HttpResponse(
        body, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def reconcile(request: HttpRequest) -> dict[str, Any]:
    """Balances by use within the reader's area, and whether the whole ledger adds up."""
    found = queries.books(who(request).scope("finance.reconcile"))
    return {
        "uses": [
            (use_of(use) or use, count, unit_text(total, unit)) for use, unit, count, total in found.uses
        ],
        "faults": found.faults,
    }
