"""One row's page: its panels, its context, its verbs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from songhe.kit.columns import Column, State
from songhe.kit.spec import Panel, Record, panels_of
from songhe.kit.verbs import Verb
from songhe.kit.views.common import the_record, the_row
from songhe.kit.who import who


def detail(request: HttpRequest, slug: str, pk: Any) -> HttpResponse:
    """The page of one row."""
    record = the_record(request, slug)
    row = the_row(request, record, pk)
    if record.seen:
        record.seen(row, request)
    verbs = offered(record, row, request)
    context = {
        "record": record,
        "row": row,
        "heading": record.heading(row),
        "subheading": record.subheading(row) if record.subheading else "",
        "badge": _badge(record, row),
        "panels": [_drawn(title, part, row, record, request) for title, part in panels_of(record)],
        "aside": [_drawn(title, part, row, record, request) for title, part in record.aside.items()],
        "offline_page": record.offline,
        "moving": bool(record.refresh and record.refresh(row)),
        "verbs": [(verb, record.url_for(verb, row)) for verb in verbs],
    }
    context["panels"] = [part for part in context["panels"] if part]
    context["aside"] = [part for part in context["aside"] if part]
    return render(request, record.detail_template, context)


def offered(record: Record, row: Any, request: HttpRequest) -> list[Verb]:
    """The verbs that the user may use on this row; a right held only elsewhere offers nothing here."""
    user = who(request)
    inside: dict[str, bool] = {}
    out = []
    for verb in record.verbs:
        if not verb.button or not verb.takes(record.model) or not verb.offered(row, user):
            continue
        if verb.needs not in inside:
            same = user.scope(verb.needs) == user.scope(record.right)
            inside[verb.needs] = same or record.visible(user, verb.needs).filter(pk=row.pk).exists()
        if inside[verb.needs]:
            out.append(verb)
    return sorted(out, key=lambda verb: (verb.danger, not verb.primary))


def _badge(record: Record, row: Any) -> SafeString | None:
    if not record.state:
        return None
    column: Column = State(name=record.state) if isinstance(record.state, str) else record.state
    return column.html(row)


def _drawn(
    title: Any, part: tuple[Column, ...] | Panel, row: Any, record: Record, request: HttpRequest
) -> dict[str, Any] | None:
    if isinstance(part, Panel):
        if part.right and not who(request).may(part.right):
            return None
        if part.when and not part.when(row):
            return None
        html = render_to_string(part.template, {"row": row, **part.query(row, request)}, request)
        return {"title": title, "html": html}
    facts = [
        (column.titled(record.model), column.html(row), column.wide)
        for column in part
        if not column.optional or column.value(row) not in (None, "")
    ]
    return {"title": title, "facts": facts} if facts else None
