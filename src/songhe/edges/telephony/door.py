"""The door for exchanges: signed batches of events; the answer follows the commit."""

from __future__ import annotations

import time
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt

from songhe.areas.lines.api import Heard, SeatNews, enabled, hear, hear_seats
from songhe.edges.telephony import reading
from songhe.edges.telephony.reading import Unfit
from songhe.edges.telephony.wire import SIGNATURE, SOURCE, TIME, is_fresh, is_signed
from songhe.engines.access.api import Scope, entered
from songhe.kit.rest.problems import problem

MOST_BYTES = 1_048_576
RETRY_SECONDS = "2"


@csrf_exempt
@login_not_required
def take(request: HttpRequest) -> HttpResponse:
    """``{"events": [{"id", "session", "kind", "at", …}]}``; says of each event whether it was stored, known, or why not."""
    if request.method != "POST":
        reply = problem(405, "method", gettext("Not possible"), gettext("Send the events with POST."))
        reply.headers["Allow"] = "POST"
        return reply
    try:
        body = request.body
    except RequestDataTooBig:
        body = b"x" * (MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        return problem(
            413, "too_large", gettext("Not possible"), gettext("Send fewer events in one request.")
        )
    try:
        with entered(Scope.EVERYTHING):  # an exchange speaks for its own region, which its events are given
            return _taken(request, body)
    except Unfit as fault:
        return problem(422, "unreadable", gettext("Not possible"), str(fault))
    except OperationalError:
        reply = problem(
            503, "later", gettext("Not possible"), gettext("Nothing can be written now. Send it again later.")
        )
        reply.headers["Retry-After"] = RETRY_SECONDS
        return reply


def _taken(request: HttpRequest, body: bytes) -> HttpResponse:
    told = request.headers.get(TIME, "")
    code = request.headers.get(SOURCE, "").replace("\0", "")[:40]
    found = next(iter(enabled(code)), None)
    if found is None or not is_signed(found.secret, told, body, request.headers.get(SIGNATURE, "")):
        return _unknown(gettext("The source is not known or the signature is wrong."))
    if not is_fresh(told, time.time()):
        return _unknown(gettext("The time of the request is too far from ours. Set the sender's clock."))
    at = timezone.now()
    results: list[dict[str, Any]] = []
    calls: list[tuple[int, Heard]] = []
    seats: list[tuple[int, SeatNews]] = []
    for place, row in enumerate(reading.events(body)):
        results.append({"id": row.get("id")} if isinstance(row.get("id"), str | int) else {})
        try:
            event = reading.heard(row, at=at)
        except ValueError as fault:
            results[place] |= {"status": "unfit", "reason": str(fault)}
            continue
        if isinstance(event, SeatNews):
            seats.append((place, event))
        else:
            calls.append((place, event))
    for (place, _event), verdict in zip(
        calls, hear(found, [event for _p, event in calls], at=at), strict=True
    ):
        results[place]["status"] = verdict
    hear_seats(found, [event for _place, event in seats], at=at)
    for place, _news in seats:
        results[place]["status"] = "stored"
    return JsonResponse({"results": results}, json_dumps_params={"ensure_ascii": True})


def _unknown(detail: str) -> HttpResponse:
    return problem(401, "not_signed", gettext("Not logged in"), detail)
