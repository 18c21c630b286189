"""The door of caring: the names other areas use.

``to_call`` is the list beside the hotline's desk, ``enter_call`` what came of a call. ``when_called`` lets the hotline make an
order or a complaint of what somebody needs (``leads_to`` says which), ``when_lost`` raises an alarm by hand when somebody is
not found. ``link_order`` keeps the number of what was made.
"""

from songhe.areas.caring.actions import enter_call, link_order, plan_now, report_visit
from songhe.areas.caring.actions.calling import when_called
from songhe.areas.caring.actions.searching import when_lost
from songhe.areas.caring.limits import group_name, item_of, need_name
from songhe.areas.caring.models import Caring, Outcome, Pause, Search, SearchState, State
from songhe.areas.caring.queries.lists import of_person, pause_of, rate, to_call
from songhe.areas.caring.rules import Leads
from songhe.areas.caring.wishes import leads_to

__all__ = [
    "Caring",
    "Leads",
    "Outcome",
    "Pause",
    "Search",
    "SearchState",
    "State",
    "enter_call",
    "group_name",
    "item_of",
    "leads_to",
    "link_order",
    "need_name",
    "of_person",
    "pause_of",
    "plan_now",
    "rate",
    "report_visit",
    "to_call",
    "when_called",
    "when_lost",
]
