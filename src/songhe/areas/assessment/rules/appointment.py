"""Appointments, and what follows when nobody can be assessed at one."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from songhe.core.decision import Decision, grant, refuse


class Next(StrEnum):
    """What follows a vain attempt."""

    REBOOK = "rebook"
    GIVE_BACK = "give_back"


def booking(moment: datetime, at: datetime) -> Decision[datetime]:
    """An appointment lies ahead."""
    if moment <= at:
        return refuse(
            "The appointment is in the past. Choose a later time.", code="assessment.appointment_past"
        )
    return grant(moment, because="Appointment upcoming")


def after_attempt(attempts: int, *, most: int, next_at: datetime | None, at: datetime) -> Decision[Next]:
    """Another appointment, or back to the requester once ``attempts``, the present one counted, are enough."""
    if attempts >= most:
        return grant(Next.GIVE_BACK, because="Attempted {most} times", rule="attempts", most=most)
    if next_at is None:
        return refuse(
            "Say when you will come again: this was attempt {attempts} of {most}.",
            code="assessment.no_next_appointment",
            rule="attempts",
            attempts=attempts,
            most=most,
        )
    ahead = booking(next_at, at)
    if ahead.refused:
        return Decision(None, ahead.reasons, refused=True, code=ahead.code)
    return grant(Next.REBOOK, because="Another appointment", rule="attempts")
