"""Contracts on screen."""

from songhe.areas.contracts.screens.contracts import contracts
from songhe.areas.contracts.screens.home import panels

__all__ = ["contracts", "panels"]
