"""A city to try Songhe on: made-up people in real villages, with a living history. Nothing here is about anyone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

Progress = Callable[[int, int, str], None]


def build(
    *,
    people: int = 20_000,
    seed: int = 1,
    city: str = "371000",
    progress: Progress,
    streets: Path | None = None,
) -> bool:
    """Fill an empty, migrated database; False where a demo city is there already. `progress`: (done, total, what).

    ``streets``: the folder of networks on one of which, brought in from a file, everybody lives.
    """
    from songhe.site.demo.steps import fill

    return fill(people=people, seed=seed, city=city, progress=progress, streets=streets)
