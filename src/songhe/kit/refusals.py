"""Refusals on screen: the sentence in the reader's language, and the page that shows it."""

from __future__ import annotations

import json
import re
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from songhe.core.labels import Label, Labels
from songhe.core.refusal import Forbidden, Hidden, Refused

MARK = "\x1e"
"""What begins a sentence of the program's own in a column; it is not trusted, since people could write it too."""
NAMED = re.compile(r"\{(\w+)\}")
TITLES = {404: _("Not found"), 403: _("Not allowed"), 422: _("Not possible")}


def said(refusal: Refused) -> str:
    """The refusal in the language of the page, its values filled in."""
    return gettext(refusal.message).format(**{name: _word(value) for name, value in refusal.values.items()})


def kept(refusal: Refused, longest: int = 400) -> str:
    """The refusal for a column, so that whoever reads it later reads it in their own language by ``retold``."""
    return worded(refusal.message, longest, **refusal.values)


def worded(message: str, longest: int = 400, **values: object) -> str:
    """The same for a sentence that the program says; an English template, with the values that fill it in."""
    plain = {name: _plain(value) for name, value in values.items()}
    text = MARK + json.dumps([message, plain], ensure_ascii=False)
    return text if len(text) <= longest else message.format(**values)[:longest]


def retold(text: str) -> str:
    """What a column says: what ``worded`` kept in the language of the page, anything else as it was written."""
    if not text.startswith(MARK):
        return text
    try:
        message, values = json.loads(text.removeprefix(MARK))
        filled = {
            name: _word(Label(**value) if isinstance(value, dict) else value)
            for name, value in values.items()
        }
        return NAMED.sub(lambda found: filled.get(found[1], found[0]), gettext(message))
    except (ValueError, TypeError, AttributeError):  # somebody wrote something like it
        return text


def _plain(value: object) -> object:
    """A value as JSON has it; labels in every language."""
    if isinstance(value, Label | Labels) and str(value):
        return {language: value.in_language(language) for language in ("en", "zh")}
    return value if isinstance(value, int | float) else str(value)


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
    context = {"title": TITLES[status], "status": status, "text": said(refusal)}
    template = "kit/refused_part.html" if request.headers.get("HX-Request") else "kit/refused.html"
    return render(request, template, context, status=status)


def problem(refusal: Refused) -> dict[str, Any]:
    """A refusal as JSON."""
    return {"code": refusal.code, "text": said(refusal), "field": refusal.field, "rule": refusal.rule}
