"""The door of the grid: the names other areas use.

``responders``: who can be with a person soonest. ``ladder``: the levels above, with who is on duty and where that has a gap;
``answering``: who of them logs in.
``helps_today``: what an area wants on a helper's telephone page.
``engage`` and ``release`` mark a helper who was sent. ``phones_of`` gives full numbers; showing one is a recorded read.
"""

from songhe.areas.grid.actions import engage, release
from songhe.areas.grid.limits import group_of, level_name
from songhe.areas.grid.models import Helper, HelperKind, Pair, Post, Role
from songhe.areas.grid.queries.above import OnDuty, Step, answering, ladder, users_of
from songhe.areas.grid.queries.day import Task, helps_today
from songhe.areas.grid.queries.near import Responder, phones_of, responders
from songhe.areas.grid.rules import State

__all__ = [
    "Helper",
    "HelperKind",
    "OnDuty",
    "Pair",
    "Post",
    "Responder",
    "Role",
    "State",
    "Step",
    "Task",
    "answering",
    "engage",
    "group_of",
    "helps_today",
    "ladder",
    "level_name",
    "phones_of",
    "release",
    "responders",
    "users_of",
]
