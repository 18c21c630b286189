"""The door for 12345: signed messages, each acknowledged after the commit."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt

from songhe.areas.tickets.api import NEWS, CityCase, CityLine, Told, hear
from songhe.core.text import normalise
from songhe.edges.telephony.wire import SIGNATURE, SOURCE, TIME, is_fresh, is_signed
from songhe.engines.access.api import Scope, entered
from songhe.kit.rest.problems import problem

MOST_BYTES, MOST = 1_048_576, 200


class Unfit(ValueError):
    """A message that cannot be read."""


@csrf_exempt
@login_not_required
def take(request: HttpRequest) -> HttpResponse:
    """``{"messages": [{"id", "number", "what", …}]}``; says of each whether it was stored, known, or why not."""
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
        with entered(Scope.EVERYTHING):  # 12345 speaks for its own city, in whose region its cases lie
            return _taken(request, body)
    except Unfit as fault:
        return problem(422, "unreadable", gettext("Not possible"), str(fault))


def _taken(request: HttpRequest, body: bytes) -> HttpResponse:
    moment = request.headers.get(TIME, "")
    code = request.headers.get(SOURCE, "").replace("\0", "")[:40]
    line = CityLine.everywhere.select_related("region").filter(code=code, enabled=True).first()
    if line is None or not is_signed(line.secret, moment, body, request.headers.get(SIGNATURE, "")):
        return problem(
            401,
            "not_signed",
            gettext("Not logged in"),
            gettext("The source is not known or the signature is wrong."),
        )
    if not is_fresh(moment, time.time()):
        text = gettext("The time of the request is too far from ours. Set the sender's clock.")
        return problem(401, "not_signed", gettext("Not logged in"), text)
    at, results = timezone.now(), []
    for row in _rows(body):
        result: dict[str, Any] = {"id": row.get("id")} if isinstance(row.get("id"), str) else {}
        try:
            result["status"] = hear(line, read(row), at=at)
        except Unfit as fault:
            result |= {"status": "unfit", "reason": str(fault)}
        results.append(result)
    return JsonResponse({"results": results})


def _rows(body: bytes) -> list[Mapping[str, Any]]:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as fault:
        raise Unfit("the body is no JSON in UTF-8") from fault
    rows = data.get("messages") if isinstance(data, dict) else None
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST:
        raise Unfit(f"messages must be a list of 1 to {MOST}")
    return [row if isinstance(row, dict) else {} for row in rows]


def read(row: Mapping[str, Any]) -> Told:
    """One message."""
    what = _word(row, "what", 20)
    if what not in NEWS:
        raise Unfit(f"what is one of {', '.join(NEWS)}")
    kind, level = _word(row, "kind", 12) or "request", _word(row, "level", 12) or "ordinary"
    if kind not in CityCase.Kind.values or level not in CityCase.Level.values:
        raise Unfit("kind or level is not known")
    score, region = row.get("score"), row.get("region", 0)
    if score is not None and (not isinstance(score, int) or isinstance(score, bool) or not 1 <= score <= 5):
        raise Unfit("score is 1 to 5")
    if not isinstance(region, int) or isinstance(region, bool) or not 0 <= region < 10**12:
        raise Unfit("region is a code of 12 digits")
    told = Told(
        key=_word(row, "id", 80), number=_word(row, "number", 60), what=what, words=_word(row, "text", 4000), kind=kind, level=level,
        title=_word(row, "title", 120), caller=_word(row, "phone", 30), region=region, due_at=_moment(row.get("due")), score=score,
        body=json.dumps(row, sort_keys=True).encode(),
    )  # fmt: skip
    if not told.key or not told.number or (what == "new" and not told.words):
        raise Unfit("id, number and, for a new case, text are needed")
    if what == "extended" and told.due_at is None:
        raise Unfit("an extension names the new deadline, due")
    return told


def _word(row: Mapping[str, Any], key: str, most: int) -> str:
    value = row.get(key)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > most:
        raise Unfit(f"{key} must be a text of at most {most} signs")
    return normalise(value.replace("\0", "").encode("utf-8", "replace").decode(), lines=True)


def _moment(value: object) -> datetime | None:
    if value is None or value == "":
        return None
    try:
        found = datetime.fromisoformat(value[:40]) if isinstance(value, str) else None
        if found is None or found.tzinfo is None or not 2000 <= found.year <= 2200:
            raise ValueError
        return found.astimezone(UTC)
    except (ValueError, OverflowError) as fault:
        raise Unfit("due must be a moment with an offset, such as 2026-11-30T17:30:00+08:00") from fault
