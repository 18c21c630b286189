"""What can be taken away from the cockpit: a month's report and the parts of a figure."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from songhe.areas.cockpit import queries
from songhe.areas.cockpit.words import made_of, name_of, stands
from songhe.engines.access.api import Scope
from songhe.engines.acts.api import record_bulk
from songhe.engines.acts.once import digest_of
from songhe.engines.indicators import api as indicators
from songhe.engines.indicators.models import Value
from songhe.kit.clock import now
from songhe.kit.who import who


def report(request: HttpRequest) -> HttpResponse:
    """The report of a month as PDF; the last month that is over unless another is asked for."""
    from songhe.areas.cockpit import papers  # drawing papers loads a large library, which few requests need

    at = now()
    region = queries.region_for(request.GET.get("region"), who(request))
    scope: Scope = who(request).scope("cockpit.view")
    running = queries.period_for(None, "month", at)
    period = queries.period_for(request.GET.get("period") or str(running.shift(-1)), "month", at)
    counts = [
        papers.counted(
            counted.indicator,
            counted.figure,
            name=name_of(counted.indicator),
            detail=made_of(counted.indicator, counted.figure),
        )
        for counted in queries.monthly(region, period, scope)
    ]
    targets = [
        (name_of(judged.target), *stands(judged))
        for _plan, tasks in queries.plans(scope, at)
        for _task, judged_targets in tasks
        for judged in judged_targets
        if judged.standing.value is not None
    ]
    parts = indicators.parts(queries.HEADLINE, region, period, scope)
    body = papers.report(region, period, counts=counts, parts=parts, targets=targets, at=at)
    return _file(body, f"report-{region.code}-{period}.pdf", "application/pdf")


def table(request: HttpRequest, code: str) -> HttpResponse:
    """The parts of one figure as CSV; taking it is a recorded act."""
    from songhe.areas.cockpit import papers  # drawing papers loads a large library, which few requests need

    user = who(request)
    at = now()
    region = queries.region_for(request.GET.get("region"), user)
    scope: Scope = user.scope("cockpit.view")
    kind = indicators.indicators()[code].period if code in indicators.indicators() else "month"
    found = queries.drill(code, region, queries.period_for(request.GET.get("period"), kind, at), scope, at)
    body = papers.table(found.counted.indicator, found.parts, found.period)
    digest = digest_of([code, str(found.period), region.code])
    record_bulk(
        "cockpit.export",
        model=Value,
        count=len(found.parts),
        digest=digest,
        actor=user,
        at=at,
        region_id=region.code,
    )
    return _file(body, f"{code}-{region.code}-{found.period}.csv", "text/csv; charset=utf-8")


def _file(body: bytes, name: str, kind: str) -> HttpResponse:
    return HttpResponse(
        body, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
