"""What this installation says about stays, read from the data files once; a city's own file goes first."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from songhe.areas.stays.rules import Terms, build_terms
from songhe.core.sources import read


@lru_cache(maxsize=1)
def terms() -> Terms:
    """This installation's terms; the working defaults where no file says anything."""
    for file in (
        settings.DATA / "cities" / settings.CITY / "stays.yaml",
        settings.DATA / "nation/stays.yaml",
    ):
        if file.is_file():
            return build_terms(read(file.read_text(encoding="utf-8"), name=file.name).data)
    return build_terms({})
