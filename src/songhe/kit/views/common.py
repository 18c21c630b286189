"""What several views share: the record of an address, the right to it, one of its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from songhe.core.refusal import Forbidden, Hidden
from songhe.engines.access.api import Scope, asked
from songhe.kit.spec import RECORDS, Record
from songhe.kit.who import who


def the_record(request: HttpRequest, slug: str) -> Record:
    """The record, if the user may see it at all. Raises Forbidden."""
    try:
        record = RECORDS[slug]
    except KeyError:
        raise Http404 from None
    need(request, record.right)
    return record


def need(request: HttpRequest, right: str) -> None:
    """Raise Forbidden unless the user holds a right somewhere."""
    if right and not who(request).may(right):
        raise Forbidden(
            "no_right",
            "Your role does not allow this. Ask your administrator for the right “{right}”.",
            right=right,
        )


def the_row(request: HttpRequest, record: Record, pk: Any, right: str = "") -> Any:
    """One row within the user's scope for the right. Raises Hidden."""
    if record.rows or type(pk) is not UUID:
        row = record.joined(record.visible(who(request), right)).filter(pk=pk).first()
    else:
        scope = who(request).scope(right or record.right)
        row = next(iter(_one(Named(record.slug), scope.shared, pk)), None)
    if row is None:
        raise Hidden(
            "not_found",
            "There is no such {what} in your area. Check the address.",
            what=record.one,
        )
    return row


@dataclass(frozen=True, slots=True)
class Named:
    """A record by its name, as a part of a question."""

    slug: str


@asked
def _one(named: Named, scope: Scope, pk: UUID) -> QuerySet[Any]:
    record = RECORDS[named.slug]
    rows: QuerySet[Any] = record.model.objects.within(scope)  # type: ignore[attr-defined]  # Scoped, or `rows` is given
    return record.joined(rows.filter(pk=pk))


def safe_next(request: HttpRequest) -> str:
    """Where the page wants to go afterwards, if that is on this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    own = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if own else ""
