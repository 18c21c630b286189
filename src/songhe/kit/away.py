"""The answer while the database is away or everybody asks at once: come again in a moment, nothing was done."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language_from_request, gettext, override

from songhe.kit.rest.problems import problem

RETRY_SECONDS = 5


def gone(fault: Exception) -> bool:
    """Whether a fault of the database says that nobody is there, or that it is starting, stopping or full."""
    state = getattr(fault.__cause__, "sqlstate", None)
    return state is None or state.startswith(("08", "53", "57P"))


def away(request: HttpRequest) -> HttpResponse:
    """The answer while the database is away."""
    return _later(request, gettext("Nothing can be written now. Send it again later."))


def crowded(request: HttpRequest) -> HttpResponse:
    """The answer to whoever waited too long for a turn; in the language of the request, which nobody has looked at yet."""
    with override(get_language_from_request(request)):
        return _later(
            request,
            gettext("Too many requests at once, and calls for help go first. Try again in a moment."),
        )


def _later(request: HttpRequest, text: str) -> HttpResponse:
    """503 with a moment to come again: a problem document for machines, a page for people."""
    title = gettext("Not possible")
    if "text/html" in request.headers.get("Accept", ""):
        reply = HttpResponse(render_to_string("503.html", {"title": title, "text": text}), status=503)
    else:
        reply = problem(503, "later", title, text)
    reply.headers["Retry-After"] = str(RETRY_SECONDS)
    return reply
