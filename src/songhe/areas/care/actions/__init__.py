"""The verbs of care plans."""

from songhe.areas.care.actions.choosing import choose_days
from songhe.areas.care.actions.drafting import add_line, draft_plan, drop_line, revise, skip_day, who_comes
from songhe.areas.care.actions.ending import back, call_off_needless, discard, end_plan, pause
from songhe.areas.care.actions.months import finish_month, look_through, plan_own_month, plan_region_month
from songhe.areas.care.actions.signing import sign

__all__ = [
    "add_line",
    "back",
    "call_off_needless",
    "choose_days",
    "discard",
    "draft_plan",
    "drop_line",
    "end_plan",
    "finish_month",
    "look_through",
    "pause",
    "plan_own_month",
    "plan_region_month",
    "revise",
    "sign",
    "skip_day",
    "who_comes",
]
