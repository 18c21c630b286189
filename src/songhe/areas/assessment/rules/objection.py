"""Between delivery and force: for how long a person may object, and when a result counts."""

from __future__ import annotations

from datetime import date, timedelta

from songhe.core.decision import Decision, grant, refuse


def objections_until(delivered_on: date, days: int) -> date | None:
    """The last day on which the person may object; the day of delivery is not counted. None where nobody may."""
    return delivered_on + timedelta(days=days) if days else None


def counts_from(delivered_on: date, until: date | None) -> date:
    """The day from which an undisputed result is in force."""
    return delivered_on if until is None else until + timedelta(days=1)


def delivery(on: date, *, confirmed_on: date, today: date) -> Decision[date]:
    """A result is delivered once it is confirmed, and not in the future."""
    if not confirmed_on <= on <= today:
        return refuse(
            "The result was confirmed on {confirmed}; it can have been delivered on that day or later, and not in the future.",
            code="assessment.delivery_day",
            confirmed=confirmed_on.isoformat(),
        )
    return grant(on, because="Delivered after it was confirmed")


def objection(on: date, *, until: date | None, final: bool) -> Decision[date]:
    """An objection comes within its days, and not against a re-assessment."""
    if final:
        return refuse(
            "This is the result of a re-assessment after an objection; it is final. Request a new assessment if the person's condition has changed.",
            code="assessment.final",
            rule="objection",
        )
    if until is None or on > until:
        return refuse(
            "The objection period is over. Request a new assessment if the person's condition has changed.",
            code="assessment.objection_late",
            rule="objection",
        )
    return grant(until, because="Within the objection period", rule="objection")
