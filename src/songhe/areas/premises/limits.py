"""What this installation says about premises, read from the data files once; a city's own file comes after the nation's."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.utils.translation import get_language

from songhe.areas.premises.rules import Kind, Terms, build_terms
from songhe.core.labels import Label
from songhe.core.sources import read


@lru_cache(maxsize=1)
def terms() -> Terms:
    """This installation's terms."""
    files = (
        settings.DATA / "nation/premises.yaml",
        settings.DATA / "cities" / settings.CITY / "premises.yaml",
    )
    return build_terms(
        [read(file.read_text(encoding="utf-8"), name=file.name).data for file in files if file.is_file()]
    )


def say(label: Label) -> str:
    """A label of the data in the reader's language."""
    return label.in_language(get_language() or "zh")


def step_name(code: str) -> str:
    """One of the four steps in words."""
    return say(terms().step(code).label)


def kind_name(code: str, kinds: tuple[Kind, ...]) -> str:
    """A kind of project, or a milestone, in words; the code where the data lost it."""
    found = next((kind for kind in kinds if kind.code == code), None)
    return say(found.label) if found else code
