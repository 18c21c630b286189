"""From the application to the verified case: filing, papers, accepting, returning, the visit to the household."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement import queries
from songhe.areas.entitlement.models import Application, ApplicationState, Channel, Paper, Shown
from songhe.areas.entitlement.terms import SILENT, book
from songhe.areas.registry.api import Person
from songhe.core.days import month_of
from songhe.core.labels import Label, Labels
from songhe.core.refusal import Forbidden, Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, add_detail, four_eyes
from songhe.engines.cases.api import move_case, open_case
from songhe.engines.vault.api import Place, seal, take_in
from songhe.kit.fields import Field

Whom = Annotated[Person, Field(label=_("Person"))]
Wanted = Annotated[str, Field(label=_("Benefit"), choices=queries.benefit_choices)]
Remark = Annotated[str, Field(label=_("Note"), size=400)]
Words = Annotated[str, Field(label=_("Reason"), long=True, size=400)]
WhichPaper = Annotated[str, Field(label=_("Document"), choices=queries.paper_choices)]
Upload = Annotated[
    UploadedFile, Field(label=_("File"), accept="image/*,.pdf", help=_("A picture or a PDF, at most 10 MB."))
]
WHO = {
    Channel.FAMILY: {"person", "family"},
    Channel.VILLAGE: {"village"},
    Channel.COUNTER: {"counter"},
    Channel.PAPER: {"counter", "village"},
}


@act("entitlement.apply")
def apply(*, actor: Actor, at: datetime, person: Whom, benefit: Wanted, note: Remark = "") -> Application:
    """Apply for a benefit for a person: at the counter, in the village, or as the person or the family."""
    fresh = Application(
        person=person,
        rule=benefit,
        channel=queries.applicant_choices(actor),
        received_on=timezone.localdate(at),
        note=normalise(note)[:400],
    )
    return _filed(fresh, actor=actor, at=at)


@act("entitlement.apply")
def enter_paper(
    *,
    actor: Actor,
    at: datetime,
    person: Whom,
    benefit: Wanted,
    received_on: Annotated[date, Field(label=_("Received on"))],
    handed_in_by: Annotated[str, Field(label=_("Handed in by"), size=60)],
    paper_number: Annotated[str, Field(label=_("Number on the paper"), size=40)] = "",
    note: Remark = "",
) -> Application:
    """Enter an application that came in on paper."""
    if queries.applicant_choices(actor) == Channel.FAMILY:
        raise Forbidden(
            "entitlement.paper", "Paper applications are entered by the office. Apply here yourself instead."
        )
    if received_on > timezone.localdate(at):
        raise Refused(
            "entitlement.received_ahead",
            "The date of receipt is in the future. Correct it.",
            field="received_on",
        )
    fresh = Application(
        person=person,
        rule=benefit,
        channel=Channel.PAPER,
        received_on=received_on,
        handed_in_by=normalise(handed_in_by)[:60],
        paper_number=normalise(paper_number)[:40],
        note=normalise(note)[:400],
    )
    return _filed(fresh, actor=actor, at=at)


@act("entitlement.apply")
def attach_paper(
    application: Application,
    *,
    actor: Actor,
    at: datetime,
    paper: WhichPaper,
    file: Upload,  # type: ignore[type-arg]  # generic in its stubs only
) -> Application:
    """Attach a picture or PDF of a document; it is kept encrypted with the person's key."""
    found = _paper(application, paper)
    place = Place(
        owner_id=application.person_id,
        about_id=application.pk,
        region_id=application.region_id,
        person_id=application.person_id,
    )
    kept = take_in(file, name=file.name or str(found), place=place, actor_id=actor.id, at=at)
    found.attachment_id = kept.pk
    return _shown(application, found, Shown.ATTACHED, "", actor=actor, at=at)


@act("entitlement.accept")
def see_paper(
    application: Application,
    *,
    actor: Actor,
    at: datetime,
    paper: WhichPaper,
    shown: Annotated[
        Shown, Field(label=_("Shown"), choices=[(s.value, s.label) for s in (Shown.SEEN, Shown.NOT_NEEDED)])
    ],
    note: Annotated[str, Field(label=_("Note"), size=200, help=_("Required if it is not needed."))] = "",
) -> Application:
    """Tick a document: seen in the original, or not needed and why."""
    if shown == Shown.NOT_NEEDED and not note.strip():
        raise Refused("entitlement.why_not_needed", "Say why this document is not needed.", field="note")
    found = _paper(application, paper)
    found.attachment_id = None
    return _shown(application, found, Shown(shown), note, actor=actor, at=at)


@act("entitlement.accept")
def accept(application: Application, *, actor: Actor, at: datetime) -> Application:
    """Take an application up once every document was shown."""
    lacking = [Label(paper.name_en, paper.name_zh) for paper in queries.open_papers(application)]
    if lacking:
        raise Refused(
            "entitlement.papers",
            "Not shown yet: {papers}. Tick or attach them, or return the application.",
            papers=Labels(tuple(lacking)),
        )
    application.accepted_by_id = actor.id
    return moved(application, "accept", actor=actor, at=at, passed={"papers_shown"})


@act("entitlement.accept")
def give_back(
    application: Application,
    *,
    actor: Actor,
    at: datetime,
    missing: Annotated[str, Field(label=_("What is missing"), long=True, size=400)],
) -> Application:
    """Return an application and say what is missing."""
    application.missing = normalise(missing, lines=True)[:400]
    return moved(application, "return", actor=actor, at=at, note=application.missing)


