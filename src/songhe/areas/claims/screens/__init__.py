"""Claims on screen: the claim with its steps, lines, towns, samples, disputes, and what waits on the home page."""

from songhe.areas.claims.screens import bills, claims, home, lines, parts, unclaimed

__all__ = ["bills", "claims", "home", "lines", "parts", "unclaimed"]
