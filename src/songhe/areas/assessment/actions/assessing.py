"""Filling in the form and signing it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone

from songhe.areas.assessment.actions.common import Reason, moved, need_assessor
from songhe.areas.assessment.limits import parameters
from songhe.areas.assessment.models import EDITABLE, Assessment, State
from songhe.areas.assessment.queries.bonds import bounds
from songhe.areas.assessment.queries.papers import signature_of
from songhe.areas.assessment.queries.results import disputed
from songhe.areas.assessment.rules.pair import recused, unfit
from songhe.core.refusal import Refused
from songhe.core.scoring import Answer, Result, holds_until
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, add_detail
from songhe.engines.forms import api as forms

CONFLICT = "assessment.conflict"
"""The code of the refusal of answers that would overwrite others unseen."""


@act("assessment.answer")
def save_form(
    assessment: Assessment,
    *,
    actor: Actor,
    at: datetime,
    answers: Mapping[str, Answer],
    base: str | None = None,
) -> Assessment:
    """Keep what is answered so far; signatures given before are void. ``base``: see ``_changed``."""
    _changed(assessment, answers, actor=actor, at=at, base=base)
    if assessment.state == State.ANSWERED:
        return moved(assessment, "send_back", actor=actor, at=at)
    assessment.save()
    return assessment


@act("assessment.answer")
def hand_in(
    assessment: Assessment,
    *,
    actor: Actor,
    at: datetime,
    answers: Mapping[str, Answer],
    base: str | None = None,
) -> Assessment:
    """Hand in the complete form for both to sign. ``base``: see ``_changed``."""
    result = _changed(assessment, answers, actor=actor, at=at, base=base)
    if not result.complete:
        raise Refused(
            "assessment.incomplete",
            "{count} questions are not answered. Answer them, or save the form for later.",
            field=result.missing[0],
            count=len(result.missing),
        )
    return moved(assessment, "hand_in", actor=actor, at=at, passed={"complete"})


@act("assessment.submit")
def send_back(assessment: Assessment, *, actor: Actor, at: datetime, reason: Reason) -> Assessment:
    """Take the form back from signing to change it."""
    need_assessor(assessment, actor)
    assessment.first_signed_at = assessment.second_signed_at = None
    return moved(assessment, "send_back", actor=actor, at=at, note=reason)


@act("assessment.submit")
def sign(assessment: Assessment, *, actor: Actor, at: datetime) -> Assessment:
    """Sign the form as it is; with the second signature it is final and has its level."""
    need_assessor(assessment, actor)
    if assessment.state != State.ANSWERED or assessment.answers is None:
        raise Refused("assessment.not_to_sign", "This form is not awaiting signatures. Submit it first.")
    if assessment.has_signed(actor.id):
        raise Refused("assessment.signed_before", "You have signed already. The other assessor signs next.")
    _still_free(assessment, actor, at)
    if parameters().informant_signs and signature_of(assessment) is None:
        raise Refused(
            "assessment.no_informant",
            "The informant has not signed these answers. Obtain that signature first.",
        )
    if actor.id == assessment.first_assessor_id:
        assessment.first_signed_at = at
    else:
        assessment.second_signed_at = at
    add_detail(signed=bytes(assessment.answers.digest).hex())
    if assessment.first_signed_at is None or assessment.second_signed_at is None:
        assessment.save(update_fields=["first_signed_at", "second_signed_at"])
        return assessment
    form, result = forms.form_of(assessment.answers.form), forms.result_of(assessment.answers)
    forms.lock(assessment.answers, at=at)
    assert result.level is not None  # what is locked is complete
    assessment.judged = result.level
    assessment.assessed_on = timezone.localdate(at)
    assessment.holds_until = holds_until(form, result.level, assessment.assessed_on)
    return moved(assessment, "sign", actor=actor, at=at, passed={"both_signed"})


def _still_free(assessment: Assessment, actor: Actor, at: datetime) -> None:
    """Nobody signs who became bound to the person after being named."""
    found = bounds(assessment.person_id, [actor.id], on=timezone.localdate(at), disputed=disputed(assessment))
    bound = recused([actor.id], found, namesakes_differ=assessment.namesakes_differ)
    if bound is not None:
        unfit(bound).or_refuse()


def _changed(
    assessment: Assessment,
    answers: Mapping[str, Answer],
    *,
    actor: Actor,
    at: datetime,
    base: str | None,
) -> Result:
    """Replace the answers. ``base`` is the digest of those the sender saw: others are never overwritten unseen."""
    need_assessor(assessment, actor)
    if assessment.state not in EDITABLE or assessment.answers is None:
        raise Refused(
            "assessment.not_open", "This form is not open for changes. Ask for a correction if it is wrong."
        )
    unseen = base is not None and base != bytes(assessment.answers.digest).hex()
    if unseen and forms.read(assessment.answers) != dict(answers):
        raise Refused(
            CONFLICT,
            "Somebody changed this form since you opened it. Nothing was overwritten: both versions are kept, open the form to compare them.",
        )
    assessment.first_signed_at = assessment.second_signed_at = None
    return forms.change(assessment.answers, answers, actor=actor, at=at)
