"""Words of data files in the language of the page."""

from __future__ import annotations

from django.utils.translation import get_language

from songhe.core.labels import Label


def say(label: Label) -> str:
    """A data label in the language of the page."""
    return label.in_language(get_language() or "zh")
