"""Whether a place is a community of the city or a village of the countryside, and whether that is known or assumed."""

from __future__ import annotations

from dataclasses import dataclass

from songhe.core.codes.region import committee_is_rural
from songhe.engines.regions.models import Region


@dataclass(frozen=True, slots=True)
class Setting:
    """``rural`` is None above villages without a class. ``assumed``: told by the committee's number, not by the bureau's class."""

    rural: bool | None
    assumed: bool = False


def setting_of(code: int, class_code: int | None) -> Setting:
    """By the statistical urban-rural class (111 to 220) where it is known, else by the number of the committee."""
    if class_code is not None:
        return Setting(class_code // 100 != 1)
    return Setting(committee_is_rural(code), assumed=True)


def settings_of(low: int, high: int, level: int) -> dict[int, Setting]:
    """The settings of every present region of a level in a range of codes."""
    rows = Region.objects.filter(code__gte=low, code__lt=high, level=level, until=None)
    return {code: setting_of(code, known) for code, known in rows.values_list("code", "setting")}
