"""The door of claims: the names other areas use."""

from songhe.areas.claims.models import Claim, State

__all__ = ["Claim", "State"]
