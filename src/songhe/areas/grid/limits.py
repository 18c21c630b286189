"""How the grid is built in this installation, read from the data files once; a city's own file goes first."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings

from songhe.areas.grid.rules import Terms, build_terms
from songhe.areas.providers.api import said
from songhe.core.sources import read


@lru_cache(maxsize=1)
def terms() -> Terms:
    """What holds here."""
    own = settings.DATA / "cities" / settings.CITY / "grid.yaml"
    path = own if own.is_file() else settings.DATA / "nation/grid.yaml"
    return build_terms(read(path.read_text(encoding="utf-8"), name=path.name).data)


def level_name(code: str) -> str:
    """A level in the language of the page."""
    found = terms().level(code)
    return said(found.label) if found else code


def group_of(code: str, region: int) -> str:
    """The chat group of the post of a level in a region; empty where the city has none."""
    found = terms().level(code)
    return found.group(region) if found else ""


def skill_name(code: str) -> str:
    """Something that a helper can do, in the language of the page."""
    found = terms().skills.get(code)
    return said(found) if found else code


def skill_choices(_row: Any = None, _user: Any = None) -> list[tuple[str, str]]:
    """What helpers may be able to do."""
    return [(code, said(one)) for code, one in terms().skills.items()]


def level_choices(_row: Any = None, _user: Any = None) -> list[tuple[str, str]]:
    """The levels that have posts."""
    return [(one.code, said(one.label)) for one in terms().levels if one.posts]
