"""Organisations, facilities and workers for the suite over every record."""

from __future__ import annotations

from tests import make
from tests.areas.providers import made

from songhe.areas.providers.models import Facility, Organisation, Worker


def organisations(n: int, region: int) -> list[Organisation]:
    """Organisations registered in a region."""
    return [made.organisation(region) for _ in range(n)]


def facilities(n: int, region: int) -> list[Facility]:
    """Sites of one organisation."""
    owner = made.organisation(region)
    return [made.facility(owner) for _ in range(n)]


def workers(n: int, region: int) -> list[Worker]:
    """Workers of one organisation."""
    owner = made.organisation(region)
    return [made.worker(owner) for _ in range(n)]


make.SAMPLES |= {"organisations": organisations, "facilities": facilities, "workers": workers}
