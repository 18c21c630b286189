"""Covering over years: what is built stays. Forwards year by year, and backwards from the last year; then HiGHS."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate, pairwise

import numpy as np
import scipy

from songhe.core.siting.asked import possible, somebody
from songhe.core.siting.cover import Task, bounded, covered, covering_model, searched, task_of
from songhe.core.siting.found import Effort, Found, near_enough, rounded
from songhe.core.siting.goals import Staged
from songhe.core.siting.ground import Ground
from songhe.core.siting.kinds import Array
from songhe.core.siting.model import Model

Plan = list[Array]
"""The sites (numbers among the candidates) that stand at the end of each stage."""


def staged(ground: Ground, goal: Staged, effort: Effort) -> Found:
    """Sites for each stage, with a bound."""
    limits = reached_limits(ground, goal)
    somebody(ground)
    tasks = [task_of(ground, sites, budget) for sites, budget in limits]
    part = _part(effort, len(tasks))
    last, rounds = searched(tasks[-1], part)
    plan, made = _forwards(tasks, part)
    backwards = _backwards(tasks, last)
    whole_plan = not np.setdiff1d(np.flatnonzero(tasks[-1].must), plan[-1]).size
    if not whole_plan or _worth(tasks, goal, backwards) > _worth(tasks, goal, plan):
        plan = backwards
    value, bound = _worth(tasks, goal, plan), _bound(tasks, goal, part)
    whole = ground.whole and all(stage.weight == int(stage.weight) for stage in goal.stages)
    if effort.stop.exact and not near_enough(value, bound, gap=effort.stop.gap, whole=whole, above=True):
        answer = staged_model(tasks, goal).solve(
            seconds=effort.left(), nodes=effort.nodes(), gap=effort.stop.gap, start=_start(tasks, plan)
        )
        bound = min(bound, rounded(-answer.bound, whole=whole, above=True))
        if answer.x is not None:
            other = _plan_of(tasks, answer.x)
            plan = other if _worth(tasks, goal, other) > value else plan
    value = _worth(tasks, goal, plan)
    bound, base = max(bound, value), tasks[0].base * sum(stage.weight for stage in goal.stages)
    exact = near_enough(value, bound, gap=0.0, whole=whole, above=True)
    new = [plan[0], *(np.setdiff1d(now, before) for before, now in pairwise(plan))]
    sites = tasks[0].cells.sites
    return Found(
        sites[plan[-1]], base + bound, "exact" if exact else "lagrange", rounds + made,
        stages=tuple(sites[one] for one in new),
    )  # fmt: skip


def reached_limits(ground: Ground, goal: Staged) -> list[tuple[int | None, int | None]]:
    """What there may be in all at the end of each stage; what must be built has to fit into the last one."""
    numbers = list(accumulate(stage.sites or 0 for stage in goal.stages))
    money = list(accumulate(stage.budget or 0 for stage in goal.stages))
    counted, paid = goal.stages[0].sites is not None, goal.stages[0].budget is not None
    found = [(a if counted else None, b if paid else None) for a, b in zip(numbers, money, strict=True)]
    possible(ground, *found[-1])
    return found


def _part(effort: Effort, parts: int) -> Effort:
    """A share of the time for each stage's search."""
    if effort.stop.rounds is not None or effort.stop.seconds is None:
        return effort
    return Effort(
        replace(effort.stop, seconds=effort.stop.seconds / (parts + 1)),
        effort.loops,
        effort.seed,
        effort.clock,
    )


def _worth(tasks: list[Task], goal: Staged, plan: Plan) -> float:
    return sum(
        stage.weight * float(task.weight[covered(task, picked)].sum())
        for task, stage, picked in zip(tasks, goal.stages, plan, strict=True)
    )


def _bound(tasks: list[Task], goal: Staged, effort: Effort) -> float:
    """Each stage by itself could not cover more."""
    found = []
    for at, task in enumerate(tasks):
        free = task if at == len(tasks) - 1 else replace(task, must=np.zeros(len(task.must), bool))
        found.append(goal.stages[at].weight * bounded(free, np.zeros(0, np.int64), effort)[0].value)
    return sum(found)


