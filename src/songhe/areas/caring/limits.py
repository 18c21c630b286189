"""How visits and calls go on in this installation, read from the data files once; a city's own file goes first."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings

from songhe.areas.caring.rules import Terms, build_terms
from songhe.areas.providers.api import said
from songhe.areas.registry.api import terms as tags
from songhe.core.sources import read


@lru_cache(maxsize=1)
def terms() -> Terms:
    """What holds here."""
    own = settings.DATA / "cities" / settings.CITY / "caring.yaml"
    path = own if own.is_file() else settings.DATA / "nation/caring.yaml"
    return build_terms(read(path.read_text(encoding="utf-8"), name=path.name).data, frozenset(tags()))


def group_name(code: str) -> str:
    """A risk group in the language of the page."""
    found = terms().group(code)
    return said(found.label) if found else code


def group_choices(_row: Any = None, _user: Any = None) -> list[tuple[str, str]]:
    """The risk groups."""
    return [(one.code, said(one.label)) for one in terms().groups]


def need_choices(_row: Any = None, _user: Any = None) -> list[tuple[str, str]]:
    """What somebody may need."""
    return [(code, said(one.label)) for code, one in terms().needs.items()]


def need_name(code: str) -> str:
    """A need in the language of the page."""
    found = terms().needs.get(code)
    return said(found.label) if found else code


def item_of(code: str) -> str:
    """The service that is ordered for a need; empty where none is named."""
    found = terms().needs.get(code)
    return found.item if found else ""


def sign_choices(_row: Any = None, _user: Any = None) -> list[tuple[str, str]]:
    """Changes that may be noticed."""
    return [(code, said(one.label)) for code, one in terms().signs.items()]


def sign_name(code: str) -> str:
    """A change in the language of the page."""
    found = terms().signs.get(code)
    return said(found.label) if found else code
