"""Rosters on screen: the planner's board, what is compared and changed on it, news and calendars."""

from songhe.areas.roster.screens import changing, comparing, feeds, home, urgent
from songhe.areas.roster.screens.board import the_board
from songhe.areas.roster.screens.rosters import rosters
from songhe.areas.roster.screens.workforce import work_months

__all__ = ["changing", "comparing", "feeds", "home", "rosters", "the_board", "urgent", "work_months"]
