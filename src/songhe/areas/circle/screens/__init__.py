"""Pages of the circle: the planner's map, its layers, scenarios, searches for sites, and the public finder."""

from songhe.areas.circle import figures
from songhe.areas.circle.screens import care, gaps, layers, place, planner, scenarios, sheet, sitings, trying

__all__ = ["care", "figures", "gaps", "layers", "place", "planner", "scenarios", "sheet", "sitings", "trying"]
