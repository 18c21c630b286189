"""A record's list: search, filters, order, pages, counts, exports."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString

from songhe.kit import filters, paging
from songhe.kit.columns import Column
from songhe.kit.markup import escaped, filled
from songhe.kit.spec import Record
from songhe.kit.views.common import the_record
from songhe.kit.views.exports import export
from songhe.kit.who import who


@dataclass(frozen=True)
class Head:
    """One column head; ``order`` is what its link asks for, ``arrow`` the present direction."""

    label: str
    css: str
    order: str
    arrow: str


def listing(request: HttpRequest, slug: str) -> HttpResponse:
    """The list, its part for htmx, or its export."""
    record = the_record(request, slug)
    scope = who(request).scope(record.right)
    form = filters.bound(record.filters, record.model, request, scope)
    rows = narrowed(record, request, form)
    if request.GET.get("format") and record.exports:
        return export(request, record, rows)
    order = _order(record, request.GET.get("sort", ""))
    whole = None
    if any(form.cleaned_data.values()):
        paging.by_one_process()
        whole = record.joined(record.visible(who(request)))
    keys = paging.keys_of(record.model, order)
    page = paging.take(record.joined(rows), keys, request.GET.get("cursor", ""), whole=whole)
    context = _context(request, record, page, order) | {"form": form, **_count(rows, page)}
    part = bool(request.headers.get("HX-Request")) and not request.headers.get("HX-History-Restore-Request")
    return render(request, "kit/rows.html" if part else record.list_template, context)


def narrowed(record: Record, request: HttpRequest, form: Any) -> QuerySet[Any]:
    """The rows that the user may see, the words find and the filters leave."""
    rows = record.visible(who(request))
    for item in record.filters:
        rows = item.apply(rows, form.cleaned_data)
    if words := " ".join(request.GET.get("q", "").replace("\0", "").split()):
        rows = record.matching(rows, words, who(request).scope(record.right))
    return rows


def _context(
    request: HttpRequest, record: Record, page: paging.Page, order: tuple[str, ...]
) -> dict[str, Any]:
    user = who(request)
    query = request.GET.copy()
    query.pop("cursor", None)
    active = [name for name, value in query.items() if value and name != "sort"]
    return {
        "record": record,
        "offline_page": record.offline,
        "page": page,
        "last": page.first + len(page.rows) - 1,
        "heads": [_head(record, column, order) for column in record.columns],
        "body": drawn(record.columns, page.rows, record),
        "verbs": [v for v in record.verbs if not v.takes(record.model) and v.offered(None, user)],
        "kept": query.urlencode(),
        "may_export": record.exports and user.may(record.export_needs),
        "words": request.GET.get("q", ""),
        "sort": request.GET.get("sort", ""),
        "narrowed": active,
        "figures": record.figures(request) if record.figures else (),
    }


def drawn(columns: Iterable[Column], rows: list[Any], record: Record) -> SafeString:
    """Table rows, built in one go: a hundred rows must not cost a hundred template loops."""
    cells = [
        (column.bind(rows), filled('<td class="{}" data-label="{}">', column.css or "text", label))
        for column in columns
        for label in (column.titled(record.model),)
    ]
    lines = ("".join(f"{opening}{escaped(draw(row))}</td>" for draw, opening in cells) for row in rows)
    return SafeString("\n".join(f"<tr>{line}</tr>" for line in lines))


def _head(record: Record, column: Column, order: tuple[str, ...]) -> Head:
    label = column.titled(record.model)
    if not column.sort:
        return Head(label, column.css, "", "")
    name = column.sort.lstrip("-")
    here = order[0] if order and order[0].lstrip("-") == name else ""
    arrow = "" if not here else ("down" if here.startswith("-") else "up")
    turned = f"-{name}" if arrow == "up" else name
    return Head(label, column.css, column.sort if not here else turned, arrow)


def _order(record: Record, wanted: str) -> tuple[str, ...]:
    allowed = {column.sort.lstrip("-") for column in record.columns if column.sort}
    return (wanted,) if wanted.lstrip("-") in allowed and wanted else record.order


def _count(rows: QuerySet[Any], page: paging.Page) -> dict[str, Any]:
    number, exact = paging.counted(rows, page)
    shown = f"{number:,}" if exact else f"{number:,}+"
    return {"count": number, "counted": filled("{}", shown)}
