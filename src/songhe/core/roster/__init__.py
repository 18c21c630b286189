"""Visits given to workers: who goes where when, for a day or a week, with a reason for everything.

A problem says what has to be done, by whom it may be done and when; ``solve`` looks for the best plan for some time or some
number of moves; ``check`` tells, apart from the search, whether a plan keeps every hard rule.
"""

from songhe.core.roster.check import Fault, check
from songhe.core.roster.judge import judge
from songhe.core.roster.params import Params, Search, Stop, Weights
from songhe.core.roster.plan import Plan, Rest, Result, Stay, Terms
from songhe.core.roster.problem import NEVER, Break, Gap, Pin, Problem, Shift, Task, Visit, Worker
from songhe.core.roster.solve import BrokenPlan, solve
from songhe.core.roster.travel import Grid, Matrix, Travel

__all__ = [
    "NEVER",
    "Break",
    "BrokenPlan",
    "Fault",
    "Gap",
    "Grid",
    "Matrix",
    "Params",
    "Pin",
    "Plan",
    "Problem",
    "Rest",
    "Result",
    "Search",
    "Shift",
    "Stay",
    "Stop",
    "Task",
    "Terms",
    "Travel",
    "Visit",
    "Weights",
    "Worker",
    "check",
    "judge",
    "solve",
]
