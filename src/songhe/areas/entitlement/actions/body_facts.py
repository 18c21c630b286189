"""Verbs of facts of bodies' grants: entered with a paper by one, confirmed by another, and counted by the next run."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement.models import BodyFact, BodyFactState, BodyKind, Grant
from songhe.areas.entitlement.queries.bodies import MODELS, Body
from songhe.areas.entitlement.queries.body_facts import fact_choices, facts_to_enter
from songhe.areas.entitlement.rules.bodies import heard, plain
from songhe.core.days import month_of
from songhe.core.refusal import Refused
from songhe.core.rules import FactValue
from songhe.core.rules.document import Fact
from songhe.core.text import normalise
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail, four_eyes
from songhe.engines.regions.ids import uuid7
from songhe.engines.vault.api import Place, make_key, take_in
from songhe.kit.fields import Field


@act("entitlement.verify")
def enter_fact(  # noqa: PLR0913  the form asks for each
    grant: Grant,
    *,
    actor: Actor,
    at: datetime,
    fact: Annotated[str, Field(label=_("Which fact"), choices=fact_choices)],
    value: Annotated[
        str,
        Field(
            label=_("Value of the fact"),
            help=_(
                "A whole number, an amount in yuan, a date like 2026-11-30, or yes or no: as the policy requires."
            ),
        ),
    ],
    month: Annotated[date, Field(label=_("From month"), help=_("Any day of the month."))],
    paper: Annotated[
        str,
        Field(label=_("Document"), size=160, help=_("Which document proves it: its name, date or number.")),
    ],
    file: Annotated[
        UploadedFile | None,  # type: ignore[type-arg]
        Field(label=_("File"), accept="image/*,application/pdf"),
    ] = None,
    note: Annotated[str, Field(label=_("Note"), long=True, size=400)] = "",
) -> BodyFact:
    """Enter a newer fact of a grant, or of one month where the policy has it told each month. It counts once somebody
    else has confirmed it; of one month the last one confirmed counts."""
    known = _asked(grant, fact)
    first = month_of(month)
    _of_grant(grant, first, timezone.localdate(at))
    made = _made(grant, known, _heard(known, value), first, actor=actor, at=at)
    made.paper, made.note = normalise(paper)[:160], normalise(note, lines=True)[:400]
    if file is not None:
        made.attachment_id = _kept(made, file, actor=actor, at=at)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise Refused(
            "entitlement.fact_waits",
            "The same fact for this month is awaiting confirmation. Confirm or refuse it first.",
            field="fact",
        ) from error
    add_detail(fact=known.label.zh, month=f"{first:%Y-%m}")
    return made


@act("entitlement.approve")
def confirm_fact(fact: BodyFact, *, actor: Actor, at: datetime) -> BodyFact:
    """Confirm what somebody else entered: the next run looks at it."""
    four_eyes(fact.entered_by_id, actor)
    return _decide(fact, BodyFactState.CONFIRMED, actor=actor, at=at)


@act("entitlement.approve")
def refuse_fact(
    fact: BodyFact,
    *,
    actor: Actor,
    at: datetime,
    reason: Annotated[str, Field(label=_("Reason"), long=True, size=400)],
) -> BodyFact:
    """Refuse what was entered, with the reason."""
    fact.reason = normalise(reason, lines=True)[:400]
    return _decide(fact, BodyFactState.REFUSED, actor=actor, at=at)


def _heard(fact: Fact, text: str) -> FactValue:
    found = heard(fact, normalise(text))
    if found is None:
        raise Refused(
            "entitlement.bad_fact",
            "“{value}” is not a valid value of “{fact}”. Correct it.",
            field="value",
            value=text[:40],
            fact=fact.label,
        )
    return found


def _made(grant: Grant, fact: Fact, value: FactValue, month: date, *, actor: Actor, at: datetime) -> BodyFact:
    assert grant.holder_id is not None, "only bodies' grants have facts to enter"
    return BodyFact(
        id=uuid7(),
        grant=grant,
        holder_id=grant.holder_id,
        organisation_id=_organisation(grant),
        region_id=grant.region_id,
        code=fact.code,
        name_en=fact.label.en[:160],
        name_zh=fact.label.zh[:160],
        unit=fact.unit or "",
        value=plain(value),
        month=month,
        monthly=fact.monthly,
        entered_by_id=actor.id,
        entered_by=actor.name[:80],
        entered_at=at,
    )


def _asked(grant: Grant, code: str) -> Fact:
    found = next((one for one in facts_to_enter(grant) if one.code == code), None)
    if found is None:
        raise Refused(
            "entitlement.no_such_fact",
            "The policy does not require this, or it comes from the register. Choose one from the list.",
            field="fact",
        )
    return found


def _of_grant(grant: Grant, month: date, today: date) -> None:
    if not grant.covers(month):
        raise Refused(
            "entitlement.fact_before_grant",
            "The grant applies from {month}, but not in every later month. Choose one of its months.",
            field="month",
            month=f"{grant.from_month:%Y-%m}",
        )
    if month > month_of(today):
        raise Refused(
            "entitlement.fact_ahead", "This month has not begun. Choose an earlier one.", field="month"
        )


def _organisation(grant: Grant) -> UUID:
    kind = BodyKind(grant.holder_kind)
    with elevated():  # whoever reaches the grant may know whose its holder is
        return Body(kind, MODELS[kind].everywhere.get(pk=grant.holder_id)).organisation_id


def _kept(fact: BodyFact, file: Any, *, actor: Actor, at: datetime) -> UUID:
    make_key(fact.pk)
    place = Place(
        owner_id=fact.pk, about_id=fact.pk, region_id=fact.region_id, holder_id=fact.organisation_id
    )
    return take_in(file, name=file.name or fact.paper, place=place, actor_id=actor.id, at=at).pk


def _decide(fact: BodyFact, state: BodyFactState, *, actor: Actor, at: datetime) -> BodyFact:
    if fact.state != BodyFactState.ENTERED:
        raise Refused(
            "entitlement.fact_state",
            "This is not possible while the fact is “{state}”. Reload the page and choose again.",
            state=fact.get_state_display(),
        )
    fact.state, fact.decided_by_id, fact.decided_by, fact.decided_at = state, actor.id, actor.name[:80], at
    fact.save(update_fields=["state", "decided_by_id", "decided_by", "decided_at", "reason"])
    return fact
