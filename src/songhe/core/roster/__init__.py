"""Visits given to workers: who goes where when, for a day or a week, with a reason for everything.

A problem says what has to be done, by whom it may be done and when; ``solve`` looks for the best plan for some time or some
number of moves; ``check`` tells, apart from the search, whether a plan keeps every hard rule. A ``Desk`` is a standing plan: it takes urgent orders, and tells why
a visit is done by whom it is (``why``) or by nobody (``why_not``). ``replan`` takes a day up again when it goes otherwise.
"""

from songhe.core.roster.check import Fault, check
from songhe.core.roster.compare import Change, compare
from songhe.core.roster.desk import Desk, Inserted
from songhe.core.roster.explain import Offer, Reason, Told, why, why_not
from songhe.core.roster.judge import judge
from songhe.core.roster.kernel.machine import at_hand
from songhe.core.roster.laid import laid
from songhe.core.roster.offers import Place, places
from songhe.core.roster.params import Params, Search, Stop, Weights
from songhe.core.roster.plan import Plan, Rest, Result, Stay, Terms
from songhe.core.roster.problem import NEVER, Break, Gap, Pin, Problem, Shift, Task, Visit, Worker
from songhe.core.roster.replan import WARM, Replanned, cancelled, ill, overrun, progressed, promised, replan
from songhe.core.roster.solve import BrokenPlan, solve
from songhe.core.roster.travel import Grid, Matrix, Travel

__all__ = [
    "NEVER",
    "WARM",
    "Break",
    "BrokenPlan",
    "Change",
    "Desk",
    "Fault",
    "Gap",
    "Grid",
    "Inserted",
    "Matrix",
    "Offer",
    "Params",
    "Pin",
    "Place",
    "Plan",
    "Problem",
    "Reason",
    "Replanned",
    "Rest",
    "Result",
    "Search",
    "Shift",
    "Stay",
    "Stop",
    "Task",
    "Terms",
    "Told",
    "Travel",
    "Visit",
    "Weights",
    "Worker",
    "at_hand",
    "cancelled",
    "check",
    "compare",
    "ill",
    "judge",
    "laid",
    "overrun",
    "places",
    "progressed",
    "promised",
    "replan",
    "solve",
    "why",
    "why_not",
]
