"""Cases of 12345 on screen."""

from songhe.areas.tickets.screens import cases, home, lines

__all__ = ["cases", "home", "lines"]
