"""What this installation says about claims, read from the data files once; a city's own file goes first."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.utils.translation import get_language

from songhe.areas.claims.rules import Terms, build_terms
from songhe.core.sources import read


@lru_cache(maxsize=1)
def terms() -> Terms:
    """This installation's terms."""
    own = settings.DATA / "cities" / settings.CITY / "claims.yaml"
    file = own if own.is_file() else settings.DATA / "nation/claims.yaml"
    return build_terms(read(file.read_text(encoding="utf-8"), name=file.name).data)


def part_name(code: str) -> str:
    """A part of the score in the reader's language."""
    found = next((part for part in terms().parts if part.code == code), None)
    return found.label.in_language(get_language() or "") if found else code
