"""A proposal beside what was found: which sites they share, and who is within reach by the one and not by the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songhe.core.siting.goals import Goal, Staged
from songhe.core.siting.judge import Chosen, judge
from songhe.core.siting.kinds import Counts
from songhe.core.siting.problem import Problem
from songhe.core.siting.result import Judged


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two choices for one goal. ``gained`` places are within reach by the second alone, ``given_up`` by the first alone."""

    first: Judged
    second: Judged
    both: tuple[str, ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    gained: NDArray[Any]
    given_up: NDArray[Any]
    gained_people: Counts
    given_up_people: Counts

    @property
    def better(self) -> float:
        """By how much the second one's value is above the first one's."""
        return self.second.value - self.first.value


def compare(problem: Problem, goal: Goal, first: Chosen, second: Chosen) -> Comparison:
    """Judge both and say where they differ; such as the planner's own proposal, and the plan found."""
    one, two = judge(problem, goal, first), judge(problem, goal, second)
    ground = problem.ground
    masks = [ground.base + ground.count(ground.chosen(each.chosen)) > 0 for each in (one, two)]
    gained, given_up = masks[1] & ~masks[0], masks[0] & ~masks[1]
    somebody = ground.people > 0
    return Comparison(
        one,
        two,
        both=tuple(code for code in two.chosen if code in set(one.chosen)),
        only_first=tuple(code for code in one.chosen if code not in set(two.chosen)),
        only_second=tuple(code for code in two.chosen if code not in set(one.chosen)),
        gained=np.flatnonzero(gained & somebody),
        given_up=np.flatnonzero(given_up & somebody),
        gained_people=ground.told(gained),
        given_up_people=ground.told(given_up),
    )


def gains(problem: Problem, goal: Goal, chosen: Chosen = ()) -> dict[str, Counts]:
    """Whom each site that can still be chosen would newly cover beside some others; for colouring candidates on a map."""
    ground = problem.ground
    codes = (
        {code for stage in chosen for code in stage}
        if isinstance(goal, Staged)
        else {str(one) for one in chosen}
    )
    sites = ground.chosen(codes)
    open_ = ground.base + ground.count(sites) == 0
    return {
        ground.codes[site]: ground.told((rows := ground.rows(site))[open_[rows]])
        for site in np.setdiff1d(ground.choices, sites)
    }
