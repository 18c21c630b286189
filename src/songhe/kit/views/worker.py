"""The service worker, served from the site's root so that it may look after any of its pages."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse

FOLDER = Path(__file__).resolve().parents[1] / "static/kit"


@login_not_required
def worker(request: HttpRequest) -> HttpResponse:
    """Store and worker as one script."""
    headers = {"Service-Worker-Allowed": "/", "Cache-Control": "no-cache"}
    return HttpResponse(_script(), content_type="text/javascript; charset=utf-8", headers=headers)


@lru_cache(maxsize=1)
def _script() -> str:
    return "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in ("offline-store.js", "sw.js"))
