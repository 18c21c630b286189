"""Lines on screen: calls, seats, shifts, exchanges, the agent's seat, the wall, the numbers of a day."""

from songhe.areas.lines.screens import calls, day, exchanges, home, seat, seats, shifts, wall

__all__ = ["calls", "day", "exchanges", "home", "seat", "seats", "shifts", "wall"]
