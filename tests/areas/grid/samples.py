"""Rows of the grid for the suite over every record."""

from __future__ import annotations

from datetime import timedelta

from tests import make
from tests.areas.grid import made

from songhe.areas.grid.models import Post, Turn


def post(region: int, nth: int) -> Post:
    """A post that was closed."""
    return made.post(region, until=made.SINCE + timedelta(days=nth + 1), name=f"值班室{nth}")


def turns(n: int, region: int) -> list[Turn]:
    """Lines of one roster."""
    at = Post.everywhere.filter(region_id=region, until=None).first() or made.post(region)
    one = made.helper(region)
    return [made.turn(at, one) for _ in range(n)]


make.SAMPLES |= {
    "helpers": lambda n, region: [made.helper(region) for _ in range(n)],
    "helper-pairs": lambda n, region: [made.pair(made.helper(region), make.person(region)) for _ in range(n)],
    "grid-posts": lambda n, region: [post(region, nth) for nth in range(n)],
    "grid-turns": turns,
    "grid-reports": lambda n, region: [
        made.report(made.helper(region), make.person(region)) for _ in range(n)
    ],
}
