"""A page that makes a secret of a row when its form is sent, and shows it this once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def secret_page(
    request: HttpRequest,
    template: str,
    *,
    fresh: Callable[[], str],
    keep: Callable[[str], object],
    **context: Any,
) -> HttpResponse:
    """``keep`` is told the ``fresh`` secret; the template extends ``kit/secret.html``. No cache keeps the answer."""
    secret = ""
    if request.method == "POST":
        secret = fresh()
        keep(secret)
    answer = render(request, template, context | {"secret": secret})
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
