"""The service worker and the manifest, served from the site's root so that a phone can keep the site as an app."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext

PACKAGE = Path(__file__).resolve().parents[2]
FOLDER = PACKAGE / "kit/static/kit"


@login_not_required
def worker(request: HttpRequest) -> HttpResponse:
    """Version, store and worker as one script."""
    headers = {"Service-Worker-Allowed": "/", "Cache-Control": "no-cache"}
    return HttpResponse(_script(), content_type="text/javascript; charset=utf-8", headers=headers)


@login_not_required
def manifest(request: HttpRequest) -> JsonResponse:
    """What a phone needs to put the site on its home screen; the home page leads each role to its own."""
    icons = [
        {"src": static("kit/logo.svg"), "sizes": "any", "type": "image/svg+xml"},
        {"src": static("kit/icons/app-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": static("kit/icons/app-512.png"), "sizes": "512x512", "type": "image/png"},
        {
            "src": static("kit/icons/app-mask.png"),
            "sizes": "512x512",
            "type": "image/png",
            "purpose": "maskable",
        },
    ]
    body = {
        "id": "/",
        "name": gettext("Songhe"),
        "short_name": gettext("Songhe"),
        "start_url": request.GET.get("start") if request.GET.get("start") in _starts() else reverse("home"),
        "scope": reverse("home"),
        "display": "standalone",
        "background_color": "#f6f3ec",
        "theme_color": "#17624f",
        "icons": icons,
    }
    answer = JsonResponse(body, content_type="application/manifest+json")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _starts() -> set[str]:
    """Pages that a phone keeps without network, with which an app may begin."""
    from songhe.kit.pages import PAGES  # the register is filled after this module is read

    return {found.offline for found in PAGES.values() if found.offline}


@lru_cache(maxsize=1)
def _script() -> str:
    parts = [(FOLDER / name).read_text(encoding="utf-8") for name in ("offline-store.js", "sw.js")]
    return "\n".join([f'const VERSION = "{version()}";', *parts])


@lru_cache(maxsize=1)
def version() -> str:
    """A sign of all files that pages use; a new version of the program has another one."""
    sum_of_all = hashlib.sha256()
    for file in sorted(PACKAGE.glob("*/static/**/*")) + sorted(PACKAGE.glob("areas/*/static/**/*")):
        if file.is_file():
            sum_of_all.update(str(file.relative_to(PACKAGE)).encode() + b"\0" + file.read_bytes())
    return sum_of_all.hexdigest()[:12]
