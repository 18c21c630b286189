"""The HTTP roads: signed batches, and Traccar's forwarding. The answer follows the commit, as a receipt does."""

from __future__ import annotations

import json
import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt

from songhe.edges.gateway import reading, traccar
from songhe.edges.gateway.formats import Format, Mark, formats
from songhe.edges.gateway.keeping import AWAY, Keeper, Message, Outage, Verdict, unread
from songhe.edges.gateway.limits import Buckets, Limits
from songhe.edges.gateway.models import Quarantined, Source
from songhe.edges.gateway.reading import Unfit
from songhe.edges.gateway.sink import Areas
from songhe.edges.gateway.sources import WINDOW_SECONDS, Platform, devices_of, platform
from songhe.engines.access.api import Scope, entered
from songhe.kit.away import away
from songhe.kit.rest.problems import problem

MOST_BYTES, MOST_MESSAGES, DEEPEST = 1_048_576, 500, 10
LIMITS = Limits(rate=20.0, burst=MOST_MESSAGES)
"""How often one device may come over HTTP: more than at the gateway, since platforms hand in what gathered. Each web process counts for
itself: a common count would be a further write for each message, a share for each would refuse who keeps to one connection."""
OFTEN = "too often"
_BUCKETS, _COUNTING = Buckets(LIMITS), threading.Lock()
View = Callable[..., HttpResponse]
Result = dict[str, Any]


def _open(view: View) -> View:
    """A view for machines: no session, no form token, no transaction around a request that cannot be read."""

    @csrf_exempt
    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            reply = problem(405, "method", gettext("Not possible"), gettext("Send the messages with POST."))
            reply.headers["Allow"] = "POST"
            return reply
        if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
            return problem(
                413, "too_large", gettext("Not possible"), gettext("Send fewer messages in one request.")
            )
        try:
            with entered(Scope.EVERYTHING):  # devices speak for themselves, in every region
                return view(request, *args, **kwargs)
        except Unfit as fault:
            return problem(422, "unreadable", gettext("Not possible"), str(fault))
        except (Outage, *AWAY):
            return away(request)

    run.login_required = False  # type: ignore[attr-defined]
    return run


@_open
def signed(request: HttpRequest) -> HttpResponse:
    """A batch of messages, signed by its platform; an answer for each message."""
    told = request.headers.get("X-Songhe-Time", "")
    found = platform(request.headers.get("X-Songhe-Source", ""), Source.Kind.SIGNED)
    if found is None or not found.signed(told, request.body, request.headers.get("X-Songhe-Signature", "")):
        return _unknown(gettext("The source is not known or the signature is wrong."))
    if not told.isascii() or not told.isdigit() or abs(int(told[:12]) - time.time()) > WINDOW_SECONDS:
        return _unknown(gettext("The time of the request is too far from ours. Set the sender's clock."))
    values = reading.parsed(request.body, most=MOST_BYTES, deepest=DEEPEST)
    messages = values.get("messages")
    if not isinstance(messages, list) or not 0 < len(messages) <= MOST_MESSAGES:
        raise Unfit(f"messages must be a list of 1 to {MOST_MESSAGES}")
    return _answer(_taken(messages, found, Mark(told.encode())))


@_open
def forwarded(request: HttpRequest, source: str) -> HttpResponse:
    """One position or event of a Traccar server."""
    kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
    found = platform(source, Source.Kind.TRACCAR)
    if found is None or kind.lower() != "bearer" or not found.holds(secret.strip()):
        return _unknown(gettext("The source is not known or its secret is wrong."))
    told = _read(request.body, found)
    if told is None:
        return _answer([{"status": "not yours"}])
    if not told:
        return _answer([{"status": "no sign of life"}])
    if wait := _wait(told[0].device or source, urgent=any(each.urgent for each in told)):
        return _answer([{"device": told[0].device, "status": OFTEN, "after": wait}])
    return _forwarded(_kept(told, [{"device": each.device} for each in told]))


