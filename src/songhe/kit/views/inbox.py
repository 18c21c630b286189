"""A user's in-box: messages of the system to whoever is logged in, and nobody else's."""

from __future__ import annotations

from itertools import groupby
from uuid import UUID

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from songhe.engines.live.api import stream
from songhe.engines.notices.api import inbox as box
from songhe.kit.clock import now
from songhe.kit.links import opened_by
from songhe.kit.views.common import need
from songhe.kit.who import who
from songhe.kit.words import long_day


def inbox(request: HttpRequest) -> HttpResponse:
    """The newest messages, by day."""
    user = who(request)
    items = box.items(user.pk)
    leads = opened_by(user, [item.url for item in items])
    days = [
        (long_day(day), list(found))
        for day, found in groupby(items, lambda item: timezone.localdate(item.at))
    ]
    context = {
        "page_title": gettext("Inbox"),
        "days": days,
        "leads": leads,
        "unread": sum(not item.read for item in items),
    }
    return render(request, "kit/inbox.html", context)


def count(request: HttpRequest) -> HttpResponse:
    """How many are unread, for pages that are open."""
    return JsonResponse({"unread": box.unread(who(request).pk)})


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    box.read(who(request).pk, None, at=now())
    return redirect("inbox")


@require_POST
def read_one(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Mark one as read, and go where it leads."""
    user = who(request)
    box.read(user.pk, [pk], at=now())
    url = next((item.url for item in box.items(user.pk) if item.id == pk), "")
    return redirect(url if opened_by(user, [url]) else "inbox")


@require_POST
def acknowledge(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say that one has been taken note of."""
    if box.acknowledge(who(request).pk, pk, at=now()):
        messages.success(request, gettext("Acknowledged. Whoever sent it knows that you have it."))
    return redirect("inbox")


async def live(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """The stream that only this user listens to: something in the in-box changed."""
    user = who(request)
    await sync_to_async(need)(request, "")
    last = request.headers.get("Last-Event-ID", "")
    frames = stream(user, box.topic_of(user.pk), int(last) if last.isdecimal() and len(last) < 19 else None)
    return StreamingHttpResponse(
        frames,
        content_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )
