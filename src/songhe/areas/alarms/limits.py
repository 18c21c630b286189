"""How alarms are handled in this installation, read from the data files once; a city's own file goes first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings

from songhe.areas.alarms.rules.terms import Terms, build_terms
from songhe.areas.providers.api import said
from songhe.core.labels import Label
from songhe.core.sources import read

Options = list[tuple[str, str]]


@lru_cache(maxsize=1)
def terms() -> Terms:
    """What holds here."""
    own, nation = (
        settings.DATA / "cities" / settings.CITY / "alarms.yaml",
        settings.DATA / "nation/alarms.yaml",
    )
    path = own if own.is_file() else nation
    return build_terms(read(path.read_text(encoding="utf-8"), name=path.name).data)


def options(labels: Mapping[str, Label]) -> Options:
    """Codes with their words in the language of the page."""
    return [(code, said(one)) for code, one in labels.items()]


def reason_choices(move: str) -> Callable[[Any, Any], Options]:
    """The reasons for one ending."""
    return lambda _row, _user: options(terms().reasons[move])


def answer_choices(_row: Any = None, _user: Any = None) -> Options:
    """What may come of a call."""
    return [(code, said(one.label)) for code, one in terms().answers.items()]


def rung_choices(_row: Any = None, _user: Any = None) -> Options:
    """Whom to call."""
    return [(one.code, said(one.label)) for one in terms().verify]


def responder_choices(_row: Any = None, _user: Any = None) -> Options:
    """Kinds of responders."""
    return options(terms().responders)


def relay_choices(_row: Any = None, _user: Any = None) -> Options:
    """Emergency services."""
    return options(terms().relays)


def refusal_choices(_row: Any = None, _user: Any = None) -> Options:
    """Why somebody does not go."""
    return options(terms().refusals)


def verdict_choices(_row: Any = None, _user: Any = None) -> Options:
    """What a review may find."""
    return options(terms().verdicts)


def kind_choices(_row: Any = None, _user: Any = None) -> Options:
    """What an alarm may be about, entered by hand."""
    return [(code, said(one.label)) for code, one in terms().kinds.items() if code != "test"]


def reason_words(code: str) -> str:
    """A reason in the language of the page; codes are told apart by their ending."""
    return next((said(group[code]) for group in terms().reasons.values() if code in group), code)
