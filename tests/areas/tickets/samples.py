"""City lines, cases and extensions for the suite over every record."""

from __future__ import annotations

from tests import make
from tests.areas.tickets import made

from songhe.areas.tickets.models import CaseExtension, CityCase, CityLine
from songhe.core.codes.region import COUNTY, at_level


def cases(n: int, region: int) -> list[CityCase]:
    """Cases that arrived."""
    line = made.line(at_level(region, COUNTY))
    return [made.case(line) for _ in range(n)]


def extensions(n: int, region: int) -> list[CaseExtension]:
    """Extensions to be approved."""
    line = made.line(at_level(region, COUNTY))
    return [made.extension(line) for _ in range(n)]


def lines(n: int, region: int) -> list[CityLine]:
    """Platforms of a county."""
    return [made.line(at_level(region, COUNTY)) for _ in range(n)]


make.SAMPLES |= {"city-cases": cases, "city-extensions": extensions, "city-lines": lines}
