"""Campaigns, checks and findings for the suite over every record."""

from __future__ import annotations

from tests import make
from tests.areas.inspections import made

from songhe.areas.inspections.models import Campaign, Finding, Inspection
from songhe.core.codes.region import COUNTY, at_level


def campaigns(n: int, region: int) -> list[Campaign]:
    """Campaigns of a county."""
    return [made.campaign(at_level(region, COUNTY)) for _ in range(n)]


def checks(n: int, region: int) -> list[Inspection]:
    """Checks to be carried out."""
    return [made.check(region=region) for _ in range(n)]


def findings(n: int, region: int) -> list[Finding]:
    """Findings, each of a check of its own."""
    return [made.finding(region) for _ in range(n)]


make.SAMPLES |= {"campaigns": campaigns, "findings": findings, "inspections": checks}
