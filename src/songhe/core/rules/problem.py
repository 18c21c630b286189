"""What is wrong with a policy file, placed where its author finds it."""

from __future__ import annotations

from dataclasses import dataclass

from songhe.core.sources import DataError


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend."""

    file: str
    line: int
    clause: str
    text: str

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{place}, clause {self.clause}: {self.text}" if self.clause else f"{place}: {self.text}"


class PolicyError(DataError):
    """A policy that cannot be used, with every problem found in it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
