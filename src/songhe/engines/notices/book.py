"""The templates of this installation, read from the data files once; a city's own words go over the nation's."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.utils.translation import get_language

from songhe.core.notices import Book, Template, build_book, overridden
from songhe.core.sources import Data, read


@lru_cache(maxsize=1)
def book() -> Book:
    """What is sent here, and how."""
    nation = _data("nation")
    own = settings.DATA / "cities" / settings.CITY / "notices.yaml"
    return build_book(overridden(nation, _data(f"cities/{settings.CITY}")) if own.is_file() else nation)


def template(code: str) -> Template:
    """A template; a LookupError names one that is not there, which is a defect of the caller."""
    try:
        return book().templates[code]
    except KeyError:
        raise LookupError(f"notices.yaml has no template {code}") from None


def name_of(code: str) -> str:
    """What a message is called, in the language of the page; its code where the data no longer hold it."""
    found = book().templates.get(code)
    return found.named(get_language() or "zh") if found else code


def _data(folder: str) -> Data:
    file = settings.DATA / folder / "notices.yaml"
    return read(file.read_text(encoding="utf-8"), name=file.name).data
