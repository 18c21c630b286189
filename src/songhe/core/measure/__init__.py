"""Indicators: what is counted over what, for which period and region, against which target.

An indicator is data: a numerator, perhaps a denominator, a period and a way to add regions
up. A figure that nobody supplied is unknown and stays unknown through every sum; it is never
taken for 0. Rates are whole basis points (1/100 of a per cent), so no float enters a report.
"""

from songhe.core.measure.figure import Figure, Shown, basis_points, hide_small, rounded, total
from songhe.core.measure.indicator import Indicator
from songhe.core.measure.period import Period
from songhe.core.measure.plan import Plan, PlanTarget, Task
from songhe.core.measure.target import Light, Standing, Target, judge

__all__ = [
    "Figure",
    "Indicator",
    "Light",
    "Period",
    "Plan",
    "PlanTarget",
    "Shown",
    "Standing",
    "Target",
    "Task",
    "basis_points",
    "hide_small",
    "judge",
    "rounded",
    "total",
]
