"""The parameters of assessing, read from the data files once for each city."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from songhe.areas.assessment.rules.parameters import Parameters, build_parameters
from songhe.core.sources import read


def parameters() -> Parameters:
    """This installation's parameters: the city's own over the nation's."""
    return _parameters(settings.DATA, settings.CITY)


@lru_cache(maxsize=8)
def _parameters(data: Path, city: str) -> Parameters:
    files = (data / "nation/assessment.yaml", data / "cities" / city / "assessment.yaml")
    found = [read(file.read_text(encoding="utf-8"), name=file.name).data for file in files if file.is_file()]
    return build_parameters(*found)