def _forwards(tasks: list[Task], effort: Effort) -> tuple[Plan, int]:
    """The best of each stage beside what stands already. What must be built is built as soon as it can be paid."""
    plan: Plan = []
    stands, made = np.zeros(len(tasks[0].must), bool), 0
    for task in tasks:
        stands = _with_musts(task, stands)
        picked, rounds = searched(replace(task, must=stands.copy()), effort)
        stands[picked] = True
        plan.append(np.flatnonzero(stands))
        made += rounds
    return plan, made


def _with_musts(task: Task, stands: Array) -> Array:
    found = stands.copy()
    for site in np.flatnonzero(task.must & ~stands):
        found[site] = _fits(task, found | (np.arange(len(found)) == site))
    return found


def _fits(task: Task, stands: Array) -> bool:
    return (task.sites is None or stands.sum() <= task.sites) and (
        task.budget is None or task.cost[stands].sum() <= task.budget
    )


def _backwards(tasks: list[Task], last: Array) -> Plan:
    """The sites of the last stage, each stage taking those of them that bring most."""
    plan: Plan = []
    stands, count = np.zeros(len(tasks[0].must), bool), np.zeros(tasks[0].cells.size)
    for task in tasks:
        left = [site for site in last if not stands[site]]
        while left:
            gains = [
                float(task.weight[(count == 0) & (task.cells.by_site[site].toarray().ravel() > 0)].sum())
                for site in left
            ]
            order = sorted(range(len(left)), key=lambda at: (-gains[at], left[at]))
            here = np.arange(len(stands))
            at = next((one for one in order if _fits(task, stands | (here == left[one]))), None)
            if at is None:
                break
            site = left.pop(at)
            stands[site] = True
            count += task.cells.by_site[site].toarray().ravel()
        plan.append(np.flatnonzero(stands))
    return plan


def staged_model(tasks: list[Task], goal: Staged) -> Model:
    """The covering programme of each stage side by side, with what stands staying."""
    many, size, parts = len(tasks[0].must), tasks[0].cells.size, len(tasks)
    models = [
        covering_model(task, (task.must if at == parts - 1 else np.zeros(many)).astype(float), np.ones(many))
        for at, task in enumerate(tasks)
    ]
    width = many + size
    stay = scipy.sparse.lil_matrix((many * (parts - 1), width * parts))
    for at in range(parts - 1):
        for site in range(many):
            stay[at * many + site, at * width + site] = 1.0
            stay[at * many + site, (at + 1) * width + site] = -1.0
    rows = scipy.sparse.vstack(
        [scipy.sparse.block_diag([one.rows for one in models]), scipy.sparse.csr_matrix(stay)]
    )
    total = [stage.weight * model.cost for stage, model in zip(goal.stages, models, strict=True)]
    return Model(
        cost=np.concatenate(total),
        rows=scipy.sparse.csr_matrix(rows),
        below=np.concatenate([*(one.below for one in models), np.full(many * (parts - 1), -np.inf)]),
        above=np.concatenate([*(one.above for one in models), np.zeros(many * (parts - 1))]),
        upper=np.concatenate([one.upper for one in models]),
        whole=np.concatenate([one.whole for one in models]),
        lower=np.concatenate([np.asarray(one.lower) for one in models]),
    )


def _start(tasks: list[Task], plan: Plan) -> Array:
    parts = []
    for task, picked in zip(tasks, plan, strict=True):
        parts += [np.isin(np.arange(len(task.must)), picked), ~covered(task, picked)]
    return np.concatenate(parts).astype(float)


def _plan_of(tasks: list[Task], x: Array) -> Plan:
    many, size = len(tasks[0].must), tasks[0].cells.size
    return [np.flatnonzero(x[at * (many + size) :][:many] > 0.5) for at in range(len(tasks))]
