"""Refusals on screen: the sentence in the reader's language, and the page that shows it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from songhe.core.labels import Label, Labels
from songhe.core.refusal import Forbidden, Hidden, Refused

TITLES = {404: _("Not found"), 403: _("Not allowed"), 422: _("Not possible")}


def said(refusal: Refused) -> str:
    """The refusal in the language of the page, its values filled in."""
    return gettext(refusal.message).format(**{name: _word(value) for name, value in refusal.values.items()})


def _word(value: object) -> str:
    """A value of a refusal; labels of data files in the reader's language."""
    if isinstance(value, Label | Labels):
        return value.in_language(get_language() or "zh")
    return str(value)


def status_of(refusal: Refused) -> int:
    """404 for what the reader may not know of, 403 for a missing right, 422 for everything else."""
    if isinstance(refusal, Hidden):
        return 404
    return 403 if isinstance(refusal, Forbidden) else 422


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """A page, or JSON for scripts, that tells a refusal."""
    status = status_of(refusal)
    if request.headers.get("Accept") == "application/json":
        return JsonResponse(problem(refusal), status=status)
    context: dict[str, Any] = {
        "title": TITLES[status],
        "status": status,
        "text": said(refusal),
        "rule": refusal.rule,
    }
    template = "kit/refused_part.html" if request.headers.get("HX-Request") else "kit/refused.html"
    return render(request, template, context, status=status)


def problem(refusal: Refused) -> dict[str, Any]:
    """A refusal as JSON."""
    return {"code": refusal.code, "text": said(refusal), "field": refusal.field, "rule": refusal.rule}
