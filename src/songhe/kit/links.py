"""Links to lists and rows of other areas, for those readers who may open them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.http import url_has_allowed_host_and_scheme

from songhe.kit.pages import PAGES
from songhe.kit.spec import RECORDS, url_of
from songhe.kit.who import reads


def address_of(slug: str, pk: object = None, **narrowed: object) -> str:
    """The list of a record, narrowed, or the page of one row by its key; empty where the reader may not open it."""
    found = RECORDS[slug]
    if not reads(found.right):
        return ""
    return f"{found.url()}{pk}/" if pk else found.url() + (f"?{urlencode(narrowed)}" if narrowed else "")


def address(to: Any) -> str:
    """An address as it is, or the page of a row; empty where the reader may not open it."""
    return to if isinstance(to, str) else url_of(to) or ""


def opened_by(user: Any, addresses: Iterable[str]) -> set[str]:
    """Those of some addresses of this site that a user may open: pages by their right, rows by what their record shows."""
    found: set[str] = set()
    rows: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for one in set(addresses):
        to = _view(one)
        needs = _needs(to) if to else None
        if to is None or needs is None or (needs and not user.may(needs)):
            continue
        if "slug" in to.kwargs and "pk" in to.kwargs:
            rows[to.kwargs["slug"]][str(to.kwargs["pk"])].add(one)
        else:
            found.add(one)
    for slug, of in rows.items():
        seen = RECORDS[slug].visible(user).filter(pk__in=list(of))
        found.update(*(of[str(pk)] for pk in seen.values_list("pk", flat=True)))
    return found


def _view(one: str) -> ResolverMatch | None:
    """What answers at an address of this site; None for any other."""
    if not url_has_allowed_host_and_scheme(one, allowed_hosts=None):
        return None
    try:
        return resolve(urlsplit(one).path)
    except Resolver404:
        return None


def _needs(to: ResolverMatch) -> str | None:
    """The right of a record or an area's page; nothing else is led to, verbs neither."""
    if "verb" in to.kwargs:
        return None
    record, page = RECORDS.get(to.kwargs.get("slug", "")), PAGES.get(to.view_name)
    return record.right if record else page.right if page else None
