"""Benefits of money by name."""

from __future__ import annotations

from collections.abc import Mapping

from songhe.areas.entitlement.api import Grant
from songhe.areas.payments.models import BudgetLine, Due
from songhe.kit.words import is_chinese


def benefit_names() -> Mapping[str, str]:
    """The names of benefits that were ever due, or that a budget line pays, in the language of the page."""
    codes = set(Due.everywhere.values_list("benefit", flat=True).order_by("benefit").distinct())
    for some in BudgetLine.everywhere.values_list("benefits", flat=True):
        codes |= set(some)
    name = "name_zh" if is_chinese() else "name_en"
    rows = Grant.everywhere.filter(benefit__in=codes).order_by("benefit").distinct("benefit")
    return {code: code for code in sorted(codes)} | dict(rows.values_list("benefit", name))


def benefit_choices() -> list[tuple[str, str]]:
    """The same for a form."""
    return list(benefit_names().items())
