"""The door of finance: the names other areas use."""

from songhe.areas.finance.models import Fund, Settlement, State
from songhe.areas.finance.queries import line_of, settled_in

__all__ = ["Fund", "Settlement", "State", "line_of", "settled_in"]
