"""The door of rosters: the names other areas use."""

from songhe.areas.roster.figures import worked
from songhe.areas.roster.models import News, Roster, RosterLine, State
from songhe.areas.roster.queries import is_published, news_of

__all__ = ["News", "Roster", "RosterLine", "State", "is_published", "news_of", "worked"]