def _read(body: bytes, source: Platform) -> list[Message] | None:
    """What a forwarded request says; None of a device that is not the source's. What cannot be read is a message too: it would
    come again for ever."""
    road, book, at = Quarantined.Road.TRACCAR, formats(), timezone.now()
    kept, code = body[: book.most_bytes], ""
    known: UUID | None = None
    try:
        values = reading.parsed(body, most=MOST_BYTES, deepest=DEEPEST)
        code = traccar.device_code(values)
        if device := devices_of([code]).get(code) if code else None:
            known, region = device
            if not _within(source, region):
                return None
        said = traccar.signals(values, known, book.traccar, code=code, at=at)
    except ValueError as fault:
        return [unread(road, code, kept, fault, device_id=known, at=at, mark=Mark())]
    return [Message(road, code, kept, each.kind in book.urgent, each) for each in said]


def _taken(messages: Sequence[Any], source: Platform, mark: Mark) -> list[Result]:
    """Read every message, write those that may be, and say of each what became of it."""
    said = [each if isinstance(each, Mapping) else {} for each in messages]
    codes = [reading.word(each.get("device"))[:64] for each in said]
    devices = devices_of([code for code in codes if code])
    results: list[Result] = [{"device": code} for code in codes]
    ready: list[Message] = []
    places: list[int] = []
    for place, (each, code) in enumerate(zip(said, codes, strict=True)):
        device = devices.get(code)
        if not code:
            results[place]["status"] = "no device"
        elif device and not _within(source, device[1]):
            results[place]["status"] = "not yours"
        else:
            message = _message(each, code, device[0] if device else None, mark)
            if wait := _wait(code, urgent=message.urgent):
                results[place] |= {"status": OFTEN, "after": wait}
            else:
                ready.append(message)
                places.append(place)
    _kept(ready, [results[place] for place in places])
    return results


def _message(values: Mapping[str, Any], code: str, device_id: Any, mark: Mark) -> Message:
    book, at = formats(), timezone.now()
    inner = {name: value for name, value in values.items() if name not in ("device", "format")}
    body = json.dumps(inner, ensure_ascii=False, default=str).encode("utf-8", "replace")
    road = Quarantined.Road.HTTP
    try:
        if len(body) > book.most_bytes:
            raise Unfit(f"longer than {book.most_bytes} bytes")
        said = _format(values, book.by_code).signal(inner, device_id, code=code, at=at, mark=mark)
    except ValueError as fault:
        kept = body[: book.most_bytes]
        return unread(road, code, kept, fault, device_id=device_id, at=at, mark=mark)
    return Message(road, code, body, said.kind in book.urgent, said)


def _format(values: Mapping[str, Any], known: Mapping[str, Format]) -> Format:
    wanted = values.get("format", "songhe")
    if not isinstance(wanted, str) or wanted not in known:
        raise Unfit("the format is not known")
    return known[wanted]


def _kept(messages: Sequence[Message], results: list[Result]) -> list[Result]:
    """Write messages and note what became of each."""
    if messages:
        verdicts = Keeper(Areas(), clock=timezone.now).keep(messages)
        for message, result, verdict in zip(messages, results, verdicts, strict=True):
            unknown = verdict is Verdict.STORED and message.signal and message.signal.device_id is None
            result["status"] = "unknown device" if unknown else verdict.value
            if message.reason:
                result["reason"] = message.reason
    return results


def _wait(device: str, *, urgent: bool) -> int:
    """Seconds after which a device may come again; 0 where it may speak now."""
    now = time.monotonic()
    with _COUNTING:
        bucket = _BUCKETS.of(device, now, urgent=urgent)
        wait = bucket.take(now)
        if wait:
            bucket.give_back()
    return math.ceil(wait)


def _within(source: Platform, region: int) -> bool:
    low, high = source.region
    return low <= region < high


def _answer(results: list[Result]) -> HttpResponse:
    """Where nothing was taken since it came too often, that is the answer."""
    reply = JsonResponse({"results": results}, json_dumps_params={"ensure_ascii": False})
    if waits := [one["after"] for one in results if "after" in one]:
        reply.headers["Retry-After"] = str(max(waits))
        reply.status_code = 200 if len(waits) < len(results) else 429
    return reply


def _forwarded(results: list[Result]) -> HttpResponse:
    """A forwarder reads no results: unless all is written or kept aside, it has to come again."""
    reply = _answer(results)
    if any(one["status"] == Verdict.FAILED.value for one in results):
        reply.status_code = 503
    return reply


def _unknown(detail: str) -> HttpResponse:
    return problem(401, "not_signed", gettext("Not logged in"), detail)
