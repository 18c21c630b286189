"""Icons, money, minutes, moments, charts and translated refusals in templates: ``{% load kit %}``."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import uuid4

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from songhe.engines.regions.tree import name_of
from songhe.kit import refusals, words
from songhe.kit.clock import now
from songhe.kit.links import address
from songhe.kit.picker import PickerWidget

register = template.Library()


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """An icon of the sprite; decoration beside words, so hidden from screen readers."""
    return _icon(name, css)


@lru_cache(maxsize=512)
def _icon(name: str, css: str) -> SafeString:
    """A page has some fifty icons, and finding the sprite's address took longer than the rest of each."""
    sheet = static("kit/vendor/icons.svg")
    return format_html('<svg class="icon {}" aria-hidden="true"><use href="{}#{}"/></svg>', css, sheet, name)


@register.simple_tag
def once(each: str = "") -> SafeString:
    """The key under which a form, sent again after an answer that was not heard, has one effect. ``each``: a field, each value of
    which is a form of its own, as buttons of one form are."""
    more = format_html('<input type="hidden" name="_each" value="{}">', each) if each else ""
    return format_html('<input type="hidden" name="_key" value="{}">{}', uuid4().hex, more)


@register.simple_tag
def picture(name: str) -> SafeString:
    """A small line drawing for an empty page."""
    return format_html(
        '<svg class="picture" aria-hidden="true"><use href="{}#{}"/></svg>', static("kit/pictures.svg"), name
    )


@register.filter
def yuan(fen: int | None) -> str:
    """Fen as yuan."""
    return "" if fen is None else words.yuan(fen)


@register.filter
def spent(minutes: int | None) -> str:
    """Minutes as hours and minutes."""
    return "" if minutes is None else words.spent(minutes)


@register.filter
def moment(at: datetime | None) -> str:
    """A moment to the minute."""
    return "" if at is None else words.moment(at)


@register.filter
def ago(at: datetime | None) -> str:
    """How long since."""
    return "" if at is None else words.ago(at, now())


@register.filter
def retold(text: str) -> str:
    """A sentence that was kept, in the reader's language."""
    return refusals.retold(text)


@register.filter
def region_name(code: int) -> str:
    """The name of a region, by its code."""
    return name_of(code)


@register.filter
def grouped(number: Any) -> str:
    """A count with thousands separators."""
    return f"{number:,}" if isinstance(number, int) else str(number)


@register.simple_block_tag
def link(content: SafeString, row: Any, css: str = "") -> SafeString:
    """Words that lead to the page of a row, or to an address; only the words where the reader may not open it."""
    url = address(row)
    if not url:
        return content
    return (
        format_html('<a class="{}" href="{}">{}</a>', css, url, content)
        if css
        else format_html('<a href="{}">{}</a>', url, content)
    )


@register.filter
def shape(field: BoundField) -> str:
    """How a form field is laid out: group (radios, checkboxes, picker), tick, or line."""
    widget = field.field.widget
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return "group"
    if isinstance(widget, PickerWidget):
        return "picker"
    return "tick" if isinstance(widget, CheckboxInput) else "line"


@register.filter
def pairs(form: Any) -> list[tuple[BoundField, Any]]:
    """Visible fields with their errors, as the form template takes them."""
    return [(field, field.errors) for field in form.visible_fields()]


@register.filter
def verb_url(verb: Any, record: Any) -> str:
    """The address of a verb that needs no row."""
    url: str = record.url_for(verb)
    return url
