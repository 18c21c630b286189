"""Applications of facilities, organisations and for workers: from filing to the decision. See ``body_decisions``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement.models import BodyApplication, BodyPaper, BodyState, Shown
from songhe.areas.entitlement.queries import bodies as queries
from songhe.areas.entitlement.queries.bodies import Body
from songhe.areas.entitlement.queries.grants import body_grant
from songhe.areas.entitlement.rules.bodies import plain
from songhe.areas.entitlement.terms import book
from songhe.core.days import month_of
from songhe.core.labels import Label, Labels
from songhe.core.refusal import Refused
from songhe.core.rules import FactValue
from songhe.core.text import normalise
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail, four_eyes
from songhe.engines.cases.api import move_case, open_case
from songhe.engines.vault.api import Place, make_key, take_in
from songhe.kit.fields import Field

Words = Annotated[str, Field(label=_("Reason"), long=True, size=400)]
WhichPaper = Annotated[str, Field(label=_("Document"), choices=queries.body_paper_choices)]
OPEN_FOR_PAPERS = (BodyState.FILED, BodyState.RETURNED)


@act("entitlement.claim")
def apply_for_body(
    *,
    actor: Actor,
    at: datetime,
    body: str,
    benefit: str,
    told: Mapping[str, FactValue],
    note: str = "",
) -> BodyApplication:
    """Apply for a benefit with the facts that the policy asks and the register does not know."""
    day = timezone.localdate(at)
    who = queries.the_body(body, actor.scope(queries.CLAIM))
    found = queries.the_body_benefit(benefit, who, day)
    _may_apply(who, benefit, day)
    wanted = {fact.code for fact in queries.facts_asked(who, found, day)}
    if wanted != {code for code, value in told.items() if value is not None}:
        raise Refused(
            "entitlement.facts_lacking",
            "The policy asks for facts other than those given. Load the form again and fill in each of them.",
        )
    outcome = queries.look_at(who, found, told, day, month_of(day))
    with elevated():  # a case has one holder, but an application is its facility's and its organisation's
        case = open_case(
            "body_application", region_id=who.region_id, holder_id=who.organisation_id, actor=actor, at=at
        )
    fresh = BodyApplication(
        holder_kind=who.kind,
        holder_id=who.row.pk,
        organisation_id=who.organisation_id,
        holder_name=who.row.name,
        region_id=who.region_id,
        case=case,
        number=case.number,
        state=case.state,
        due_at=case.due_at,
        policy=found.version,
        rule=benefit,
        name_en=found.rule.label.en,
        name_zh=found.rule.label.zh,
        facts=facts_as_data(told, queries.facts_known(who, found, day)),
        reason=outcome.as_data(),
        unit=found.rule.unit or "",
        note=normalise(note)[:400],
        filed_at=at,
        filed_by_id=actor.id,
        filed_by=actor.name[:80],
    )
    try:
        with transaction.atomic():
            fresh.save(force_insert=True)
    except IntegrityError as error:
        raise _under_way() from error
    make_key(fresh.pk)
    brought = [fact.bring for fact in queries.facts_asked(who, found, day)]
    _papers(fresh, dict.fromkeys((*_documents(benefit), *brought)))
    return fresh


@act("entitlement.claim")
def attach_body_paper(
    application: BodyApplication,
    *,
    actor: Actor,
    at: datetime,
    paper: WhichPaper,
    file: Annotated[UploadedFile, Field(label=_("File"), accept="image/*,application/pdf")],  # type: ignore[type-arg]
) -> BodyApplication:
    """Attach a picture or PDF of a document; it is kept encrypted with a key of the application's own."""
    found = _paper(application, paper)
    place = Place(
        owner_id=application.pk,
        about_id=application.pk,
        region_id=application.region_id,
        holder_id=_own(application, actor),
    )
    kept = take_in(file, name=file.name or str(found), place=place, actor_id=actor.id, at=at)
    found.attachment_id = kept.pk
    return _shown(application, found, Shown.ATTACHED, "", at)


@act("entitlement.verify")
def see_body_paper(
    application: BodyApplication,
    *,
    actor: Actor,
    at: datetime,
    paper: WhichPaper,
    shown: Annotated[
        Shown, Field(label=_("Shown"), choices=[(s.value, s.label) for s in (Shown.SEEN, Shown.NOT_NEEDED)])
    ],
    note: Annotated[str, Field(label=_("Note"), size=200, help=_("Required if it is not needed."))] = "",
) -> BodyApplication:
    """Tick a document: seen in the original, or not needed and why."""
    if shown == Shown.NOT_NEEDED and not note.strip():
        raise Refused("entitlement.why_not_needed", "Say why this document is not needed.", field="note")
    return _shown(application, _paper(application, paper), Shown(shown), note, at)


@act("entitlement.verify")
def return_to_body(
    application: BodyApplication, *, actor: Actor, at: datetime, missing: Words
) -> BodyApplication:
    """Return an application with what is missing."""
    application.missing = normalise(missing, lines=True)[:400]
    return body_moved(application, "return", actor=actor, at=at, note=application.missing)


