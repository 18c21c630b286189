"""Links to lists and rows of other areas, for those readers who may open them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

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
