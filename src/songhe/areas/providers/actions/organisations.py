"""Verbs of organisations."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.actions.words import dialled, past_day, reach, words
from songhe.areas.providers.models import Facility, Organisation, OrganisationKind, State, Worker
from songhe.core.codes import parse_credit_code
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, add_detail
from songhe.engines.regions.models import Region
from songhe.kit.fields import Field

Name = Annotated[str, Field(label=_("Organisation name"), size=120)]
Kinds = Annotated[list[OrganisationKind], Field(label=_("Services"))]
Reason = Annotated[str, Field(label=_("Reason"), size=200)]
Base = Annotated[Region, Field(label=_("Place of registration"))]


@act("providers.create")
def register_organisation(
    *,
    actor: Actor,
    at: datetime,
    name: Name,
    region: Base,
    kinds: Kinds,
    since: Annotated[date, Field(label=_("Registered on"))],
    credit_code: Annotated[str, Field(label=_("Credit code"), size=30)] = "",
    phone: Annotated[str, Field(label=_("Office telephone"), size=30)] = "",
) -> Organisation:
    """Register an organisation; a credit code can be registered once in the installation."""
    reach(region, actor=actor, right="providers.create")
    made = Organisation(
        region=region,
        name=words(name, field="name", most=120, needed=True),
        credit_code=_code(credit_code),
        kinds=[str(kind) for kind in kinds],
        phone=dialled(phone),
        since=past_day(since, at=at, field="since"),
    )
    _save(made, new=True)
    return made


@act("providers.edit")
def edit_organisation(
    organisation: Organisation,
    *,
    actor: Actor,
    at: datetime,
    name: Name,
    kinds: Kinds,
    legal_person: Annotated[str, Field(label=_("Legal representative"), size=60)] = "",
    phone: Annotated[str, Field(label=_("Office telephone"), size=30)] = "",
    address: Annotated[str, Field(label=_("Address"), size=200)] = "",
) -> Organisation:
    """Correct what is known of an organisation."""
    _open(organisation)
    organisation.name = words(name, field="name", most=120, needed=True)
    organisation.kinds = [str(kind) for kind in kinds]
    organisation.legal_person = words(legal_person, field="legal_person", most=60)
    organisation.phone = dialled(phone)
    organisation.address = words(address, field="address", most=200)
    _save(organisation)
    return organisation


@act("providers.licence")
def correct_credit_code(
    organisation: Organisation,
    *,
    actor: Actor,
    at: datetime,
    credit_code: Annotated[str, Field(label=_("Credit code"), size=30)],
) -> Organisation:
    """Enter or correct the credit code."""
    _open(organisation)
    organisation.credit_code = _code(credit_code)
    _save(organisation)
    return organisation


@act("providers.edit")
def move_organisation(
    organisation: Organisation,
    *,
    actor: Actor,
    at: datetime,
    to: Base,
    address: Annotated[str, Field(label=_("Address"), size=200)],
) -> Organisation:
    """Carry an organisation to another region of the actor's area."""
    _open(organisation)
    reach(to, actor=actor, right="providers.edit")
    organisation.region, organisation.address = to, words(address, field="address", most=200)
    organisation.save()
    return organisation


@act("providers.suspend")
def suspend_organisation(
    organisation: Organisation, *, actor: Actor, at: datetime, reason: Reason
) -> Organisation:
    """Stop an organisation for a while: it gets no new orders."""
    if organisation.state != State.ACTIVE:
        raise Refused("not_active", "Only an operating organisation can be suspended. Look at its state.")
    add_detail(reason=words(reason, field="reason", most=200, needed=True))
    organisation.state = State.SUSPENDED
    organisation.save()
    return organisation


@act("providers.suspend")
def resume_organisation(organisation: Organisation, *, actor: Actor, at: datetime) -> Organisation:
    """Let a suspended organisation work again."""
    if organisation.state != State.SUSPENDED:
        raise Refused("not_suspended", "Only a suspended organisation can be resumed. Look at its state.")
    organisation.state = State.ACTIVE
    organisation.save()
    return organisation


@act("providers.suspend")
def close_organisation(
    organisation: Organisation, *, actor: Actor, at: datetime, reason: Reason
) -> Organisation:
    """Close an organisation for good; its sites must be closed and its workers gone first."""
    _open(organisation)
    sites = Facility.everywhere.filter(organisation=organisation).exclude(state=State.CLOSED).count()
    workers = Worker.everywhere.filter(organisation=organisation, until=None).count()
    if sites or workers:
        raise Refused(
            "still_working",
            "The organisation still has {sites} sites and {workers} workers. Close the sites and end the employments first.",
            sites=sites,
            workers=workers,
        )
    add_detail(reason=words(reason, field="reason", most=200, needed=True))
    organisation.state = State.CLOSED
    organisation.save()
    return organisation


def _code(text: str) -> str:
    return parse_credit_code(text, field="credit_code").code if text.strip() else ""


def _open(organisation: Organisation) -> None:
    if organisation.state == State.CLOSED:
        raise Refused("closed", "This organisation is closed, so nothing about it can be changed.")


def _save(organisation: Organisation, *, new: bool = False) -> None:
    try:
        with transaction.atomic():
            organisation.save(force_insert=new)
    except IntegrityError as fault:
        if "one_credit_code" not in str(fault):
            raise
        raise Refused(
            "credit_code_known",
            "An organisation with the credit code {written} is registered already. Look for it, or ask the city office "
            "if it lies outside your area.",
            field="credit_code",
            written=organisation.credit_code,
        ) from None
