"""What is ticked at a visit: lists of tasks by service, in the data's own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from songhe.core.labels import Label
from songhe.core.sources import Data, DataError, label, part, rows, text


@dataclass(frozen=True, slots=True)
class Task:
    """One step of a service."""

    code: str
    label: Label


def build_tasks(data: Data) -> Mapping[str, tuple[Task, ...]]:
    """Tasks by service; DataError names what is wrong and where."""
    items = part(data, "items", "tasks")
    return {str(item): _list(items, str(item)) for item in items}


def _list(items: Data, item: str) -> tuple[Task, ...]:
    where = f"tasks of {item}"
    found = tuple(
        Task(text(row, "code", where), label(row, f"{where}, {row.get('code')}"))
        for row in rows(items, item, where)
    )
    codes = [task.code for task in found]
    if len(set(codes)) != len(codes) or not all(len(code) <= 12 for code in codes):
        raise DataError(f"{where}: a task is given twice, or its code is longer than 12 signs.")
    return found
