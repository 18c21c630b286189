"""What this installation says about its circle, read from the data files once; a city's own file goes first."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from songhe.areas.circle.rules import Terms, build_terms
from songhe.areas.registry.api import terms as tags
from songhe.core.labels import Label
from songhe.core.reach import BANDS, WHEELCHAIR, Profile
from songhe.core.sources import read
from songhe.kit.words import is_chinese


@lru_cache(maxsize=1)
def book() -> Terms:
    """Groups, speeds and the licence."""
    for file in (
        settings.DATA / "cities" / settings.CITY / "circle_map.yaml",
        settings.DATA / "nation/circle_map.yaml",
    ):
        if file.is_file():
            return build_terms(read(file.read_text(encoding="utf-8"), name=file.name).data, frozenset(tags()))
    raise FileNotFoundError("data/nation/circle_map.yaml")


def walker() -> Profile:
    """How old people walk here."""
    return Profile("elder", "foot", book().walker)


def goer(*, wheels: bool) -> Profile:
    """Whoever asks for a way: in a wheelchair, or on foot."""
    return WHEELCHAIR if wheels else walker()


def bands(minutes: frozenset[int]) -> tuple[int, ...]:
    """The times that are looked at, in seconds: the usual ones, and those of the city's circle."""
    return tuple(sorted({*BANDS, *(60 * one for one in minutes)}))


def say(label: Label) -> str:
    """A label of a data file in the reader's language."""
    return label.zh if is_chinese() else label.en
