"""The bounds of a visit's proof, read from the data files once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from django.conf import settings

from songhe.areas.providers.api import said
from songhe.areas.visits.rules import Limits, build_limits
from songhe.core.sources import Data, read
from songhe.core.visiting import Outcome, build_outcomes


@lru_cache(maxsize=1)
def limits() -> Limits:
    """This installation's bounds."""
    return build_limits(_data())


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


def _data() -> Data:
    file = settings.DATA / "nation/visits.yaml"
    return read(file.read_text(encoding="utf-8"), name=file.name).data
