"""Inspections on screen."""

from songhe.areas.inspections import figures
from songhe.areas.inspections.screens.campaigns import campaigns
from songhe.areas.inspections.screens.checks import checks
from songhe.areas.inspections.screens.findings import findings
from songhe.areas.inspections.screens.home import panels

__all__ = ["campaigns", "checks", "figures", "findings", "panels"]
