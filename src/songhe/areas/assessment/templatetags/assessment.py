"""What a core reason says in the language of the page."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext

from songhe.core.decision import Reason

register = template.Library()


@register.filter
def said(reason: Reason) -> str:
    """The reason translated, with its values filled in."""
    return gettext(reason.text).format(**reason.values)
