"""Compounds, phases, idle rooms, proposals and projects for the suite over every record."""

from __future__ import annotations

from tests import make
from tests.areas.premises import made

from songhe.areas.premises.models import Compound, Idle, Phase, Proposal, Upgrade


def compounds(n: int, region: int) -> list[Compound]:
    """Compounds of a region."""
    return [made.compound(region) for _ in range(n)]


def phases(n: int, region: int) -> list[Phase]:
    """Phases, each of a compound of its own."""
    return [made.phase(made.compound(region)) for _ in range(n)]


def idle(n: int, region: int) -> list[Idle]:
    """Free rooms."""
    return [made.idle(region) for _ in range(n)]


def proposals(n: int, region: int) -> list[Proposal]:
    """Open proposals."""
    return [made.proposal(made.idle(region)) for _ in range(n)]


def upgrades(n: int, region: int) -> list[Upgrade]:
    """Drafts of projects."""
    return [made.upgrade(region) for _ in range(n)]


make.SAMPLES |= {
    "compounds": compounds,
    "idle-rooms": idle,
    "premises": phases,
    "reuse-proposals": proposals,
    "upgrade-projects": upgrades,
}
