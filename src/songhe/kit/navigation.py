"""The links beside every page. They follow from a user's rights and the language alone, so they are drawn once for each."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby
from typing import Any

from django.urls import get_script_prefix, reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from songhe.kit.markup import filled
from songhe.kit.pages import GROUPS, PAGES, NavItem
from songhe.kit.spec import RECORDS
from songhe.kit.templatetags.kit import icon
from songhe.kit.words import Label

Link = tuple[str, str, str, str]
"""The group's name, the address, the icon, the words."""


def navigation(user: Any, path: str) -> SafeString:
    """Groups with the links that a user may follow; the longest address that the path starts with is current."""
    seen = (user.rights, get_language() or "", get_script_prefix())
    current = max((url for _g, url, _i, _w in _links(*seen) if path.startswith(url)), key=len, default="")
    return _drawn(*seen, current)


@lru_cache(maxsize=128)
def _links(rights: frozenset[str], language: str, prefix: str) -> tuple[Link, ...]:
    order = list(GROUPS)
    found = sorted(
        _entries(rights), key=lambda entry: (order.index(entry[0].group), entry[0].order, str(entry[1]))
    )
    return tuple((str(GROUPS[item.group]), url, item.icon, str(label)) for item, label, url in found)


@lru_cache(maxsize=512)
def _drawn(rights: frozenset[str], language: str, prefix: str, current: str) -> SafeString:
    parts: list[str] = []
    for group, links in groupby(_links(rights, language, prefix), key=lambda link: link[0]):
        parts.append(filled("<h2>{}</h2>", group))
        for _group, url, sign, words in links:
            here = mark_safe(' aria-current="page"' if url == current else "")  # noqa: S308  one of two texts
            parts.append(filled('<a class="nav-link" href="{}"{}>{}{}</a>', url, here, icon(sign), words))
    return mark_safe("\n".join(parts))  # noqa: S308  every part is escaped above


def _entries(rights: frozenset[str]) -> Iterable[tuple[NavItem, Label, str]]:
    for record in RECORDS.values():
        if record.nav and record.right in rights:
            yield record.nav, record.nav.label or record.title, record.url()
    for found in PAGES.values():
        if found.nav and (not found.right or found.right in rights):
            yield found.nav, found.nav.label or found.title, reverse(found.name)
