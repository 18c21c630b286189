"""Pages are answered on one thread from end to end; only streams run in the loop.

Django's own way through the loop crosses from thread to thread at each part of the way that could do without a thread: six times
for a page.
"""

from __future__ import annotations

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.base import BaseHandler
from django.http import HttpRequest, HttpResponseBase

STREAMS = ("/live/", "/inbox/live/")
"""Where the addresses of streams begin. Elsewhere a stream would be answered too, but hold a thread until it begins."""


class Handler(ASGIHandler):
    """Django's handler with a second chain of middleware, all of it for one thread."""

    def __init__(self) -> None:
        super().__init__()
        pages = BaseHandler()
        pages.load_middleware(is_async=False)
        self.page = sync_to_async(pages.get_response, thread_sensitive=True)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """The answer to one request."""
        if request.path_info.startswith(STREAMS):
            return await super().get_response_async(request)
        return await self.page(request)
