"""What this installation says about devices, read from the data files once; a city's own file comes after the nation's."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.utils.translation import get_language

from songhe.areas.devices.rules import Kind, Terms, build_terms
from songhe.core.labels import Label
from songhe.core.sources import read


@lru_cache(maxsize=1)
def terms() -> Terms:
    """This installation's terms."""
    files = (
        settings.DATA / "nation/devices.yaml",
        settings.DATA / "cities" / settings.CITY / "devices.yaml",
    )
    return build_terms(
        [read(file.read_text(encoding="utf-8"), name=file.name).data for file in files if file.is_file()]
    )


def say(label: Label) -> str:
    """A label of the data in the reader's language."""
    return label.in_language(get_language() or "zh")


def kind_of(code: str) -> Kind | None:
    """A kind of device; None where the data lost it."""
    return terms().kinds.get(code)


def kind_name(code: str) -> str:
    """A kind of device in words; its code where the data lost it."""
    found = kind_of(code)
    return say(found.label) if found else code


def signal_name(code: str) -> str:
    """What a device said, in words; the word itself where it is unknown."""
    found = terms().signals.get(code)
    return say(found.label) if found else code


@lru_cache(maxsize=1)
def desk_number() -> str:
    """The telephone number of the city's desk; the national one where the city's pack names none."""
    file = settings.DATA / "cities" / settings.CITY / "hotline.yaml"
    known = read(file.read_text(encoding="utf-8"), name=file.name).data if file.is_file() else {}
    return str(known.get("number") or "12349")
