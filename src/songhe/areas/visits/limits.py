"""The bounds of a visit's proof, read from the data files once."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from songhe.areas.visits.rules import Limits, build_limits
from songhe.core.sources import read


@lru_cache(maxsize=1)
def limits() -> Limits:
    """This installation's bounds."""
    file = settings.DATA / "nation/visits.yaml"
    return build_limits(read(file.read_text(encoding="utf-8"), name=file.name).data)
