"""The rules for many persons at once: facts in columns in, amounts in columns out.

It agrees with the evaluator for one person in every value, case, unknown and fault; a law in the tests says so.
"""

from songhe.core.rules.many.columns import NOBODY, Column, Columns, gathered, pack, pack_days, unpack
from songhe.core.rules.many.decide import CHUNK, decide_all
from songhe.core.rules.many.decided import Decided

__all__ = [
    "CHUNK",
    "NOBODY",
    "Column",
    "Columns",
    "Decided",
    "decide_all",
    "gathered",
    "pack",
    "pack_days",
    "unpack",
]