@act("entitlement.claim")
def hand_in_body_again(application: BodyApplication, *, actor: Actor, at: datetime) -> BodyApplication:
    """Hand in again what was returned."""
    return body_moved(application, "resubmit", actor=actor, at=at)


@act("entitlement.verify")
def verify_body(
    application: BodyApplication,
    *,
    actor: Actor,
    at: datetime,
    found: Annotated[
        str, Field(label=_("What was found"), long=True, help=_("On site and in the documents."))
    ],
) -> BodyApplication:
    """Verify the facts once every document was shown; not by who filed the application."""
    four_eyes(application.filed_by_id, actor)
    lacking = [Label(paper.name_en, paper.name_zh) for paper in queries.papers_open(application)]
    if lacking:
        raise Refused(
            "entitlement.body_papers",
            "Not shown yet: {papers}. Tick or attach them, or return the application.",
            papers=Labels(tuple(lacking)),
        )
    application.found, application.verified_by_id = normalise(found, lines=True)[:2000], actor.id
    return body_moved(application, "verify", actor=actor, at=at, passed={"papers_shown", "other_eyes"})


@act("entitlement.claim")
def withdraw_body(
    application: BodyApplication, *, actor: Actor, at: datetime, reason: Words
) -> BodyApplication:
    """Take an application back that is not decided."""
    return body_moved(application, "withdraw", actor=actor, at=at, note=reason)


def body_moved(
    application: BodyApplication,
    code: str,
    *,
    actor: Actor,
    at: datetime,
    passed: Collection[str] = (),
    note: str = "",
) -> BodyApplication:
    """Move the case along its flow, inside an act, and keep the application in step with it."""
    with elevated():  # whoever reaches the application may do to its case what the flow allows
        text = normalise(note)[:400]
        case = move_case(application.case, code, actor=actor, at=at, passed=passed, note=text)
    application.state, application.due_at = BodyState(case.state), case.due_at
    application.save()
    return application


def facts_as_data(
    told: Mapping[str, FactValue], known: Mapping[str, FactValue]
) -> dict[str, dict[str, object]]:
    """Facts with where each is from; what the register knows counts."""
    found: dict[str, dict[str, object]] = {}
    for code, value in told.items():
        found[code] = {"value": plain(value), "from": "told"}
    for code, value in known.items():
        found[code] = {"value": plain(value), "from": "register"}
    return found


def _may_apply(who: Body, benefit: str, day: date) -> None:
    if queries.open_for(who, benefit):
        raise _under_way()
    held = body_grant(who.row.pk, benefit, on=month_of(day))
    if held is not None:
        raise Refused(
            "entitlement.body_has_it",
            "{body} has this benefit already, from {month} on. Open the grant instead.",
            field="benefit",
            body=who.row,
            month=f"{held.from_month:%Y-%m}",
        )


def _under_way() -> Refused:
    return Refused(
        "entitlement.body_applied_already",
        "An application for this benefit is under way. Open that one.",
        field="benefit",
    )


def _documents(benefit: str) -> tuple[Label, ...]:
    """What the city asks for the benefit itself; what it asks of every applicant is meant for persons."""
    own = book().of(benefit).documents
    return () if own == book().default.documents else own


def _papers(application: BodyApplication, wanted: Collection[Label]) -> None:
    BodyPaper.everywhere.bulk_create(
        BodyPaper(
            application=application,
            holder_id=application.holder_id,
            organisation_id=application.organisation_id,
            region_id=application.region_id,
            rank=rank,
            name_en=paper.en,
            name_zh=paper.zh,
        )
        for rank, paper in enumerate(wanted)
    )
    add_detail(papers=[paper.zh for paper in wanted])


def _paper(application: BodyApplication, key: str) -> BodyPaper:
    if application.state not in OPEN_FOR_PAPERS:
        raise Refused(
            "entitlement.papers_closed",
            "The documents of this application are complete. Nothing is added now.",
        )
    found: BodyPaper | None = BodyPaper.everywhere.filter(application=application, pk=UUID(key)).first()
    if found is None:
        raise Refused(
            "entitlement.no_such_paper", "There is no such document. Choose one from the list.", field="paper"
        )
    return found


def _own(application: BodyApplication, actor: Actor) -> UUID:
    """Through which of the two the applicant sees the file again."""
    mine = actor.scope(queries.CLAIM).holders
    return application.holder_id if application.holder_id in mine else application.organisation_id


def _shown(
    application: BodyApplication, paper: BodyPaper, shown: Shown, note: str, at: datetime
) -> BodyApplication:
    if shown != Shown.ATTACHED:
        paper.attachment_id = None
    paper.shown, paper.note, paper.shown_at = shown, normalise(note)[:200], at
    paper.save()
    add_detail(paper=paper.name_zh, shown=str(shown))
    return application
