"""The answer while the database is away: come again in a moment, nothing was done."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext

from songhe.kit.rest.problems import problem

RETRY_SECONDS = 5


def gone(fault: Exception) -> bool:
    """Whether a fault of the database says that nobody is there, or that it is starting, stopping or full."""
    state = getattr(fault.__cause__, "sqlstate", None)
    return state is None or state.startswith(("08", "53", "57P"))


def away(request: HttpRequest) -> HttpResponse:
    """503 with a moment to come again: a problem document for machines, a page for people."""
    title, text = gettext("Not possible"), gettext("Nothing can be written now. Send it again later.")
    if "text/html" in request.headers.get("Accept", ""):
        reply = HttpResponse(render_to_string("503.html", {"title": title, "text": text}), status=503)
    else:
        reply = problem(503, "later", title, text)
    reply.headers["Retry-After"] = str(RETRY_SECONDS)
    return reply
