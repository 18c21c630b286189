"""The grid on screen."""

from songhe.areas.grid import figures, importing
from songhe.areas.grid.screens import home, person
from songhe.areas.grid.screens.helpers import helpers
from songhe.areas.grid.screens.mine import mine
from songhe.areas.grid.screens.network import network
from songhe.areas.grid.screens.pairs import pairs
from songhe.areas.grid.screens.posts import posts, turns
from songhe.areas.grid.screens.reports import reports

__all__ = [
    "figures",
    "helpers",
    "home",
    "importing",
    "mine",
    "network",
    "pairs",
    "person",
    "posts",
    "reports",
    "turns",
]
