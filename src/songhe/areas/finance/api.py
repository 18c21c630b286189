"""The door of finance: the names other areas use."""

from songhe.areas.finance.actions import fund_account, place_account
from songhe.areas.finance.models import Fund, Settlement, State
from songhe.areas.finance.queries import fund_of, line_of, settled_in, settlements
from songhe.areas.finance.rules import Fen

__all__ = [
    "Fen",
    "Fund",
    "Settlement",
    "State",
    "fund_account",
    "fund_of",
    "line_of",
    "place_account",
    "settled_in",
    "settlements",
]
