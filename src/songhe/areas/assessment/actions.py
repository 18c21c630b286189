"""Verbs of assessments."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.assessment import queries, rules
from songhe.areas.assessment.models import EDITABLE, OPEN, Assessment, Medical, State
from songhe.areas.registry.api import Person
from songhe.core.refusal import Forbidden, Refused
from songhe.core.scoring import Answer, Result
from songhe.engines.access.api import Actor, Tie, elevated, tie, untie
from songhe.engines.acts.api import act, add_detail, four_eyes
from songhe.engines.cases.api import move_case, open_case
from songhe.engines.forms import api as forms
from songhe.kit.fields import Field

Note = Annotated[str, Field(label=_("Note"), long=True, size=400)]
Reason = Annotated[str, Field(label=_("Reason"), long=True, size=400)]
Whom = Annotated[Person, Field(label=_("Person"))]
ASSESSOR_SEES_FOR = timedelta(days=30)


@act("assessment.request")
def request(*, actor: Actor, at: datetime, person: Whom, note: Note = "") -> Assessment:
    """Ask for an assessment of a person; one at a time."""
    return _opened(person, actor=actor, at=at, note=note, corrects=None)


@act("assessment.assign")
def assign(
    assessment: Assessment,
    *,
    actor: Actor,
    at: datetime,
    first: Annotated[str, Field(label=_("First assessor"), choices=queries.assessor_choices)],
    second: Annotated[str, Field(label=_("Second assessor"), choices=queries.assessor_choices)],
    medical: Annotated[Medical, Field(label=_("Medical background"))],
) -> Assessment:
    """Name two assessors, at least one with a medical or nursing background."""
    pair = (UUID(first), UUID(second))
    has = {Medical.FIRST: pair[:1], Medical.SECOND: pair[1:], Medical.BOTH: pair}.get(medical, ())
    able = frozenset(queries.able_to_assess(assessment.region_id))
    decision = rules.assessors(*pair, medical=frozenset(has), able=able)
    decision.or_refuse()
    _untie(assessment, at)
    assessment.first_assessor_id, assessment.second_assessor_id = pair
    assessment.medical = medical
    if assessment.answers is None:
        assessment.answers = _begun(assessment, actor=actor, at=at)
    for holder in pair:
        _tie(assessment, holder, at)
    return _moved(assessment, "assign", actor=actor, at=at, passed={"two_assessors"})


@act("assessment.answer")
def save_form(
    assessment: Assessment, *, actor: Actor, at: datetime, answers: Mapping[str, Answer]
) -> Assessment:
    """Keep what is answered so far; signatures given before are void."""
    _changed(assessment, answers, actor=actor, at=at)
    if assessment.state == State.ANSWERED:
        return _moved(assessment, "send_back", actor=actor, at=at)
    assessment.save()
    return assessment


@act("assessment.answer")
def hand_in(
    assessment: Assessment, *, actor: Actor, at: datetime, answers: Mapping[str, Answer]
) -> Assessment:
    """Hand in the complete form for both to sign."""
    result = _changed(assessment, answers, actor=actor, at=at)
    if not result.complete:
        raise Refused(
            "assessment.incomplete",
            "{count} questions are not answered. Answer them, or save the form for later.",
            field=result.missing[0],
            count=len(result.missing),
        )
    return _moved(assessment, "hand_in", actor=actor, at=at, passed={"complete"})


@act("assessment.submit")
def send_back(assessment: Assessment, *, actor: Actor, at: datetime, reason: Reason) -> Assessment:
    """Take the form back from signing to change it."""
    _need_assessor(assessment, actor)
    assessment.first_signed_at = assessment.second_signed_at = None
    return _moved(assessment, "send_back", actor=actor, at=at, note=reason)


@act("assessment.submit")
def sign(assessment: Assessment, *, actor: Actor, at: datetime) -> Assessment:
    """Sign the form as it is; with the second signature it is final and has its level."""
    _need_assessor(assessment, actor)
    if assessment.state != State.ANSWERED or assessment.answers is None:
        raise Refused("assessment.not_to_sign", "This form is not waiting for signatures. Hand it in first.")
    if assessment.has_signed(actor.id):
        raise Refused("assessment.signed_before", "You have signed already. The other assessor signs next.")
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
    assessment.level = result.level
    assessment.assessed_on = timezone.localdate(at)
    assessment.holds_until = rules.holds_until(assessment.assessed_on, form.valid_months)
    return _moved(assessment, "sign", actor=actor, at=at, passed={"both_signed"})


@act("assessment.confirm")
def confirm(assessment: Assessment, *, actor: Actor, at: datetime) -> Assessment:
    """Put the result into force; not by an assessor. What it corrects is replaced."""
    for assessor in (assessment.first_assessor_id, assessment.second_assessor_id):
        four_eyes(assessor, actor)
    assessment.confirmed_at, assessment.confirmed_by_id = at, actor.id
    _moved(assessment, "confirm", actor=actor, at=at, passed={"other_eyes"})
    if assessment.corrects is not None:
        _moved(assessment.corrects, "supersede", actor=actor, at=at, note=assessment.number)
    _untie(assessment, at + ASSESSOR_SEES_FOR)
    return assessment


@act("assessment.review")
def correct(assessment: Assessment, *, actor: Actor, at: datetime, reason: Reason) -> Assessment:
    """Order a correction: a new version, begun with the old answers, that replaces this one when confirmed."""
    if assessment.state not in (State.SIGNED, State.CONFIRMED) or assessment.answers is None:
        raise Refused(
            "assessment.not_signed", "Only a signed assessment is corrected. Change this one on its form."
        )
    fresh = _opened(assessment.person, actor=actor, at=at, note=reason, corrects=assessment)
    fresh.answers = _begun(fresh, actor=actor, at=at)
    forms.change(fresh.answers, forms.read(assessment.answers), actor=actor, at=at)
    fresh.save(update_fields=["answers"])
    return fresh


@act("assessment.assign")
def cancel(assessment: Assessment, *, actor: Actor, at: datetime, reason: Reason) -> Assessment:
    """Give up an assessment that is not signed."""
    _untie(assessment, at)
    return _moved(assessment, "cancel", actor=actor, at=at, note=reason)


def _opened(
    person: Person, *, actor: Actor, at: datetime, note: str, corrects: Assessment | None
) -> Assessment:
    under_way = Assessment.everywhere.filter(person=person, state__in=(*OPEN, State.SIGNED))
    if corrects is not None:
        under_way = under_way.exclude(pk=corrects.pk)
    if under_way.exists():
        raise _under_way()
    case = open_case("assessment", region_id=person.region_id, person_id=person.pk, actor=actor, at=at)
    fresh = Assessment(
        person=person,
        region_id=person.region_id,
        case=case,
        number=case.number,
        state=case.state,
        due_at=case.due_at,
        note=note,
        corrects=corrects,
        requested_at=at,
        requested_by_id=actor.id,
    )
    try:
        with transaction.atomic():
            fresh.save(force_insert=True)
    except IntegrityError as error:
        raise _under_way() from error
    return fresh


def _under_way() -> Refused:
    return Refused(
        "assessment.open_already",
        "An assessment of this person is under way. Finish, confirm or cancel it first.",
        field="person",
    )


def _begun(assessment: Assessment, *, actor: Actor, at: datetime) -> forms.Answers:
    version = forms.current(queries.FORM, on=timezone.localdate(at), at=at)
    return forms.begin(
        version, person_id=assessment.person_id, region_id=assessment.region_id, actor=actor, at=at
    )


def _changed(assessment: Assessment, answers: Mapping[str, Answer], *, actor: Actor, at: datetime) -> Result:
    _need_assessor(assessment, actor)
    if assessment.state not in EDITABLE or assessment.answers is None:
        raise Refused(
            "assessment.not_open", "This form is not open for changes. Ask for a correction if it is wrong."
        )
    assessment.first_signed_at = assessment.second_signed_at = None
    return forms.change(assessment.answers, answers, actor=actor, at=at)


def _moved(
    assessment: Assessment,
    code: str,
    *,
    actor: Actor,
    at: datetime,
    passed: Collection[str] = (),
    note: str = "",
) -> Assessment:
    case = move_case(assessment.case, code, actor=actor, at=at, passed=passed, note=note)
    assessment.state, assessment.due_at = State(case.state), case.due_at
    assessment.save()
    return assessment


def _need_assessor(assessment: Assessment, actor: Actor) -> None:
    if not assessment.is_assessor(actor.id):
        raise Forbidden(
            "assessment.not_assessor",
            "Only the two assessors of this assessment may do this. Ask one of them.",
        )


def _tie(assessment: Assessment, holder: UUID, at: datetime) -> None:
    tie(
        assessment.person_id,
        holder,
        Tie.Kind.ASSESSOR,
        region_id=assessment.region_id,
        since=timezone.localdate(at),
    )


def _untie(assessment: Assessment, at: datetime) -> None:
    """End what the assessors see; the ties of an assessor lie outside the scope of whoever reassigns."""
    with elevated():
        for holder in (assessment.first_assessor_id, assessment.second_assessor_id):
            if holder is not None:
                untie(assessment.person_id, holder, kind=Tie.Kind.ASSESSOR, until=timezone.localdate(at))
