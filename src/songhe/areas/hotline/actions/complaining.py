"""Complaints: taken in, looked into, answered, and what follows for the organisation."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, NewType

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.caring.api import Caring
from songhe.areas.contracts import api as contracts
from songhe.areas.hotline.actions.common import words_of
from songhe.areas.hotline.city import branch_of, complaining
from songhe.areas.hotline.informing import tell_who_complained
from songhe.areas.hotline.models import Call, Complaint, Finding
from songhe.areas.providers.api import Organisation, said
from songhe.areas.visits.api import Order
from songhe.core.refusal import Forbidden, Refused
from songhe.engines.access.api import SYSTEM, Actor, elevated
from songhe.engines.acts.api import act, add_detail, four_eyes
from songhe.engines.cases.api import Case, Priority, calendar, move_case, open_case
from songhe.engines.jobs.api import start
from songhe.engines.jobs.models import Job
from songhe.engines.live.api import publish
from songhe.engines.regions.ids import uuid7
from songhe.engines.vault.api import seal
from songhe.kit.fields import Field

Fen = NewType("Fen", int)
TOPIC = "hotline.complaints"
About = Annotated[Order, Field(label=_("Order"))]


def _klasses(row: Any, user: Any) -> list[tuple[str, str]]:
    return [(code, said(found.label)) for code, found in complaining().klasses.items()]


def _consequences(row: Any, user: Any) -> list[tuple[str, str]]:
    return [(code, said(found.label)) for code, found in complaining().consequences.items()]


@act("hotline.complain")
def complain(
    *,
    actor: Actor,
    at: datetime,
    order: About,
    words: Annotated[str, Field(label=_("What was wrong"), long=True)],
) -> Complaint:
    """Complain in writing about a service; whoever wrote sees what becomes of it."""
    complaint = Complaint(
        region_id=order.region_id,
        order=order,
        person_id=order.person_id,
        owner_id=order.person_id,
        by_id=actor.id,
        by_name=actor.name[:80],
    )
    return _opened(complaint, words, field="words", actor=actor, at=at)


@act("hotline.escalate")
def take_up(
    complaint: Complaint,
    *,
    actor: Actor,
    at: datetime,
    klass: Annotated[str, Field(label=_("Class"), choices=_klasses)] = "",
) -> Complaint:
    """Begin to look into a complaint; its class decides until when it is answered, from the day it came in."""
    if klass and klass != complaint.klass:
        _classed(complaint, klass, since=complaint.opened_at)
    _move(complaint, "take_up", actor=actor, at=at)
    _watch(complaint, at=at)
    return complaint


@act("hotline.escalate")
def investigate(
    complaint: Complaint,
    *,
    actor: Actor,
    at: datetime,
    finding: Annotated[Finding, Field(label=_("Finding of the investigation"))],
    words: Annotated[str, Field(label=_("What was found, from whom"), long=True)],
    organisation: Annotated[
        Organisation | None,
        Field(label=_("Responsible organisation"), help=_("Empty: the organisation of the order")),
    ] = None,
) -> Complaint:
    """Enter what the investigation found, and which organisation answers for it."""
    if complaint.state != Complaint.State.IN_HAND:
        raise Refused("not_in_hand", "Take the complaint up first.")
    complaint.findings_sealed = seal(complaint.owner_id, words_of(words, field="words", needed=True))
    complaint.finding, complaint.found_by_id, complaint.found_by = finding, actor.id, actor.name[:80]
    complaint.consequence, complaint.deduction_fen = "", 0
    complaint.decided_by_id, complaint.decided_by, complaint.decided_at = None, "", None
    if organisation is not None:
        complaint.organisation = organisation
    complaint.save()
    return complaint


@act("hotline.escalate")
def answer_complaint(
    complaint: Complaint,
    *,
    actor: Actor,
    at: datetime,
    words: Annotated[str, Field(label=_("Answer"), long=True)],
) -> Complaint:
    """Enter what was answered; before that somebody has looked into it."""
    if not complaint.finding:
        raise Refused("no_finding", "Enter first what the investigation found.", field="words")
    complaint.answer_sealed = seal(complaint.owner_id, words_of(words, field="words", needed=True))
    complaint.answered_at = at
    tell_who_complained(complaint, at=at)
    return _move(complaint, "answer", actor=actor, at=at)


@act("hotline.sanction")
def sanction(
    complaint: Complaint,
    *,
    actor: Actor,
    at: datetime,
    consequence: Annotated[str, Field(label=_("Consequence"), choices=_consequences)],
    deduction: Annotated[Fen | None, Field(label=_("Deduction"))] = None,
) -> Complaint:
    """Decide what follows for the organisation; by somebody who did not look into it. It is kept with the contract."""
    found = complaining().consequences.get(consequence)
    if found is None or not complaint.finding:
        raise Refused("no_finding", "Enter first what the investigation found.", field="consequence")
    if complaint.decided_by_id is not None:
        raise Refused("decided", "The consequence was decided already.", field="consequence")
    four_eyes(complaint.found_by_id, actor)
    if complaint.finding == Finding.UNFOUNDED and consequence != "none":
        raise Refused("unfounded", "A complaint that is not upheld has no consequence.", field="consequence")
    fen = int(deduction or 0)
    if not found.least_fen <= fen <= found.most_fen:
        raise Refused(
            "deduction", "The amount for this consequence is {least} to {most} yuan.", field="deduction",
            least=contracts.in_yuan(found.least_fen), most=contracts.in_yuan(found.most_fen),
        )  # fmt: skip
    complaint.consequence, complaint.deduction_fen = consequence, fen
    complaint.decided_by_id, complaint.decided_by, complaint.decided_at = actor.id, actor.name[:80], at
    complaint.save()
    if found.remark and complaint.order_id is not None:
        _remark(complaint, found.label.zh, actor=actor, at=at)
    return complaint


@act("hotline.close")
def reopen_complaint(
    complaint: Complaint,
    *,
    actor: Actor,
    at: datetime,
    why: Annotated[str, Field(label=_("Why"), size=200)] = "",
) -> Complaint:
    """Look into a complaint again, since the answer does not satisfy."""
    return _again(complaint, "reopen", why, actor=actor, at=at)


@act("hotline.complain")
def object_to_answer(
    complaint: Complaint,
    *,
    actor: Actor,
    at: datetime,
    why: Annotated[str, Field(label=_("Why"), size=200)],
) -> Complaint:
    """Say that the answer to one's own complaint does not satisfy; it is looked into again."""
    if complaint.by_id != actor.id:
        raise Forbidden("not_yours", "Only the complainant may object to the answer.")
    return _again(complaint, "object", why, actor=actor, at=at)


