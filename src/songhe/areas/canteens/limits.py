"""How canteens are run in this installation, read from the data files once; a city's own file goes first."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils import timezone

from songhe.areas.canteens.rules.terms import MealTime, Terms, build_terms
from songhe.areas.providers.api import said
from songhe.core.refusal import Refused
from songhe.core.sources import read
from songhe.engines.cases.api import calendar


@lru_cache(maxsize=1)
def terms() -> Terms:
    """What holds here."""
    own, nation = (
        settings.DATA / "cities" / settings.CITY / "canteens.yaml",
        settings.DATA / "nation/canteens.yaml",
    )
    path = own if own.is_file() else nation
    return build_terms(read(path.read_text(encoding="utf-8"), name=path.name).data)


def meal(code: str) -> MealTime:
    """One meal of the day; refused where there is none of this name."""
    found = terms().meals.get(code)
    if found is None:
        raise Refused(
            "no_such_meal", "There is no such meal of the day. Choose one from the list.", field="meal"
        )
    return found


def meal_name(code: str) -> str:
    """A meal in the language of the page."""
    found = terms().meals.get(code)
    return said(found.label) if found else code


def meal_choices(_row: Any = None, _user: Any = None) -> list[tuple[str, str]]:
    """The meals of the day to choose from."""
    return [(code, said(one.label)) for code, one in terms().meals.items()]


def allergen_choices(_row: Any = None, _user: Any = None) -> list[tuple[str, str]]:
    """Allergens to choose from."""
    return [(code, said(one)) for code, one in terms().allergens.items()]


def hygiene_choices(_row: Any = None, _user: Any = None) -> list[tuple[str, str]]:
    """The lines of the kitchen's checklist."""
    return [(code, said(one)) for code, one in terms().hygiene.items()]


def count_due(code: str, on: date) -> datetime:
    """Until when the head count of a meal is confirmed."""
    return meal(code).due(on, timezone.get_current_timezone())


def over_at(code: str, on: date) -> datetime:
    """When a meal is over."""
    return meal(code).over(on, timezone.get_current_timezone())


def works(on: date) -> bool:
    """Whether a day is a working day of the nation's calendar."""
    return calendar().works(on)
