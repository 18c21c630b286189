"""Who asks: the one place that tells the type checker what the middleware puts on a request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, cast

from django.http import HttpRequest

from songhe.engines.access.api import User


def who(request: HttpRequest) -> User:
    """The user of a request; a visitor answers the same questions and may do nothing."""
    return cast("User", request.user)


_reader: ContextVar[Any] = ContextVar("reader", default=None)


@contextmanager
def read_by(user: Any) -> Iterator[None]:
    """Pages drawn inside are for this reader: what they may not open is named without a link."""
    token = _reader.set(user)
    try:
        yield
    finally:
        _reader.reset(token)


def reads(right: str) -> bool:
    """Whether whoever reads the page holds a right; outside of pages nothing is left out."""
    user = _reader.get()
    return user is None or bool(user.may(right))
