"""What this installation says about contracts, read from the data files once; a city's own file goes first."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from songhe.areas.contracts.rules import Bounds, build_bounds
from songhe.core.sources import read


@lru_cache(maxsize=1)
def bounds() -> Bounds:
    """This installation's bounds; the strictest where no file says anything."""
    for file in (
        settings.DATA / "cities" / settings.CITY / "contracts.yaml",
        settings.DATA / "nation/contracts.yaml",
    ):
        if file.is_file():
            return build_bounds(read(file.read_text(encoding="utf-8"), name=file.name).data)
    return Bounds()
