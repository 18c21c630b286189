"""The verbs of rosters."""

from songhe.areas.roster.actions.counting import count_work
from songhe.areas.roster.actions.editing import move_line, pin_line, take_out
from songhe.areas.roster.actions.feeds import digest_of, fresh_token, make_feed, put_away, revoke_feed
from songhe.areas.roster.actions.fitting import fit_in
from songhe.areas.roster.actions.planning import (
    discard,
    keep_plan,
    not_planned,
    plan_again,
    plan_beside,
    plan_days,
    plan_region,
    replace_ill,
    stop_planning,
)
from songhe.areas.roster.actions.publishing import publish, publish_chunk

__all__ = [
    "count_work",
    "digest_of",
    "discard",
    "fit_in",
    "fresh_token",
    "keep_plan",
    "make_feed",
    "move_line",
    "not_planned",
    "pin_line",
    "plan_again",
    "plan_beside",
    "plan_days",
    "plan_region",
    "publish",
    "publish_chunk",
    "put_away",
    "replace_ill",
    "revoke_feed",
    "stop_planning",
    "take_out",
]
