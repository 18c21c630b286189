"""What this installation says about cases of 12345, read from the data files once; a city's own file goes first."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from songhe.areas.tickets.rules import Terms, build_terms
from songhe.core.sources import read


@lru_cache(maxsize=1)
def terms() -> Terms:
    """This installation's terms."""
    own = settings.DATA / "cities" / settings.CITY / "tickets.yaml"
    file = own if own.is_file() else settings.DATA / "nation/tickets.yaml"
    return build_terms(read(file.read_text(encoding="utf-8"), name=file.name).data)
