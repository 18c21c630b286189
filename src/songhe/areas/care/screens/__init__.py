"""Care plans and planned months on screen."""

from songhe.areas.care.screens.home import panels
from songhe.areas.care.screens.months import months
from songhe.areas.care.screens.person import hours_panel
from songhe.areas.care.screens.plans import plans

__all__ = ["hours_panel", "months", "panels", "plans"]
