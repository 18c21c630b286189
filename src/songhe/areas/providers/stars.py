"""How long a star rating is valid, from the data file."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings

from songhe.core.sources import read, whole


@lru_cache(maxsize=1)
def standard() -> dict[str, Any]:
    """The standard of the star rating."""
    path = settings.DATA / "nation/star_rating.yaml"
    return dict(read(path.read_text(encoding="utf-8"), name=path.name).data)


def years_valid(rated_on: date) -> date:
    """The last day of a rating given on a day."""
    years = whole(standard(), "years_valid", "star rating")
    year = rated_on.year + years
    try:
        return rated_on.replace(year=year) - timedelta(days=1)
    except ValueError:
        return date(year, 2, 28)
