"""The decision on the application of a facility or organisation: public notice, objection, and the grant."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement import words
from songhe.areas.entitlement.actions.bodies import Words, body_moved, facts_as_data
from songhe.areas.entitlement.actions.decisions import (
    FURTHEST,
    WhatWasSaid,
    WhoObjects,
    clause_choices,
    keep_objection,
)
from songhe.areas.entitlement.models import (
    BodyApplication,
    BodyKind,
    Grant,
    GrantSpan,
    GrantState,
    HolderKind,
    Notice,
    Objection,
)
from songhe.areas.entitlement.queries import bodies as queries
from songhe.areas.entitlement.queries import readable
from songhe.areas.entitlement.reasons import GRANTED
from songhe.areas.entitlement.rules import shown_name
from songhe.areas.entitlement.rules.bodies import asked, typed
from songhe.areas.entitlement.terms import book
from songhe.core.days import month_after, month_of
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, add_detail, four_eyes
from songhe.kit.fields import Field


@act("entitlement.approve")
def approve_body(
    application: BodyApplication,
    *,
    actor: Actor,
    at: datetime,
    from_month: Annotated[date, Field(label=_("From month"), help=_("Any day of the month."))],
) -> BodyApplication:
    """Approve what another verified and the policy grants; the decision goes on public notice."""
    _other_eyes(application, actor)
    today = timezone.localdate(at)
    if abs((from_month - today).days) > FURTHEST:
        raise Refused("entitlement.from_when", "This month is too far away. Correct it.", field="from_month")
    _look_again(application, today, month_of(from_month))
    application.decided_by_id, application.decided_at = actor.id, at
    application.decision_number = book().number(today.year, application.number)
    application.from_month = month_of(from_month)
    body_moved(application, "approve", actor=actor, at=at, passed={"entitled", "other_eyes"})
    days = book().of(application.rule).notice_days
    if days:
        _post(application, today, days)
        return application
    return _in_force(application, actor=actor, at=at)


@act("entitlement.approve")
def refuse_body(
    application: BodyApplication,
    *,
    actor: Actor,
    at: datetime,
    clause: Annotated[str, Field(label=_("Clause"), choices=clause_choices)],
    reason: Words,
) -> BodyApplication:
    """Refuse an application with the clause and the reason."""
    _other_eyes(application, actor)
    application.clause, application.refusal = clause, normalise(reason, lines=True)[:400]
    application.decided_by_id, application.decided_at = actor.id, at
    application.decision_number = book().number(timezone.localdate(at).year, application.number)
    return body_moved(
        application, "refuse", actor=actor, at=at, passed={"other_eyes"}, note=application.refusal
    )


@act("entitlement.approve")
def send_body_back(
    application: BodyApplication, *, actor: Actor, at: datetime, reason: Words
) -> BodyApplication:
    """Send an application back to be verified again."""
    application.verified_by_id = None
    return body_moved(application, "send_back", actor=actor, at=at, note=reason)


@act("entitlement.verify")
def object_to_body(
    application: BodyApplication,
    *,
    actor: Actor,
    at: datetime,
    words: WhatWasSaid,
    by: WhoObjects = "",
) -> BodyApplication:
    """Record an objection to a decision on public notice: it is taken down and verified again."""
    Notice.everywhere.filter(body=application, taken_down_at=None).update(taken_down_at=at)
    fresh = Objection(body=application, region_id=application.region_id, recorded_by_id=actor.id)
    keep_objection(fresh, words, by, at)
    application.decided_by_id = application.decided_at = application.verified_by_id = None
    application.decision_number, application.amount = "", 0
    return body_moved(application, "object", actor=actor, at=at)


@act("entitlement.approve")
def put_body_into_force(application: BodyApplication, *, actor: Actor, at: datetime) -> BodyApplication:
    """Let the grant come into force after the last day for objections."""
    notice = Notice.everywhere.filter(body=application, taken_down_at=None).first()
    if notice is not None and not notice.is_over(timezone.localdate(at)):
        raise Refused(
            "entitlement.notice_runs",
            "Objections may be made until {day}. The grant then comes into force automatically.",
            day=notice.until,
        )
    return _in_force(application, actor=actor, at=at)


def _look_again(application: BodyApplication, day: date, month: date) -> None:
    """Evaluate the policy for the first month with what the register knows today and the applicant told; refused where
    it grants nothing."""
    body = queries.body_of(application)
    benefit = queries.the_body_benefit(application.rule, body, day)
    facts = {fact.code: fact for fact in asked(benefit.document, benefit.rule)}
    told = {
        code: typed(facts[code], entry["value"])
        for code, entry in application.facts.items()
        if code in facts and entry["from"] == "told"
    }
    outcome = queries.look_at(body, benefit, told, day, month)
    if not isinstance(outcome.value, int) or not outcome.value:
        raise Refused(
            "entitlement.not_granted_by_policy",
            "The policy does not grant this now: {why}. Correct the facts first, or refuse the application.",
            why=words.short_reason(outcome.as_data()),
        )
    application.policy, application.reason = benefit.version, outcome.as_data()
    application.amount = outcome.value
    application.facts = facts_as_data(told, queries.facts_known(body, benefit, day))


def _other_eyes(application: BodyApplication, actor: Actor) -> None:
    for before in (application.filed_by_id, application.verified_by_id):
        four_eyes(before, actor)


def _post(application: BodyApplication, today: date, days: int) -> None:
    """A facility and an organisation are named openly; a worker is a person, whose name is masked."""
    assert application.from_month is not None
    name = application.holder_name
    notice = Notice.everywhere.create(
        body=application,
        region_id=application.region_id,
        shown_name=(shown_name(name) if application.holder_kind == BodyKind.WORKER else name)[:60],
        benefit_en=application.name_en,
        benefit_zh=application.name_zh,
        decision_number=application.decision_number,
        from_month=application.from_month,
        posted_on=today,
        until=today + timedelta(days=days - 1),
    )
    add_detail(notice_until=notice.until.isoformat())


def _in_force(application: BodyApplication, *, actor: Actor, at: datetime) -> BodyApplication:
    application.grant = _award(application, actor=actor, at=at)
    add_detail(grant=str(application.grant.pk))
    return body_moved(application, "grant", actor=actor, at=at, passed={"notice_over"})


def _award(application: BodyApplication, *, actor: Actor, at: datetime) -> Grant:
    """The grant. What a policy grants once in a year or ever holds for its one month."""
    assert application.from_month is not None
    assert application.verified_by_id is not None
    assert application.decided_by_id is not None
    until = month_after(application.from_month) if _is_once(application) else None
    fresh = Grant(
        holder_kind=HolderKind(application.holder_kind),
        holder_id=application.holder_id,
        organisation_id=application.organisation_id,
        holder_name=application.holder_name,
        region_id=application.region_id,
        number=application.decision_number,
        benefit=application.rule,
        name_en=application.name_en,
        name_zh=application.name_zh,
        policy=application.policy,
        from_month=application.from_month,
        until_month=until,
        basis=_basis(application),
        prepared_by_id=application.verified_by_id,
        approved_by_id=application.decided_by_id,
        granted_at=at,
        changed_at=at,
    )
    try:
        with transaction.atomic():
            fresh.save(force_insert=True)
    except IntegrityError as error:
        raise Refused(
            "entitlement.body_grant_twice",
            "There is a grant of this benefit for the same months already. Stop that one first.",
        ) from error
    GrantSpan.everywhere.create(
        grant=fresh,
        holder_id=fresh.holder_id,
        organisation_id=fresh.organisation_id,
        region_id=fresh.region_id,
        state=GrantState.IN_FORCE,
        from_month=fresh.from_month,
        until_month=until,
        why=GRANTED,
        at=at,
        by_id=actor.id,
        by_name=actor.name[:80],
    )
    return fresh


def _is_once(application: BodyApplication) -> bool:
    document = readable(application.policy)
    rules = document.rules if document else ()
    return any(rule.code == application.rule and bool(rule.once_per) for rule in rules)


def _basis(application: BodyApplication) -> dict[str, Any]:
    return {
        "facts": {code: entry["value"] for code, entry in application.facts.items()},
        "tags": [],
        "amount": application.amount,
        "unit": application.unit,
    }
