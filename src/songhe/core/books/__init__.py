"""Double entry in whole units: what a journal is, and how a sum is shared out exactly.

Every amount is an integer count of one unit (fen, minute, point, meal). A journal moves
units between accounts and creates none: the lines of each unit add up to zero. Impossible
input (a float, a bool, an unbalanced journal) raises ValueError or TypeError, because it is
a defect of the caller; what a person may not do is refused by the engine that stores entries.
"""

from songhe.core.books.apportion import apportion
from songhe.core.books.lines import UNITS, Journal, Line, priced, transfer, whole

__all__ = ["UNITS", "Journal", "Line", "apportion", "priced", "transfer", "whole"]
