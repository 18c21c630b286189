"""From the signed result to the one in force: confirming, delivering, objecting, correcting."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.assessment.actions.common import Reason, begun, moved, opened, unreach
from songhe.areas.assessment.limits import parameters
from songhe.areas.assessment.models import (
    GRANTED,
    OPEN,
    Assessment,
    Cause,
    Delivery,
    Level,
    Recipient,
    State,
)
from songhe.areas.assessment.queries.results import disputed, replaced, successor_of
from songhe.areas.assessment.rules import objection
from songhe.core.refusal import Refused
from songhe.core.scoring import holds_until
from songhe.engines.access.api import SYSTEM, Actor
from songhe.engines.acts.api import act, four_eyes
from songhe.engines.forms import api as forms
from songhe.engines.jobs.api import start
from songhe.engines.jobs.models import Job
from songhe.kit.days import begin_of
from songhe.kit.fields import Field

ENTER = "assessment.enter"
ASSESSOR_SEES_FOR = timedelta(days=30)
CORRECTABLE = (State.SIGNED, State.APPROVED, State.DELIVERED, State.CONFIRMED)


@act("assessment.confirm")
def confirm(
    assessment: Assessment,
    *,
    actor: Actor,
    at: datetime,
    level: Annotated[Level | None, Field(label=_("Approved level"), help=_("Empty: as assessed."))] = None,
    reason: Annotated[
        str,
        Field(
            label=_("Why another level"),
            long=True,
            size=400,
            help=_("Required if it differs from the assessed level."),
        ),
    ] = "",
) -> Assessment:
    """Approve the result; not by an assessor. It counts once it is delivered and the days to object are over."""
    for assessor in (assessment.first_assessor_id, assessment.second_assessor_id):
        four_eyes(assessor, actor)
    assessment.level = assessment.judged if level is None else level
    if assessment.level != assessment.judged and not reason.strip():
        raise Refused(
            "assessment.why_other_level",
            "The approved level differs from the assessed level. Say why.",
            field="reason",
        )
    _counts_until(assessment)
    assessment.approval_note = reason.strip()[:400] if assessment.level != assessment.judged else ""
    assessment.confirmed_at, assessment.confirmed_by_id = at, actor.id
    moved(assessment, "confirm", actor=actor, at=at, passed={"other_eyes"})
    unreach(assessment, at + ASSESSOR_SEES_FOR)
    return assessment


@act("assessment.deliver")
def deliver(
    assessment: Assessment,
    *,
    actor: Actor,
    at: datetime,
    delivery: Annotated[Delivery, Field(label=_("Delivery method"))],
    recipient: Annotated[Recipient, Field(label=_("Signed for by"))],
    recipient_name: Annotated[str, Field(label=_("Name of recipient"), size=60)],
    delivered_on: Annotated[date | None, Field(label=_("Delivered on"), help=_("Empty: today."))] = None,
) -> Assessment:
    """Record how, when and to whom the result was delivered; from the next day on the days for an objection run."""
    if assessment.state != State.APPROVED or assessment.confirmed_at is None:
        raise Refused(
            "assessment.not_to_deliver",
            "Only a confirmed result can be delivered, and only once. Check its processing history.",
        )
    if not recipient_name.strip():
        raise Refused("assessment.nobody_received", "Say who received the result.", field="recipient_name")
    today = timezone.localdate(at)
    day = delivered_on or today
    objection.delivery(day, confirmed_on=timezone.localdate(assessment.confirmed_at), today=today).or_refuse()
    assessment.delivered_on, assessment.delivered_by_id = day, actor.id
    assessment.delivery, assessment.recipient = delivery, recipient
    assessment.recipient_name = recipient_name.strip()[:60]
    days = 0 if disputed(assessment) else parameters().objection_days
    assessment.objections_until = objection.objections_until(day, days)
    moved(assessment, "deliver", actor=actor, at=at)
    _enter_or_wait(assessment, actor=actor, at=at)
    return assessment


@act("assessment.request")
def object_to(
    assessment: Assessment,
    *,
    actor: Actor,
    at: datetime,
    objector: Annotated[str, Field(label=_("Who objects"), size=60)],
    reason: Reason,
) -> Assessment:
    """Record an objection: the result does not come into force, and two other people assess again."""
    if assessment.state != State.DELIVERED:
        raise Refused(
            "assessment.not_delivered",
            "An objection is possible only after delivery and before the result takes effect. Check the processing history.",
        )
    objection.objection(
        timezone.localdate(at), until=assessment.objections_until, final=bool(disputed(assessment))
    ).or_refuse()
    if successor_of(assessment) is not None:
        raise Refused(
            "assessment.correction_open",
            "A correction of this result is under way. Wait for it, then object.",
        )
    assessment.objected_at, assessment.objector = at, objector.strip()[:60]
    moved(assessment, "object", actor=actor, at=at, note=reason)
    return opened(
        assessment.person,
        actor=actor,
        at=at,
        note=reason,
        corrects=assessment,
        cause=Cause.OBJECTION,
        asked=assessment.asked,
    )


@act("assessment.request")
def withdraw_objection(assessment: Assessment, *, actor: Actor, at: datetime, reason: Reason) -> Assessment:
    """Take an objection back before the re-assessment is signed; the result comes into force in its time."""
    again = successor_of(assessment)
    if assessment.state != State.OBJECTED or (again is not None and again.state not in OPEN):
        raise Refused(
            "assessment.objection_decided", "The re-assessment is signed already; its result is final."
        )
    moved(assessment, "withdraw", actor=actor, at=at, note=reason)
    if again is not None:
        unreach(again, at)
        moved(again, "drop", actor=actor, at=at, note=reason)
    _enter_or_wait(assessment, actor=actor, at=at)
    return assessment


@act("assessment.deliver")
def enter_into_force(assessment: Assessment, *, actor: Actor, at: datetime) -> Assessment:
    """Put a result into force whose days to object are over; nothing happens where it is not, or is no longer, due."""
    if is_due(assessment, timezone.localdate(at)):
        _enter(assessment, actor=actor, at=at)
    return assessment


def is_due(assessment: Assessment, on: date) -> bool:
    """Whether a result comes into force: delivered, its days over, and nothing begun in its place."""
    if assessment.state != State.DELIVERED or assessment.delivered_on is None:
        return False
    over = objection.counts_from(assessment.delivered_on, assessment.objections_until) <= on
    return over and successor_of(assessment) is None


@act("assessment.review")
def correct(assessment: Assessment, *, actor: Actor, at: datetime, reason: Reason) -> Assessment:
    """Order a correction: a new version, begun with the old answers, that replaces this one once it is in force."""
    if assessment.state not in CORRECTABLE or assessment.answers is None:
        raise Refused(
            "assessment.not_signed", "Only a signed assessment is corrected. Change this one on its form."
        )
    fresh = opened(
        assessment.person,
        actor=actor,
        at=at,
        note=reason,
        corrects=assessment,
        cause=Cause.CORRECTION,
        asked=assessment.asked,
    )
    fresh.answers = begun(fresh, actor=actor, at=at)
    forms.change(fresh.answers, forms.read(assessment.answers), actor=actor, at=at)
    fresh.save(update_fields=["answers"])
    return fresh


def _enter_or_wait(assessment: Assessment, *, actor: Actor, at: datetime) -> None:
    """Into force at once where nobody may object any more, else a timer for the first day after the days to object."""
    if is_due(assessment, timezone.localdate(at)):
        _enter(assessment, actor=actor, at=at)
        return
    assert assessment.delivered_on is not None
    first = objection.counts_from(assessment.delivered_on, assessment.objections_until)
    run_at = begin_of(first)
    args = {"assessment": str(assessment.pk)}
    start(
        ENTER,
        args,
        actor=SYSTEM,
        at=at,
        key=str(assessment.pk),
        lane=Job.Lane.TIMER,
        run_at=max(run_at, at),
    )


def _counts_until(assessment: Assessment) -> None:
    """How long a result counts follows its form and the level approved, which may not be the level judged."""
    if assessment.answers is None or assessment.level is None or assessment.assessed_on is None:
        return  # a result that came without a form keeps the day that came with it
    form = forms.form_of(assessment.answers.form)
    assessment.holds_until = holds_until(form, assessment.level, assessment.assessed_on)


def _enter(assessment: Assessment, *, actor: Actor, at: datetime) -> None:
    """Put into force from the day on which nobody could object any more, and end what it stands in for.

    After an objection that was withdrawn it counts from that day on, never backwards.
    """
    assert assessment.delivered_on is not None
    day = objection.counts_from(assessment.delivered_on, assessment.objections_until)
    assessment.in_force_on = day if assessment.objected_at is None else max(day, timezone.localdate(at))
    _counts_until(assessment)
    moved(assessment, "enter", actor=actor, at=at, passed={"undisputed"})
    for old in replaced(assessment):
        if old.state in (State.SIGNED, *GRANTED):
            moved(old, "supersede", actor=actor, at=at, note=assessment.number)
