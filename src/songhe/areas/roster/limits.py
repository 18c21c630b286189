"""What plans assume, read from the data files once."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from songhe.areas.roster.rules import Ground, build_ground
from songhe.areas.visits.api import overtime_minutes
from songhe.core.sources import read


@lru_cache(maxsize=1)
def ground() -> Ground:
    """This installation's assumptions; a city's own file replaces the national one."""
    own = settings.DATA / "cities" / settings.CITY / "roster.yaml"
    file = own if own.exists() else settings.DATA / "nation/roster.yaml"
    data = read(file.read_text(encoding="utf-8"), name=file.name).data
    return build_ground(data, overtime=overtime_minutes())
