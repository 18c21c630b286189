"""What the frame around every page needs; drawn only when a template asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from songhe.engines.notices.api import inbox
from songhe.kit.navigation import navigation

THEMES = ("auto", "light", "dark")


@dataclass(frozen=True, slots=True)
class Bell:
    """How many messages are unread, as shown, and the topic of their news."""

    unread: int
    topic: str

    @property
    def shown(self) -> str:
        """The number beside the bell."""
        return f"{inbox.MANY}+" if self.unread > inbox.MANY else str(self.unread)


def _bell(user: Any) -> Bell | None:
    known = user is not None and user.is_authenticated
    return Bell(inbox.unread(user.pk), inbox.topic_of(user.pk)) if known else None


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: navigation, theme, text size, language."""
    theme = request.COOKIES.get("theme", "auto")
    user = getattr(request, "user", None)
    language = getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)
    return {
        "nav": SimpleLazyObject(
            lambda: navigation(user, request.path) if user and user.is_authenticated else ""
        ),
        "inbox": SimpleLazyObject(lambda: _bell(user)),
        "user": user,
        "theme": theme if theme in THEMES else "auto",
        "large": request.COOKIES.get("large") == "1",
        "language": language,
        "html_language": "zh-Hans" if language.startswith("zh") else language,
        "demo": settings.DEMO,
    }
