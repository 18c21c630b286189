"""Action plans: a plan has tasks, a task has targets, a target is measured by an indicator."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from songhe.core.measure.period import Period
from songhe.core.measure.target import Target


@dataclass(frozen=True, slots=True)
class PlanTarget:
    """One line of a plan. ``indicator`` is None where nothing in the system measures it yet.

    ``verified`` is False while the figure is a publication's own and was not confirmed.
    """

    code: str
    en: str
    zh: str
    target: Target
    indicator: str | None = None
    region: int = 0
    unit: str = "number"
    kind: str = "goal"
    verified: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """A main task 主要任务 and who answers for it."""

    code: str
    en: str
    zh: str
    targets: tuple[PlanTarget, ...]
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A published plan of one region, with its source in both languages and its time of force."""

    code: str
    en: str
    zh: str
    region: int
    tasks: tuple[Task, ...]
    source: Mapping[str, str]
    since: date | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        codes = [target.code for target in self.targets()]
        if twice := sorted({code for code in codes if codes.count(code) > 1}):
            raise ValueError(f"{self.code}: target codes twice: {', '.join(twice)}")

    def targets(self) -> Iterator[PlanTarget]:
        """Every target of every task."""
        for task in self.tasks:
            yield from task.targets

    @classmethod
    def build(cls, data: Mapping[str, Any]) -> "Plan":
        """Make a plan from a data file. Raises ValueError, KeyError or TypeError on bad data."""
        body = dict(data)
        region = int(body["region"])
        body["tasks"] = tuple(_task(task, region) for task in body["tasks"])
        return cls(**body | {"region": region})


def due_day(text: str | date | None) -> date | None:
    """Last day of ``2021``, ``2021-12`` or ``2021-Q4``; a full date as it is."""
    if text is None or isinstance(text, date):
        return text
    if len(text) == 10:
        return date.fromisoformat(text)
    return date.fromordinal(Period.parse(text).end.toordinal() - 1)


def _task(data: Mapping[str, Any], region: int) -> Task:
    body = dict(data)
    body["targets"] = tuple(_target(item, region) for item in body.get("targets", ()))
    return Task(**body)


def _target(data: Mapping[str, Any], region: int) -> PlanTarget:
    body = dict(data)
    want = dict(body.pop("target"))
    for key in ("since", "due"):
        want[key] = due_day(str(want[key])) if want.get(key) is not None else None
    return PlanTarget(target=Target.build(want), **{"region": region} | body)
