"""Escaping on the hot path: a list has thousands of cells, and Django's own asks of each whether it is lazy."""

from __future__ import annotations

import re
from html import escape

from django.utils.safestring import SafeString

_has_signs = re.compile("[&<>\"']").search


def escaped(value: object) -> SafeString:
    """The value as text that a page may hold; markup that is safe already stays."""
    if type(value) is SafeString:
        return value
    if type(value) is str:
        return SafeString(escape(value) if _has_signs(value) else value)
    safe = getattr(value, "__html__", None)
    return SafeString(safe() if safe else escape(str(value)))


def filled(pattern: str, *values: object) -> SafeString:
    """The pattern with its values escaped."""
    return SafeString(pattern.format(*map(escaped, values)))
