"""The door of assessment: the names other areas use."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.urls import reverse

from songhe.areas.assessment.actions import request
from songhe.areas.assessment.models import Assessment, Level, State
from songhe.areas.assessment.queries import in_force, of_person
from songhe.kit.history import Event

__all__ = ["Assessment", "Level", "State", "events", "in_force", "level_of", "of_person", "request"]


def level_of(person_id: UUID, on: date) -> int | None:
    """The confirmed ability level (0 intact to 4 complete loss) that counts on a day; None without one."""
    found = in_force([person_id], on).get(person_id)
    return found.level if found else None


def events(person_id: UUID) -> list[Event]:
    """A person's assessments for a timeline, without scores."""
    return [
        Event(
            at=row.confirmed_at or row.requested_at,
            text=f"{row._meta.verbose_name} {row.number}",
            note=str(row.get_state_display()),
            url=reverse("assessments.detail", args=[row.pk]),
        )
        for row in of_person(person_id)
    ]
