"""Orders, visits, the dispatcher's board and the worker's day on screen."""

from songhe.areas.visits.screens import timeline
from songhe.areas.visits.screens.board import board
from songhe.areas.visits.screens.conflicts import conflicts
from songhe.areas.visits.screens.home import panels
from songhe.areas.visits.screens.incidents import incidents
from songhe.areas.visits.screens.orders import orders
from songhe.areas.visits.screens.pace import figures_page, quality_page
from songhe.areas.visits.screens.pool import offers, pool
from songhe.areas.visits.screens.risk import near, risk
from songhe.areas.visits.screens.sos import calls_for_help, sos_page
from songhe.areas.visits.screens.tags import tag_sheet, tags
from songhe.areas.visits.screens.today import today
from songhe.areas.visits.screens.visits import visits
from songhe.areas.visits.screens.vitals import vitals

__all__ = [
    "board",
    "calls_for_help",
    "conflicts",
    "figures_page",
    "incidents",
    "near",
    "offers",
    "orders",
    "panels",
    "pool",
    "quality_page",
    "risk",
    "sos_page",
    "tag_sheet",
    "tags",
    "timeline",
    "today",
    "visits",
    "vitals",
]
