"""Pages take turns, are answered on one thread from end to end, and a crowded process lets their connections go.

Threads that all reckon at once hand the interpreter round after every answer of the database, and all of them are late; a few at a time
are each done sooner. Django's own way through the loop crosses from thread to thread at each part that could do without a thread:
six times for a page. And the kernel deals new connections out among the processes by chance, and browsers keep theirs: of eight, six
may sit with one process while the other has time. A proxy in front that opens a connection for each request loses nothing by it.
"""

from __future__ import annotations

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.base import BaseHandler
from django.http import HttpRequest, HttpResponseBase

from songhe.kit.away import crowded
from songhe.site.turns import Busy, Turns

STREAMS = ("/live/", "/inbox/live/")
"""Where the addresses of streams begin; those run in the loop. Elsewhere one would hold a thread until it begins."""
URGENT = (
    *("/alarms/", "/errands/", "/sos/", "/today/sos", "/f/"),
    *("/desk/", "/seat/", "/telephony/", "/ingest/", "/hooks/notices/", "/health"),
)
"""Where a call for help is heard, taken and brought to its end: nobody waits there for lists and reports of others."""
CROWD = 2
"""So many others are a crowd."""


class Handler(ASGIHandler):
    """Django's handler with a second chain of middleware, all of it for one thread.

    A turn begins when a request has come in whole, so that a phone with a slow line holds none, and ends before the answer is sent.
    """

    def __init__(self) -> None:
        super().__init__()
        pages = BaseHandler()
        pages.load_middleware(is_async=False)
        self.page = sync_to_async(pages.get_response, thread_sensitive=True)
        self.turns = Turns()

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """The answer to one request."""
        if request.path_info.startswith(STREAMS):
            return await super().get_response_async(request)
        try:
            async with self.turns.turn(urgent=request.path_info.startswith(URGENT)):
                answer: HttpResponseBase = await self.page(request)
        except Busy:
            answer = crowded(request)
        version = request.scope["http_version"]  # type: ignore[attr-defined]  # of the loop's requests
        if self.turns.crowd >= CROWD and version.startswith("1"):
            answer.headers["Connection"] = "close"
        return answer
