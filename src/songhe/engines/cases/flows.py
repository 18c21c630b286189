"""Flows and the business calendar of the data folder; a city's own flow goes before the nation's.

A city that wants other deadlines and nothing else names them in ``cities/<city>/times/<flow>.yaml``.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from songhe.core.flow import Calendar, Flow, build, build_calendar, with_times
from songhe.core.refusal import Refused
from songhe.core.sources import Data, DataError, read


@lru_cache(maxsize=64)
def flow(code: str) -> Flow:
    """A flow by its code; refused when there is none or its file is broken."""
    for folder in (settings.DATA / "cities" / settings.CITY / "flows", settings.DATA / "nation/flows"):
        path: Path = folder / f"{code}.yaml"
        if path.is_file():
            try:
                return build(_with_times(code, _read(path)))
            except DataError as error:
                raise Refused(
                    "cases.broken_flow",
                    "The flow {flow} cannot be used: {why} Correct the file, then try again.",
                    flow=code,
                    why=error,
                ) from error
    raise Refused(
        "cases.unknown_flow", "There is no flow {flow}. Add its file to the data folder.", flow=code
    )


@lru_cache(maxsize=1)
def calendar() -> Calendar:
    """The nation's business calendar."""
    return build_calendar(_read(settings.DATA / "nation/calendar.yaml"))


def _with_times(code: str, data: Data) -> Data:
    own: Path = settings.DATA / "cities" / settings.CITY / "times" / f"{code}.yaml"
    return with_times(data, _read(own)) if own.is_file() else data


def _read(path: Path) -> Data:
    return read(path.read_text(encoding="utf-8"), name=path.name).data
