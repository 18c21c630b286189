"""The verbs of verification."""

from songhe.areas.verification.actions.deciding import answer, ask, clear, uphold
from songhe.areas.verification.actions.looking import look, look_through

__all__ = ["answer", "ask", "clear", "look", "look_through", "uphold"]
