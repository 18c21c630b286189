"""This installation's hotline number, read from the data files once."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from songhe.areas.hotline.rules import Line, build_line
from songhe.core.labels import Label
from songhe.core.sources import read

NATIONAL = Line("12349", Label("Elderly care hotline", "养老服务热线"))


@lru_cache(maxsize=1)
def line() -> Line:
    """The city's own number; the national one where the city's pack names none."""
    file = settings.DATA / "cities" / settings.CITY / "hotline.yaml"
    return (
        build_line(read(file.read_text(encoding="utf-8"), name=file.name).data) if file.exists() else NATIONAL
    )
