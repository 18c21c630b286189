"""Premises on screen."""

from songhe.areas.premises import figures, importing
from songhe.areas.premises.screens.compounds import compounds
from songhe.areas.premises.screens.home import panels
from songhe.areas.premises.screens.idle import idle, proposals
from songhe.areas.premises.screens.phases import phases
from songhe.areas.premises.screens.upgrades import upgrades

__all__ = ["compounds", "figures", "idle", "importing", "panels", "phases", "proposals", "upgrades"]
