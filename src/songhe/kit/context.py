"""What the frame around every page needs; drawn only when a template asks for it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from songhe.kit.navigation import navigation

THEMES = ("auto", "light", "dark")


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: navigation, theme, text size, language."""
    theme = request.COOKIES.get("theme", "auto")
    user = getattr(request, "user", None)
    language = getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)
    return {
        "nav": SimpleLazyObject(
            lambda: navigation(user, request.path) if user and user.is_authenticated else ""
        ),
        "user": user,
        "theme": theme if theme in THEMES else "auto",
        "large": request.COOKIES.get("large") == "1",
        "language": language,
        "html_language": "zh-Hans" if language.startswith("zh") else language,
        "demo": settings.DEMO,
    }
