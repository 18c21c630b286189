"""What a helper has to do today, told by the areas above that plan it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from songhe.areas.grid.models import Helper


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: whom it is about, in words, until when, and where it is done."""

    person_id: UUID | None
    title: str
    note: str = ""
    url: str = ""
    tone: str = ""


Feeder = Callable[[Helper, datetime], Iterable[Task]]
FEEDERS: list[Feeder] = []


def helps_today(feeder: Feeder) -> Feeder:
    """Let an area tell helpers what they have to do: ``feeder(helper, at)``, the most urgent first."""
    FEEDERS.append(feeder)
    return feeder


def tasks_of(helper: Helper, at: datetime) -> list[Task]:
    """Everything that a helper has to do now, what cannot wait first."""
    found = [one for feeder in FEEDERS for one in feeder(helper, at)]
    return sorted(found, key=lambda one: one.tone != "danger")
