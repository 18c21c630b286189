"""Who asks: the one place that tells the type checker what the middleware puts on a request."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest

from songhe.engines.access.api import User


def who(request: HttpRequest) -> User:
    """The user of a request; a visitor answers the same questions and may do nothing."""
    return cast("User", request.user)
