"""Orders, visits, the dispatcher's board and the worker's day on screen."""

from songhe.areas.visits.screens import timeline
from songhe.areas.visits.screens.board import board
from songhe.areas.visits.screens.home import panels
from songhe.areas.visits.screens.orders import orders
from songhe.areas.visits.screens.today import today
from songhe.areas.visits.screens.visits import visits

__all__ = ["board", "orders", "panels", "timeline", "today", "visits"]
