"""Alarms on screen: the board, the wall, the agent's page, the responder's phone, figures."""

from songhe.areas.alarms.screens import board, figures, health, person
from songhe.areas.alarms.screens.alarms import alarms
from songhe.areas.alarms.screens.errands import errands
from songhe.areas.alarms.screens.home import panels

__all__ = ["alarms", "board", "errands", "figures", "health", "panels", "person"]