@act("hotline.close")
def close_complaint(complaint: Complaint, *, actor: Actor, at: datetime) -> Complaint:
    """Close an answered complaint; what was founded has its consequence decided first."""
    if complaint.finding in (Finding.FOUNDED, Finding.PARTLY) and not complaint.consequence:
        raise Refused(
            "no_consequence",
            "The complaint is upheld. Somebody has to decide the consequence, even if it is “none”.",
        )
    return _move(complaint, "close", actor=actor, at=at)


@act("hotline.close")
def withdraw_complaint(complaint: Complaint, *, actor: Actor, at: datetime) -> Complaint:
    """Close a complaint that is taken back."""
    return _move(complaint, "withdraw", actor=actor, at=at)


@act("hotline.escalate")
def escalate_overdue(complaint: Complaint, *, actor: Actor, at: datetime) -> Complaint:
    """Lift a complaint that was not answered in time to the next level, and watch the next day."""
    levels = complaining().levels
    complaint.level = min(complaint.level + 1, len(levels) - 1)
    complaint.overdue_at = complaint.overdue_at or at
    complaint.save()
    with elevated():  # as for moving it
        Case.everywhere.filter(pk=complaint.case_id).update(priority=Priority.URGENT)
    publish(TOPIC, complaint.region_id, {"number": complaint.number, "level": complaint.level}, at=at)
    return complaint


def complaint_of_call(
    call: Call, words: str, *, matter: str = "", order: Order | None = None, actor: Actor, at: datetime
) -> Complaint:
    """The complaint that came out of a call."""
    about = order or (call.order if call.order_id else None)
    complaint = Complaint(
        region_id=call.region_id,
        call=call,
        order=about,
        person=call.person,
        owner_id=call.owner_id,
        matter=matter,
    )
    return _opened(complaint, words, field="note", actor=actor, at=at)


