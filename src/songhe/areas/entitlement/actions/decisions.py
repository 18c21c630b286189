"""The decision on an application: approving or refusing it, the public notice, objections, the grant."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement import queries, words
from songhe.areas.entitlement.actions.applications import Words, moved
from songhe.areas.entitlement.actions.grants import award
from songhe.areas.entitlement.models import ENDED, Application, Notice, Objection
from songhe.areas.entitlement.rules import shown_name
from songhe.areas.entitlement.terms import book
from songhe.areas.registry.api import Death, Person
from songhe.core.days import month_of
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, add_detail, four_eyes
from songhe.engines.vault.api import make_key, seal
from songhe.kit.fields import Field
from songhe.kit.words import is_chinese

FURTHEST = 400
WhatWasSaid = Annotated[str, Field(label=_("What was said"), long=True, size=2000)]
WhoObjects = Annotated[str, Field(label=_("Who objects"), size=60, help=_("Leave empty if anonymous."))]
"""Days before and after today within which a grant may begin."""


def clause_choices(row: Application, _user: Any) -> list[tuple[str, str]]:
    """The clauses of the policy that an application rests on."""
    document = queries.readable(row.policy)
    clauses = document.clauses.values() if document else ()
    return [(c.code, f"{c.code} · {c.label.zh if is_chinese() else c.label.en}") for c in clauses]


@act("entitlement.approve")
def approve_application(
    application: Application,
    *,
    actor: Actor,
    at: datetime,
    from_month: Annotated[date, Field(label=_("From month"), help=_("Any day of the month."))],
) -> Application:
    """Approve what others verified and the policy grants; the decision goes on public notice."""
    _other_eyes(application, actor)
    today = timezone.localdate(at)
    if abs((from_month - today).days) > FURTHEST:
        raise Refused("entitlement.from_when", "This month is too far away. Correct it.", field="from_month")
    said = queries.look(application.person, application.rule, today)
    application.reason = _granted(said).as_data()
    application.policy = said.benefit.version
    _decide(application, actor, at)
    application.from_month = month_of(from_month)
    moved(application, "approve", actor=actor, at=at, passed={"entitled", "other_eyes"})
    days = book().of(application.rule).notice_days
    if days:
        _post(application, today, days)
        return application
    return _in_force(application, actor=actor, at=at)


@act("entitlement.approve")
def refuse(
    application: Application,
    *,
    actor: Actor,
    at: datetime,
    clause: Annotated[str, Field(label=_("Clause"), choices=clause_choices)],
    reason: Words,
) -> Application:
    """Refuse an application with the clause and the reason."""
    _other_eyes(application, actor)
    application.clause, application.refusal = clause, normalise(reason, lines=True)[:400]
    _decide(application, actor, at)
    return moved(application, "refuse", actor=actor, at=at, passed={"other_eyes"}, note=application.refusal)


@act("entitlement.approve")
def send_back(application: Application, *, actor: Actor, at: datetime, reason: Words) -> Application:
    """Send an application back to be verified again."""
    application.verified_by_id = None
    return moved(application, "send_back", actor=actor, at=at, note=reason)


@act("entitlement.verify")
def object_to(
    application: Application,
    *,
    actor: Actor,
    at: datetime,
    words: WhatWasSaid,
    by: WhoObjects = "",
) -> Application:
    """Record an objection to a decision on public notice: it is taken down and verified again."""
    fresh = Objection(application=application, region_id=application.region_id, recorded_by_id=actor.id)
    keep_objection(fresh, words, by, at)
    Notice.everywhere.filter(application=application, taken_down_at=None).update(taken_down_at=at)
    application.decided_by_id = application.decided_at = application.verified_by_id = None
    application.decision_number = ""
    return moved(application, "object", actor=actor, at=at)


def keep_objection(fresh: Objection, words: str, by: str, at: datetime) -> None:
    """Keep what was said, sealed with a key of its own."""
    fresh.owner_id = fresh.pk
    make_key(fresh.pk)
    fresh.words_sealed = seal(fresh.pk, normalise(words, lines=True)[:2000])
    fresh.by_sealed = seal(fresh.pk, normalise(by)[:60]) if by.strip() else b""
    fresh.received_at = at
    fresh.save(force_insert=True)


@act("entitlement.approve")
def put_into_force(application: Application, *, actor: Actor, at: datetime) -> Application:
    """Let a grant come into force after the last day for objections."""
    notice = Notice.everywhere.filter(application=application, taken_down_at=None).first()
    if notice is not None and not notice.is_over(timezone.localdate(at)):
        raise Refused(
            "entitlement.notice_runs",
            "Objections may be made until {day}. The grant then comes into force automatically.",
            day=notice.until,
        )
    return _in_force(application, actor=actor, at=at)


def lapse_at_death(person: Person, death: Death, actor: Actor, at: datetime) -> None:
    """End what somebody who died had applied for, inside the act that confirms the death; notices are taken down."""
    for row in Application.everywhere.filter(person=person).exclude(state__in=ENDED).order_by("pk"):
        lapse_application(row, actor=actor, at=at)


@act("entitlement.apply")
def lapse_application(application: Application, *, actor: Actor, at: datetime) -> Application:
    """End an application whose person died."""
    Notice.everywhere.filter(application=application, taken_down_at=None).update(taken_down_at=at)
    return moved(application, "lapse", actor=actor, at=at)


def _in_force(application: Application, *, actor: Actor, at: datetime) -> Application:
    if not application.person.is_living:
        raise Refused(
            "entitlement.died_before",
            "{person} is not registered as living, so nothing comes into force. Check the registry.",
            person=application.person,
        )
    moved(application, "grant", actor=actor, at=at, passed={"notice_over"})
    grant = award(application, actor=actor, at=at)
    add_detail(grant=str(grant.pk))
    return application


def _granted(said: queries.Look) -> Any:
    """What the policy grants; refused with its reason where it does not."""
    if said.refused is not None:
        raise said.refused
    outcome = said.outcome
    if outcome is None or not outcome.value:
        raise Refused(
            "entitlement.not_granted_by_policy",
            "The policy does not grant this now: {why}. Correct the facts first, or refuse the application.",
            why=words.short_reason(outcome.as_data()) if outcome else "",
        )
    return outcome


def _other_eyes(application: Application, actor: Actor) -> None:
    for before in (application.filed_by_id, application.accepted_by_id, application.verified_by_id):
        four_eyes(before, actor)


def _decide(application: Application, actor: Actor, at: datetime) -> None:
    application.decided_by_id, application.decided_at = actor.id, at
    application.decision_number = book().number(timezone.localdate(at).year, application.number)


def _post(application: Application, today: date, days: int) -> None:
    assert application.from_month is not None
    notice = Notice.everywhere.create(
        application=application,
        region_id=application.region_id,
        shown_name=shown_name(application.person.name),
        benefit_en=application.name_en,
        benefit_zh=application.name_zh,
        decision_number=application.decision_number,
        from_month=application.from_month,
        posted_on=today,
        until=today + timedelta(days=days - 1),
    )
    add_detail(notice_until=notice.until.isoformat())
