"""The gates of the four steps: what has to be there before a step is handed in, and before it passes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from songhe.core.decision import Decision, grant, refuse
from songhe.core.labels import Label, Labels


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """One step as it was prepared: its floor area and day, the documents that lack, and what the step before gave."""

    m2: int | None
    on: date | None
    lacking: Sequence[Label] = ()
    before_m2: int | None = None
    before_on: date | None = None


def ready(step: Prepared, today: date) -> Decision[bool]:
    """Whether a step may be handed in: its floor area, its day and all its documents are there."""
    if not step.m2 or step.on is None:
        return refuse(
            "The floor area and the day of this step are not entered yet. Enter them first.",
            code="no_area",
            rule="area",
        )
    if step.on > today:
        return refuse(
            "This step is in the future. Submit it once it has happened.", code="in_future", rule="area"
        )
    if step.before_on is not None and step.on < step.before_on:
        return refuse(
            "This step cannot come before the last one, which was on {day}.",
            code="out_of_order",
            rule="area",
            day=step.before_on.isoformat(),
        )
    if step.lacking:
        return refuse(
            "Still missing: {papers}. Attach them, then submit the step.",
            code="papers_missing",
            rule="documents",
            papers=Labels(tuple(step.lacking)),
        )
    return grant(True, because="Documents and floor area complete", rule="documents")


def may_pass(step: Prepared, *, owed: int, planned: int, because: str) -> Decision[bool]:
    """Whether a step may pass. Less than what is owed, or than the step before gave, needs a reason.

    ``owed``: what the whole compound owes; ``planned``: what all its phases give with this step. A part of a handover is
    no loss: then ``before_m2`` is left out.
    """
    if step.m2 is None:
        return refuse(
            "The floor area and the day of this step are not entered yet. Enter them first.",
            code="no_area",
            rule="area",
        )
    if because:
        return grant(True, because="Pass with a reason", rule="area")
    if step.before_m2 is not None and step.m2 < step.before_m2:
        return refuse(
            "The previous step had {before} m², this one has {now} m². Return it, or say why it may pass.",
            code="less_than_before",
            rule="area",
            before=step.before_m2,
            now=step.m2,
        )
    if planned < owed:
        return refuse(
            "All phases together provide {planned} m² of the {owed} m² required. Return it, or say why it may pass.",
            code="less_than_owed",
            rule="area",
            planned=planned,
            owed=owed,
        )
    return grant(True, because="Floor area complete", rule="area")
