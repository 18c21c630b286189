"""Papers of claims to take away."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from songhe.areas.claims.models import Claim
from songhe.areas.claims.queries import sums
from songhe.areas.claims.queries.billing import month_of
from songhe.areas.finance.api import masked_name
from songhe.areas.registry.api import Person
from songhe.core.codes.region import COUNTY, at_level
from songhe.core.measure import Period
from songhe.core.refusal import Hidden
from songhe.engines.access.api import elevated
from songhe.engines.acts.api import record_read
from songhe.kit.clock import now
from songhe.kit.who import who


def claim_pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The statement of a claim, with masked names."""
    from songhe.areas.claims import papers  # drawing papers loads a large library, which few requests need

    scope = who(request).scope("claims.view")
    row: Claim = Claim.objects.take(pk, scope)
    lines = list(sums.lines_of(row, scope))
    with elevated():  # names are masked, whoever reads
        found = Person.everywhere.filter(pk__in={line.person_id for line in lines})
        names = {str(key): masked_name(name) for key, name in found.values_list("pk", "name")}
    return _file(
        papers.claim_statement(row, lines, sums.last_score(row), names, at=now()), f"{row.number}.pdf"
    )


def person_pdf(request: HttpRequest, pk: UUID, year: int, month: int) -> HttpResponse:
    """A person's month, for the person, kin, the organisation (its own visits) and offices; taking it is a recorded read."""
    from songhe.areas.claims import papers

    user, at = who(request), now()
    person: Person = Person.objects.take(pk, user.scope("claims.owed"))
    if (
        not 2000 <= year <= 2199
        or not 1 <= month <= 12
        or Period("month", year, month).start > timezone.localdate(at)
    ):
        raise Hidden("not_found", "There is no such month. Choose another one.")
    period = Period("month", year, month)
    found = month_of(person.pk, period, user.scope("claims.owed"))
    record_read("claims.statement", person, actor=user, at=at, purpose=str(period))
    body = papers.person_statement(
        person, person.name, period.start, found, issuer=at_level(person.region_id, COUNTY), at=at
    )
    return _file(body, f"{period}.pdf")


def _file(body: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        body,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
