"""What a household receives once: one member gets it, the others are told why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from songhe.core.rules.outcome import FactValue, Outcome, Tags


def once_per_household(
    outcomes: Mapping[str, Outcome],
    facts: Mapping[str, Mapping[str, FactValue]],
    *,
    holder: str = "",
) -> dict[str, Outcome]:
    """Leave the grant to one member of the household and set the others to 0.

    The present ``holder`` keeps it while entitled. Otherwise the payee's order decides, then the key. A member
    whose outcome is pending does not hold back one who is entitled.
    """
    entitled = [key for key, outcome in outcomes.items() if outcome.value]
    if not entitled:
        return dict(outcomes)
    order = outcomes[entitled[0]].rule.payee
    if order is None:
        raise ValueError("The rule does not say who of the household receives it.")
    names = order.order
    chosen = holder if holder in entitled else min(entitled, key=lambda key: (_rank(facts[key], names), key))
    return {
        key: replace(outcome, value=0, yielded_to=chosen) if key in entitled and key != chosen else outcome
        for key, outcome in outcomes.items()
    }


def _rank(facts: Mapping[str, FactValue], names: tuple[str, ...]) -> tuple[tuple[bool, str], ...]:
    """Values as comparable words; what is unknown comes last."""
    made = []
    for name in names:
        value = facts.get(name)
        if isinstance(value, date):
            made.append((False, value.isoformat()))
        elif isinstance(value, int):
            made.append((False, f"{value + 10**15:020d}"))
        else:
            made.append((value is None or isinstance(value, Tags), str(value)))
    return tuple(made)
