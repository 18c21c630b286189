"""The cockpit's words: names in both languages, units, lights, and how values and targets are said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.cockpit.rules import amount, per_cent, said
from songhe.core.measure import Figure, Indicator, Light
from songhe.engines.indicators.api import Judged
from songhe.kit.words import is_chinese

LIGHT_WORDS = {
    Light.GREEN: _("Reached"),
    Light.AMBER: _("Nearly there"),
    Light.RED: _("Far off"),
    Light.UNKNOWN: _("Not measured"),
}
OPS = {
    "min": _("at least {value}"),
    "max": _("at most {value}"),
    "eq": _("{value}"),
    "between": _("{value} to {upper}"),
}
KINDS = {
    "goal": _("Goal"),
    "stock": _("Stock"),
    "standard": _("Standard"),
    "rule": _("Rule"),
    "money": _("Money"),
}
UNITS = {
    "minute": _("hours"),
    "walk": _("minutes"),
    "fen": _("yuan"),
    "bed": _("beds"),
    "person": _("persons"),
    "visit": _("visits"),
    "call": _("calls"),
    "facility": _("facilities"),
}


def name_of(thing: Any) -> str:
    """The name of an indicator, plan, task or target in the language of the page."""
    return str(thing.zh if is_chinese() else thing.en)


def words_of(part: Mapping[str, str] | None) -> str:
    """What a numerator or denominator counts, in the language of the page."""
    return "" if part is None else part["zh" if is_chinese() else "en"]


def made_of(definition: Indicator, figure: Figure) -> str:
    """What a share or a mean is made of; nothing for a plain count or an unknown."""
    if definition.denominator is None or figure.numerator is None or figure.denominator is None:
        return ""
    return gettext("{part} of {base}").format(
        part=amount(figure.numerator, definition.unit),
        base=amount(figure.denominator, base_unit(definition)),
    )


def unit_word(definition: Indicator) -> str:
    """The word after a number: persons, beds, hours; nothing for a plain count."""
    return "" if definition.show == "share" else str(UNITS.get(definition.unit, ""))


def base_unit(definition: Indicator) -> str:
    return definition.unit if definition.show == "share" else "number"


def valued(judged: Judged, value: int | None) -> str:
    """A value of a target: a share where the indicator or the unit of the figure is one, else an amount."""
    if judged.indicator is not None:
        return said(judged.indicator, value)
    if judged.target.unit == "share":
        return per_cent(value)
    return amount(value, judged.target.unit)


def wanted(judged: Judged) -> str:
    target = judged.target.target
    unit = str(UNITS.get(judged.target.unit, ""))
    share = judged.target.unit == "share"
    text = str(OPS[target.op]).format(value=valued(judged, target.value), upper=valued(judged, target.upper))
    return text if share else f"{text} {unit}".strip()


def stands(judged: Judged) -> tuple[str, str, str]:
    """What a target wants, what there is, and how it stands."""
    return wanted(judged), valued(judged, judged.standing.value), str(LIGHT_WORDS[judged.standing.light])
