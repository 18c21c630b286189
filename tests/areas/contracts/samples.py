"""Contracts for the suite over every record."""

from __future__ import annotations

from tests import make
from tests.areas.contracts import made
from tests.areas.providers import made as providers

from songhe.areas.contracts.models import Contract


def contracts(n: int, region: int) -> list[Contract]:
    """Drafts, each of another organisation."""
    return [made.draft(providers.organisation(region), region=region) for _ in range(n)]


make.SAMPLES |= {"contracts": contracts}
