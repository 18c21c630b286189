"""At the door: what coming in vain costs, what was measured, what was signed, and what a phone's clock is worth."""

from songhe.core.visiting.outcomes import AtDoor, Charge, Outcome, Turn, build_outcomes, charged

__all__ = ["AtDoor", "Charge", "Outcome", "Turn", "build_outcomes", "charged"]
