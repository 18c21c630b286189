"""Scenarios and searches for the suite over every record."""

from __future__ import annotations

from tests import make
from tests.areas.circle import made

from songhe.areas.circle.models import Scenario, Siting


def scenarios(n: int, region: int) -> list[Scenario]:
    """Scenarios of a region."""
    return [made.scenario(region) for _ in range(n)]


def sitings(n: int, region: int) -> list[Siting]:
    """Questions of a region."""
    return [made.siting(region) for _ in range(n)]


make.SAMPLES |= {"scenarios": scenarios, "sitings": sitings}