@act("entitlement.apply")
def hand_in_again(application: Application, *, actor: Actor, at: datetime, note: Remark = "") -> Application:
    """Hand a returned application in again."""
    return moved(application, "resubmit", actor=actor, at=at, note=note)


@act("entitlement.verify")
def verify(
    application: Application,
    *,
    actor: Actor,
    at: datetime,
    visited_on: Annotated[date, Field(label=_("Visited on"))],
    found: Annotated[str, Field(label=_("What the visit found"), long=True, size=2000)],
) -> Application:
    """Confirm the facts after a visit to the household; not by who filed or accepted the application."""
    for before in (application.filed_by_id, application.accepted_by_id):
        four_eyes(before, actor)
    if not application.received_on <= visited_on <= timezone.localdate(at):
        raise Refused(
            "entitlement.visit_day",
            "The visit is before the application or in the future. Correct the date.",
            field="visited_on",
        )
    application.visited_on = visited_on
    application.visit_note_sealed = seal(application.person_id, normalise(found, lines=True)[:2000])
    application.verified_by_id = actor.id
    return moved(application, "verify", actor=actor, at=at, passed={"visited", "other_eyes"})


@act("entitlement.apply")
def withdraw(application: Application, *, actor: Actor, at: datetime, reason: Words) -> Application:
    """Take an application back that is not decided."""
    return moved(application, "withdraw", actor=actor, at=at, note=reason)


def moved(
    application: Application,
    code: str,
    *,
    actor: Actor,
    at: datetime,
    passed: Collection[str] = (),
    note: str = "",
) -> Application:
    """Move the case along its flow, inside an act, and keep the application in step with it."""
    case = move_case(application.case, code, actor=actor, at=at, passed=passed, note=normalise(note)[:400])
    application.state, application.due_at = ApplicationState(case.state), case.due_at
    application.save()
    return application


def _filed(fresh: Application, *, actor: Actor, at: datetime) -> Application:
    person, day = fresh.person, timezone.localdate(at)
    _may_apply(fresh, day)
    said = queries.look(person, fresh.rule, day)
    found = said.benefit
    fresh.policy, fresh.name_en, fresh.name_zh = found.version, found.rule.label.en, found.rule.label.zh
    fresh.reason = said.outcome.as_data() if said.outcome else {}
    case = open_case("application", region_id=person.region_id, person_id=person.pk, actor=actor, at=at)
    fresh.case, fresh.number, fresh.state, fresh.due_at = case, case.number, case.state, case.due_at
    fresh.region_id, fresh.filed_at, fresh.filed_by_id = person.region_id, at, actor.id
    fresh.received_by = actor.name[:80]
    try:
        with transaction.atomic():
            fresh.save(force_insert=True)
    except IntegrityError as error:
        raise _under_way() from error
    papers = dict.fromkeys((*book().of(fresh.rule).documents, *(said.outcome.bring if said.outcome else ())))
    Paper.everywhere.bulk_create(
        Paper(
            application=fresh,
            person_id=person.pk,
            region_id=person.region_id,
            rank=rank,
            name_en=paper.en,
            name_zh=paper.zh,
        )
        for rank, paper in enumerate(papers)
    )
    add_detail(papers=[paper.zh for paper in papers])
    return fresh


def _may_apply(fresh: Application, day: date) -> None:
    person, terms = fresh.person, book().of(fresh.rule)
    if not person.is_living:
        raise Refused(
            "entitlement.not_living_now",
            "{person} is not registered as living, so nothing can be applied for. Check the registry.",
            field="person",
            person=person,
        )
    if terms.mode == SILENT:
        raise Refused(
            "entitlement.silent",
            "This benefit is granted automatically to everybody who is entitled. No application is needed.",
            field="benefit",
        )
    if not WHO[Channel(fresh.channel)] & terms.who:
        raise Refused(
            "entitlement.who_applies",
            "This benefit cannot be applied for in this way. Apply through the village or at the counter.",
            field="benefit",
        )
    if queries.in_way(person.pk, fresh.rule):
        raise _under_way()
    held = queries.open_grant(person.pk, fresh.rule, on=month_of(day))
    if held is not None:
        raise Refused(
            "entitlement.has_it",
            "{person} has this benefit already, from {month} on. Open the grant instead.",
            field="benefit",
            person=person,
            month=f"{held.from_month:%Y-%m}",
        )


def _under_way() -> Refused:
    return Refused(
        "entitlement.applied_already",
        "An application of this person for this benefit is under way. Open that one.",
        field="benefit",
    )


def _paper(application: Application, key: str) -> Paper:
    if application.state not in (
        ApplicationState.FILED,
        ApplicationState.RETURNED,
        ApplicationState.ACCEPTED,
    ):
        raise Refused(
            "entitlement.papers_closed",
            "The documents of this application are complete. Nothing is added now.",
        )
    found: Paper | None = Paper.everywhere.filter(application=application, pk=UUID(key)).first()
    if found is None:
        raise Refused(
            "entitlement.no_such_paper", "There is no such document. Choose one from the list.", field="paper"
        )
    return found


def _shown(
    application: Application, paper: Paper, shown: Shown, note: str, *, actor: Actor, at: datetime
) -> Application:
    paper.shown, paper.note = shown, normalise(note)[:200]
    paper.shown_at, paper.shown_to_id = at, actor.id
    paper.save()
    add_detail(paper=paper.name_zh, shown=str(shown))
    return application
