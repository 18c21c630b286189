"""Pure decisions of entitlements: months, amounts as typed, masked names, the states of a grant over its months."""

from songhe.areas.entitlement.rules.amounts import amount_from, typed
from songhe.areas.entitlement.rules.masks import shown_name
from songhe.areas.entitlement.rules.months import decision_day, is_rural
from songhe.areas.entitlement.rules.spans import Months, Stretch, arrears, reinstated, state_in, with_state

__all__ = [
    "Months",
    "Stretch",
    "amount_from",
    "arrears",
    "decision_day",
    "is_rural",
    "reinstated",
    "shown_name",
    "state_in",
    "typed",
    "with_state",
]
