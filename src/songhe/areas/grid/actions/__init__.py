"""Verbs of the grid."""

from songhe.areas.grid.actions import rehashing
from songhe.areas.grid.actions.helpers import (
    add_helper,
    agree,
    edit_helper,
    leave,
    link_helper,
    place_helper,
    say_available,
    set_hours,
    train,
)
from songhe.areas.grid.actions.pairs import begin_pair, end_pair, hand_key, pair_up, replace_helper
from songhe.areas.grid.actions.posts import (
    add_day,
    close_post,
    edit_post,
    end_turn,
    open_post,
    put_on_duty,
    stand_in,
)
from songhe.areas.grid.actions.reports import report, settle, take
from songhe.areas.grid.actions.sending import engage, release

__all__ = [
    "add_day",
    "add_helper",
    "agree",
    "begin_pair",
    "close_post",
    "edit_helper",
    "edit_post",
    "end_pair",
    "end_turn",
    "engage",
    "hand_key",
    "leave",
    "link_helper",
    "open_post",
    "pair_up",
    "place_helper",
    "put_on_duty",
    "rehashing",
    "release",
    "replace_helper",
    "report",
    "say_available",
    "set_hours",
    "settle",
    "stand_in",
    "take",
    "train",
]
