"""Who besides the vouchers pays for what people are given: areas above tell it, since this area must not ask them.

``@pays`` on a function (persons, month, scope) → what was or will be paid for services of that month, by person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from datetime import date
from uuid import UUID

from songhe.areas.entitlement.rules.vouchers import Paid
from songhe.engines.access.api import Scope

Payer = Callable[[Collection[UUID], date, Scope], Mapping[UUID, list[Paid]]]
PAYERS: list[Payer] = []


def pays(payer: Payer) -> Payer:
    """Let an area tell what it pays for."""
    PAYERS.append(payer)
    return payer


def paid_for(persons: Collection[UUID], month: date, scope: Scope) -> dict[UUID, list[Paid]]:
    """What all of them pay for services of a month, by person."""
    found: dict[UUID, list[Paid]] = defaultdict(list)
    for payer in PAYERS:
        for person, lines in payer(persons, month, scope).items():
            found[person] += lines
    return found
