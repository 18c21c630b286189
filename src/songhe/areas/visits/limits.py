"""The bounds of a visit's proof and the lists of what is done there, read from the data files once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from django.conf import settings

from songhe.areas.providers.api import said
from songhe.areas.visits.models import Disposition
from songhe.areas.visits.rules import Limits, build_limits
from songhe.core.ordering import Terms, build_terms
from songhe.core.sources import Data, read
from songhe.core.visiting import Measure, Outcome, Task, build_measures, build_outcomes, build_tasks


@lru_cache(maxsize=1)
def limits() -> Limits:
    """This installation's bounds."""
    return build_limits(_data())


def grace_minutes() -> int:
    """Minutes after the promised time within which an arrival is on time."""
    return limits().late_minutes


def overtime_minutes() -> int:
    """Minutes by which a visit may go beyond its worker's hours."""
    return limits().overtime_minutes


@lru_cache(maxsize=1)
def outcomes() -> Mapping[str, Outcome]:
    """How a visit may end at the door, by code."""
    return build_outcomes(_data())


def outcome_name(code: str) -> str:
    """An outcome in the language of the page; its code where the data no longer hold it."""
    found = outcomes().get(code)
    return said(found.label) if found else code


def outcome_choices() -> list[tuple[str, str]]:
    """Outcomes for a form."""
    return [(code, said(found.label)) for code, found in outcomes().items()]


@lru_cache(maxsize=1)
def tasks() -> Mapping[str, tuple[Task, ...]]:
    """What is ticked, by service."""
    return build_tasks(_data("tasks"))


def task_choices(item: str) -> list[tuple[str, str]]:
    """The tasks of a service for a form."""
    return [(task.code, said(task.label)) for task in tasks().get(item, ())]


@lru_cache(maxsize=1)
def measures() -> Mapping[str, Measure]:
    """What can be measured, by code."""
    return build_measures(_data("vitals"))


@lru_cache(maxsize=1)
def terms() -> Terms:
    """How orders find somebody here; a city's own file goes first."""
    own = settings.DATA / "cities" / settings.CITY / "orders.yaml"
    if own.is_file():
        return build_terms(read(own.read_text(encoding="utf-8"), name=own.name).data)
    return build_terms(_data("orders"))


def ending_name(code: str) -> str:
    """How an order ended, in the language of the page; its code where the data no longer hold it."""
    found = terms().endings.get(code)
    return said(found.label) if found else str(Disposition.COMPLETED.label) if code == "completed" else code


def ending_choices(*, failed: bool) -> list[tuple[str, str]]:
    """Endings for a form: of orders that should have been served, or of those that need not be."""
    return [(code, said(one.label)) for code, one in terms().endings.items() if one.failed == failed]


def refusal_name(code: str) -> str:
    """Why an organisation turned an order down, in the language of the page."""
    found = terms().refusals.get(code)
    return said(found.label) if found else code


def refusal_choices() -> list[tuple[str, str]]:
    """Why an organisation may turn an order down, for a form."""
    return [(code, said(one.label)) for code, one in terms().refusals.items()]


def _data(name: str = "visits") -> Data:
    file = settings.DATA / f"nation/{name}.yaml"
    return read(file.read_text(encoding="utf-8"), name=file.name).data
