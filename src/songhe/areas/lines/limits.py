"""What this installation says about its desk, read from the data files once; a city's own file goes first."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.utils.translation import get_language

from songhe.areas.lines.rules import Terms, build_terms
from songhe.core.labels import Label
from songhe.core.sources import read


@lru_cache(maxsize=1)
def terms() -> Terms:
    """This installation's terms."""
    own = settings.DATA / "cities" / settings.CITY / "lines.yaml"
    file = own if own.is_file() else settings.DATA / "nation/lines.yaml"
    return build_terms(read(file.read_text(encoding="utf-8"), name=file.name).data)


def say(label: Label | None) -> str:
    """A label of the data in the reader's language; empty where there is none."""
    return label.in_language(get_language() or "zh") if label else ""
