"""What a check says, in the reader's language: ``{% load policies %}``."""

from __future__ import annotations

from django import template

from songhe.engines.policies.api import said

register = template.Library()


@register.filter
def policy_words(text: str) -> str:
    """A sentence of the checks."""
    return said(text)
