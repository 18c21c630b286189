"""News as it happens, for pages that are open: server-sent events of one topic."""

from __future__ import annotations

from asgiref.sync import sync_to_async
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse

from songhe.engines.live.api import stream
from songhe.kit.pages import OWN_TOPICS, TOPICS
from songhe.kit.views.common import need
from songhe.kit.who import who


async def live(request: HttpRequest, topic: str) -> HttpResponse | StreamingHttpResponse:
    """The stream of a topic; a page that comes back says the last number it saw and gets what it missed."""
    if topic not in TOPICS:
        raise Http404
    user = who(request)
    await sync_to_async(need)(request, TOPICS[topic])
    last = request.headers.get("Last-Event-ID") or request.GET.get("last", "")
    heard = f"{topic}.{user.pk.hex}" if topic in OWN_TOPICS else topic
    frames = stream(user, heard, int(last) if last.isdecimal() and len(last) < 19 else None)
    return StreamingHttpResponse(
        frames,
        content_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )
