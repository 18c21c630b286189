"""Appeals: filed by who applied or receives, heard by somebody else than who decided."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement import queries
from songhe.areas.entitlement.actions.applications import moved
from songhe.areas.entitlement.actions.grants import reinstate
from songhe.areas.entitlement.models import (
    Appeal,
    AppealState,
    Application,
    ApplicationState,
    Grant,
    GrantSpan,
    GrantState,
)
from songhe.areas.entitlement.reasons import APPEAL
from songhe.areas.entitlement.terms import book
from songhe.areas.registry.api import Person
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, four_eyes
from songhe.engines.cases.api import move_case, open_case
from songhe.engines.vault.api import seal
from songhe.kit.fields import Field

Words = Annotated[str, Field(label=_("Why the decision is wrong"), long=True, size=2000)]
Answer = Annotated[str, Field(label=_("Answer"), long=True, size=400)]


@act("entitlement.apply")
def appeal(application: Application, *, actor: Actor, at: datetime, words: Words) -> Appeal:
    """Appeal against the refusal of an application."""
    if application.state != ApplicationState.REFUSED or application.decided_by_id is None:
        raise Refused("entitlement.not_refused", "Only a refusal can be appealed against.")
    _in_time(application.decided_at, at)
    assert application.decided_at is not None
    fresh = Appeal(
        application=application,
        against_by_id=application.decided_by_id,
        against_at=application.decided_at,
    )
    return _filed(fresh, application.person, words, actor=actor, at=at)


@act("entitlement.apply")
def appeal_grant(grant: Grant, *, actor: Actor, at: datetime, words: Words) -> Appeal:
    """Appeal against the suspension or the stop of a grant."""
    last = GrantSpan.everywhere.filter(grant=grant).order_by("-from_month").first()
    if grant.person is None or last is None or last.state == GrantState.IN_FORCE:
        raise Refused("entitlement.not_stopped", "Only a suspension or a stop can be appealed against.")
    _in_time(last.at, at)
    fresh = Appeal(grant=grant, against_by_id=last.by_id, against_at=last.at)
    return _filed(fresh, grant.person, words, actor=actor, at=at)


@act("entitlement.hear")
def allow(appeal: Appeal, *, actor: Actor, at: datetime, answer: Answer) -> Appeal:
    """Find the appeal right: a refused application is verified again, a grant is in force again with arrears."""
    _decided(appeal, answer, actor, at)
    _moved(appeal, "allow", actor=actor, at=at, passed={"other_eyes"})
    if appeal.application is not None:
        _reopened(appeal.application, actor=actor, at=at)
    elif appeal.grant is not None and appeal.grant.state != GrantState.IN_FORCE:
        reinstate(appeal.grant, actor=actor, at=at, why=APPEAL)
    return appeal


@act("entitlement.hear")
def dismiss(appeal: Appeal, *, actor: Actor, at: datetime, answer: Answer) -> Appeal:
    """Find the decision right, and say why."""
    _decided(appeal, answer, actor, at)
    return _moved(appeal, "dismiss", actor=actor, at=at, passed={"other_eyes"})


@act("entitlement.apply")
def take_back(appeal: Appeal, *, actor: Actor, at: datetime) -> Appeal:
    """Take an appeal back that was not heard."""
    return _moved(appeal, "withdraw", actor=actor, at=at)


def _in_time(decided_at: datetime | None, at: datetime) -> None:
    if not queries.appealable(decided_at, timezone.localdate(at)):
        raise Refused(
            "entitlement.appeal_late",
            "An appeal is possible within {days} days after the decision. That time is over.",
            days=book().appeals.days,
        )


def _filed(fresh: Appeal, person: Person, words: str, *, actor: Actor, at: datetime) -> Appeal:
    case = open_case("appeal", region_id=person.region_id, person_id=person.pk, actor=actor, at=at)
    fresh.person, fresh.region_id, fresh.case = person, person.region_id, case
    fresh.number, fresh.state, fresh.due_at = case.number, case.state, case.due_at
    fresh.words_sealed = seal(person.pk, normalise(words, lines=True)[:2000])
    fresh.filed_at, fresh.filed_by_id = at, actor.id
    try:
        with transaction.atomic():
            fresh.save(force_insert=True)
    except IntegrityError as error:
        raise Refused(
            "entitlement.appealed", "An appeal against this decision is waiting to be heard."
        ) from error
    return fresh


def _decided(appeal: Appeal, answer: str, actor: Actor, at: datetime) -> None:
    decided: UUID = appeal.against_by_id
    four_eyes(decided, actor)
    four_eyes(appeal.filed_by_id, actor)
    appeal.answer = normalise(answer, lines=True)[:400]
    appeal.decided_at, appeal.decided_by_id, appeal.decided_by = at, actor.id, actor.name[:80]


def _moved(appeal: Appeal, code: str, *, actor: Actor, at: datetime, passed: Collection[str] = ()) -> Appeal:
    case = move_case(appeal.case, code, actor=actor, at=at, passed=passed, note=appeal.answer)
    appeal.state, appeal.due_at = AppealState(case.state), case.due_at
    appeal.save()
    return appeal


def _reopened(application: Application, *, actor: Actor, at: datetime) -> None:
    application.decided_by_id = application.decided_at = application.verified_by_id = None
    application.decision_number = application.clause = ""
    try:
        with transaction.atomic():
            moved(application, "reopen", actor=actor, at=at)
    except IntegrityError as error:
        raise Refused(
            "entitlement.applied_again",
            "The person has applied again since. Decide that application, or dismiss this appeal.",
        ) from error
