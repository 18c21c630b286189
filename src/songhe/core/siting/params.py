"""How long to look, and how near to the best is near enough."""

from __future__ import annotations

from dataclasses import dataclass

from songhe.core.sources import DataError


@dataclass(frozen=True, slots=True)
class Stop:
    """Stop after so many seconds, or after so many rounds, which gives the same sites each time; or when the best is proved.

    ``gap``: a proof to within this part of the value is enough. ``exact=False`` is content with the quick search and its
    bound, and never asks the solver to prove the best.
    """

    seconds: float | None = 30.0
    rounds: int | None = None
    gap: float = 0.0
    exact: bool = True

    def __post_init__(self) -> None:
        if self.seconds is None and self.rounds is None:
            raise DataError("stop: give seconds or rounds.")
        if (self.seconds or 0) < 0 or (self.rounds or 0) < 0 or not 0 <= self.gap < 1:
            raise DataError("stop: seconds and rounds are not negative, and a gap lies between 0 and 1.")