def complaint_of_caring(caring: Caring, words: str, *, actor: Actor, at: datetime) -> Complaint:
    """What somebody told a visitor or in a caring call; whoever wrote it down is told that there is an answer."""
    complaint = Complaint(
        region_id=caring.region_id, person_id=caring.person_id, owner_id=caring.person_id, by_id=actor.id,
        by_name=actor.name[:80],
    )  # fmt: skip
    return _opened(complaint, words, field="words", actor=actor, at=at)


def _opened(complaint: Complaint, words: str, *, field: str, actor: Actor, at: datetime) -> Complaint:
    complaint.id, complaint.opened_at = uuid7(), at
    complaint.words_sealed = seal(complaint.owner_id, words_of(words, field=field, needed=True))
    if complaint.order_id is not None and complaint.order is not None:
        complaint.organisation_id = complaint.order.organisation_id
    branch = branch_of(complaint.matter)
    _classed(complaint, (branch.klass if branch else "") or complaining().usual, since=at)
    urgent = complaining().klasses[complaint.klass].urgent
    with elevated():  # the case carries no person, so that the organisation complained about does not see it
        case = open_case(
            "complaint",
            region_id=complaint.region_id,
            about=complaint,
            actor=actor,
            at=at,
            priority=Priority.URGENT if urgent else Priority.HIGH,
        )
        complaint.case, complaint.number = case, case.number
        complaint.save(force_insert=True)
    _watch(complaint, at=at)
    return complaint


def _classed(complaint: Complaint, klass: str, *, since: datetime) -> None:
    found = complaining().klasses.get(klass)
    if found is None:
        raise Refused("class", "There is no such class. Choose one from the list.", field="klass")
    complaint.klass, complaint.due_at = klass, calendar().deadline(since, found.due)


def _again(complaint: Complaint, move: str, why: str, *, actor: Actor, at: datetime) -> Complaint:
    if complaint.reopened >= complaining().reopens_most:
        raise Refused(
            "reopened", "It has been reopened {n} times. A higher level decides now.", n=complaint.reopened
        )
    add_detail(why=words_of(why, field="why", most=200))
    complaint.reopened += 1
    complaint.due_at = calendar().deadline(
        at, complaining().klasses[complaint.klass or complaining().usual].repeat
    )
    complaint.answered_at = None
    _move(complaint, move, actor=actor, at=at)
    _watch(complaint, at=at)
    return complaint


def _watch(complaint: Complaint, *, at: datetime) -> None:
    """A timer that lifts the complaint when its day passes unanswered."""
    if complaint.due_at is not None:
        key = f"{complaint.pk}:{complaint.due_at:%Y%m%d%H%M}"
        args = {"complaint": str(complaint.pk), "due": complaint.due_at.isoformat()}
        start(
            "hotline.complaint_due", args, actor=SYSTEM, at=at, key=key, lane=Job.Lane.TIMER,
            run_at=max(complaint.due_at, at),
        )  # fmt: skip


def _remark(complaint: Complaint, consequence: str, *, actor: Actor, at: datetime) -> None:
    with elevated():  # the order may lie with an organisation outside the decider's reach
        order = Order.everywhere.filter(pk=complaint.order_id).first() if complaint.order_id else None
    money = f" ¥{contracts.in_yuan(complaint.deduction_fen)}" if complaint.deduction_fen else ""
    if order is not None:
        contracts.note(
            order.contract_id, contracts.RemarkKind.QUALITY, f"{complaint.number} {consequence}{money}",
            on=timezone.localdate(complaint.opened_at), by=actor.name, at=at, order_id=order.pk,
        )  # fmt: skip


def _move(complaint: Complaint, code: str, *, actor: Actor, at: datetime) -> Complaint:
    with elevated():  # whoever may act on the complaint acts on its case
        case = move_case(Case.everywhere.get(pk=complaint.case_id), code, actor=actor, at=at)
    complaint.state, complaint.ended_at = Complaint.State(case.state), case.closed_at
    complaint.save()
    return complaint
