"""The gap list to take away, and the people behind a gap."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.circle import actions
from songhe.areas.circle.models import Figure
from songhe.areas.circle.queries.looking import places
from songhe.areas.circle.screens.common import basis, look
from songhe.areas.registry.api import age_on
from songhe.core.refusal import Refused
from songhe.engines.acts.api import record_bulk
from songhe.engines.acts.once import digest_of
from songhe.engines.regions.tree import full_name, name_of
from songhe.kit.charts import grouped
from songhe.kit.clock import now, today
from songhe.kit.pages import page
from songhe.kit.refusals import said
from songhe.kit.spec import url_of
from songhe.kit.views.common import need
from songhe.kit.who import who


def table(request: HttpRequest) -> HttpResponse:
    """Every community of the region with its people in and out of reach, as CSV; taking it is recorded."""
    found = look(request, right="circle.export")
    body = StringIO()
    writer = csv.writer(body)
    heads = (_("Code"), _("Village or community"), _("Service"), _("Group"), _("Within"), _("People"), _("Covered"), _("Not covered"), _("Share"), _("Basis"))  # fmt: skip
    writer.writerow([str(head) for head in heads])
    told = basis(found.held)["told"]
    rows = places(found.held, found.ask)
    for row in rows:
        writer.writerow(
            [
                row.code, full_name(row.code), found.kind.code, found.group_name, found.times, row.people, row.covered, row.missing,
                "" if row.share is None else f"{row.share:.4f}", told,
            ]
        )  # fmt: skip
    record_bulk(
        "circle.export", model=Figure, count=len(rows), digest=digest_of([found.query()]), actor=who(request), at=now(),
        region_id=found.ask.region.code,
    )  # fmt: skip
    name = f"gaps-{found.ask.kind}-{found.ask.region.code}.csv"
    return HttpResponse(
        "\ufeff" + body.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def people(request: HttpRequest) -> HttpResponse:
    """Who is not covered, by name, once somebody has said why they look; showing it is recorded."""
    need(request, "circle.persons")
    found = look(request, right="circle.persons", query=request.POST if request.method == "POST" else None)
    purpose = request.POST.get("purpose", "").strip()
    context: dict[str, Any] = {
        "page_title": gettext("Who is not covered"), "look": found, "region": found.ask.region, "query": found.query(),
        "fields": [("kind", found.ask.kind), ("group", found.ask.group), ("minutes", found.ask.minutes or "circle"), ("region", found.ask.region.code)],
        "purpose": purpose, "basis": basis(found.held),
    }  # fmt: skip
    if request.method != "POST":
        return render(request, "circle/people.html", context)
    if not purpose:
        context["refused"] = gettext("Say what you need the list for; it is recorded.")
        return render(request, "circle/people.html", context, status=422)
    try:
        count, rows = actions.list_uncovered(
            found.ask.region, actor=who(request), at=now(), kind=found.ask.kind, group=found.ask.group, minutes=found.ask.minutes,
            purpose=purpose,
        )  # fmt: skip
    except Refused as refusal:
        return render(request, "circle/people.html", context | {"refused": said(refusal)}, status=422)
    day = today()
    context |= {
        "count": grouped(count),
        "shown": len(rows),
        "rows": [
            {
                "name": row.name,
                "url": url_of(row),
                "age": age_on(row.born, day) if row.born else None,
                "place": name_of(row.region_id),
            }
            for row in rows
        ],
    }
    return render(request, "circle/people.html", context)


page("circle.gaps", path="circle/gaps.csv", title=_("Gap list"), right="circle.export", view=table)
page(
    "circle.people", path="circle/people/", title=_("Who is not covered"), right="circle.persons", view=people
)
