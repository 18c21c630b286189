"""Kinds of tasks: tasks that ask the same of workers share a row of prices, one for each worker."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songhe.core.roster.judge import rank
from songhe.core.roster.kernel import layout as at
from songhe.core.roster.params import Weights
from songhe.core.roster.problem import Pin, Problem, Task, Visit
from songhe.core.sources import DataError

Ints = NDArray[Any]
MOST = (1 << 31) - 1
"""The highest price of a row of 32 bits."""


@dataclass(frozen=True)
class Kinds:
    """The kind of each task, and of each kind the prices of workers (-1: may not) and its days, distance and price."""

    of_task: list[int]
    fit: Ints
    facts: Ints


class Fitting:
    """Works out who may do what, with one look at all workers for each question that is asked."""

    def __init__(self, problem: Problem, weights: Weights) -> None:
        self.problem, self.weights, self.unit = problem, weights, problem.per_minute
        wishes = (weights.continuity + weights.preference + weights.changed) * self.unit
        if wishes > MOST:
            raise DataError(
                f"weights: continuity, preference and changed come to {wishes:,} for a task, at most {MOST:,}."
            )
        self.place = {worker.code: number for number, worker in enumerate(problem.workers)}
        self.grades = np.array([worker.grade for worker in problem.workers], np.int64)
        self.answers: dict[Hashable, NDArray[np.bool_]] = {}

    def kinds(self, tasks: list[tuple[Visit, int]], pins: Mapping[tuple[str, int], Pin]) -> Kinds:
        """Find the kinds of all tasks."""
        numbers: dict[Hashable, int] = {}
        rows: list[Ints] = []
        facts: list[list[int]] = []
        of_task: list[int] = []
        for visit, part in tasks:
            pin, told = pins.get((visit.code, part)), self.problem.promised.get((visit.code, part))
            key = self._key(visit, visit.tasks[part], pin, told)
            if key not in numbers:
                numbers[key] = len(rows)
                rows.append(self.row(visit, visit.tasks[part], pin, told))
                facts.append(self._facts(visit, pin))
            of_task.append(numbers[key])
        return Kinds(
            of_task,
            np.array(rows, np.int32).reshape(len(rows), len(self.place)),
            np.array(facts, np.int64).reshape(len(rows), 4),
        )

    def row(self, visit: Visit, task: Task, pin: Pin | None, told: str | None) -> Ints:
        """What it costs that each worker does a task, -1 where it may not be."""
        prices = self.wishes(visit, told)
        if pin is not None and pin.worker is not None:
            good = self._among(frozenset({pin.worker}))
            return np.where(good if pin.begun else good & self._able(visit, task), prices, -1)
        return np.where(self._able(visit, task), prices, -1)

    def wishes(self, visit: Visit, told: str | None) -> Ints:
        """What it costs that each worker does it, were nobody forbidden."""
        weights, prices = self.weights, np.zeros(len(self.place), np.int64)
        if visit.known:
            prices += weights.continuity * ~self._among(visit.known)
        if visit.preferred:
            prices += weights.preference * ~self._among(visit.preferred)
        if told is not None:
            prices += weights.changed * ~self._among(frozenset({told}))
        return prices * self.unit

    def _able(self, visit: Visit, task: Task) -> NDArray[np.bool_]:
        good = self.grades >= task.grade
        for skill in task.skills:
            good = good & self._answer(("skill", skill), lambda worker, skill=skill: skill in worker.skills)
        if visit.gender:
            good = good & self._answer(("gender", visit.gender), lambda worker: worker.gender == visit.gender)
        if visit.language:
            good = good & self._answer(
                ("language", visit.language), lambda worker: visit.language in worker.languages
            )
        return good & ~self._among(visit.forbidden) if visit.forbidden else good

    def _answer(self, key: Hashable, asked: Any) -> NDArray[np.bool_]:
        if key not in self.answers:
            self.answers[key] = np.array([asked(worker) for worker in self.problem.workers], bool)
        return self.answers[key]

    def _among(self, codes: frozenset[str]) -> NDArray[np.bool_]:
        good = np.zeros(len(self.place), bool)
        for code in codes:
            if code in self.place:
                good[self.place[code]] = True
        return good

    def _facts(self, visit: Visit, pin: Pin | None) -> list[int]:
        days = visit.days if pin is None or pin.day is None else {pin.day}
        facts = [0] * 4
        facts[at.DAYS] = sum(1 << day for day in days)
        facts[at.APART] = visit.apart if visit.series else 0
        facts[at.PRICE] = self.weights.unserved[rank(visit.priority, self.weights)] * self.unit
        return facts

    def _key(self, visit: Visit, task: Task, pin: Pin | None, told: str | None) -> Hashable:
        fixed = None if pin is None else (pin.worker, pin.day, pin.begun)
        return (
            task.skills, task.grade, visit.gender, visit.language, visit.preferred, visit.forbidden, visit.known,
            visit.priority, visit.days, visit.apart if visit.series else 0, fixed, told,
        )  # fmt: skip
