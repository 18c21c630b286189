"""The way of each pair of assessors from village to village, to be printed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from songhe.areas.assessment.models import Assessment
from songhe.areas.assessment.queries.route import Way, ways
from songhe.areas.registry.api import Secrets, reveal
from songhe.core.refusal import Forbidden
from songhe.kit.clock import now, today
from songhe.kit.pages import NavItem, page
from songhe.kit.who import who

ON_THE_WAY = "assessment route"


def _route(request: HttpRequest) -> Mapping[str, Any]:
    """Own work for assessors, everybody's for those who name them; addresses only when asked for, and logged."""
    user = who(request)
    everybody = user.may("assessment.assign")
    found = ways(user.scope("assessment.view"), None if everybody else user.pk)
    told = _addresses(request, found) if request.GET.get("addresses") else {}
    day = today()
    return {
        "ways": [
            (
                way.names,
                way.count,
                [
                    (stop, [(row, row.person.age_on(day), told.get(row.pk)) for row in stop.rows])
                    for stop in way.stops
                ],
            )
            for way in found
        ],
        "shown": bool(told),
        "may_reveal": user.may("registry.reveal"),
        "printed_at": now(),
    }


def _addresses(request: HttpRequest, found: list[Way]) -> dict[Any, Secrets]:
    """Address and telephone of everybody on the way; each is a logged read."""
    user = who(request)
    if not user.may("registry.reveal"):
        raise Forbidden(
            "no_right",
            "Your role does not allow this. Ask your administrator for the right “{right}”.",
            right="registry.reveal",
        )
    rows: list[Assessment] = [row for way in found for stop in way.stops for row in stop.rows]
    return {row.pk: reveal(row.person, actor=user, at=now(), purpose=ON_THE_WAY) for row in rows}


page(
    "assessment.route",
    path="assessment-route/",
    title=_("Assessors' route"),
    right="assessment.view",
    template="assessment/route.html",
    context=_route,
    nav=NavItem("people", "route", 41),
)
