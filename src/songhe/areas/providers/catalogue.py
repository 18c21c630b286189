"""The catalogue of this installation, read from the data files once."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.utils.translation import get_language

from songhe.areas.providers.rules import Catalogue, Item, build_catalogue
from songhe.core.labels import Label
from songhe.core.sources import read


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """Items, skills and this city's prices. A city without a price list has items without prices."""
    nation = settings.DATA / "nation/catalogue.yaml"
    city = settings.DATA / "cities" / settings.CITY / "catalogue.yaml"
    prices = read(city.read_text(encoding="utf-8"), name=city.name).data if city.exists() else None
    return build_catalogue(read(nation.read_text(encoding="utf-8"), name=nation.name).data, prices)


def said(label: Label) -> str:
    """A label of the data in the language of the page."""
    return label.in_language(get_language() or "zh")


def item_name(code: str) -> str:
    """A service's name; its code where the catalogue no longer holds it."""
    found = catalogue().items.get(code)
    return said(found.label) if found else code


def skill_name(code: str) -> str:
    """A skill's name; its code where the catalogue no longer holds it."""
    found = catalogue().skills.get(code)
    return said(found) if found else code


def skill_choices() -> list[tuple[str, str]]:
    """Skills for a form."""
    return [(code, said(label)) for code, label in catalogue().skills.items()]


def item_choices() -> list[tuple[str, str]]:
    """Services for a form, in the order of the catalogue."""
    return [(item.code, said(item.label)) for item in catalogue().items.values()]


def grouped_items() -> list[tuple[str, list[Item]]]:
    """Categories by name, each with its services."""
    known = catalogue()
    return [
        (said(label), [item for item in known.items.values() if item.category == code])
        for code, label in known.categories.items()
    ]
