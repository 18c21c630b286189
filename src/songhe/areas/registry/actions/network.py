"""Consents, enrolling and leaving."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.registry.models import Consent, Enrolment, Person
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, add_detail
from songhe.kit.fields import Field

Leaving = Enrolment.Leaving
NEEDED = (Consent.Kind.SERVICE, Consent.Kind.DATA)
"""Without these nobody is enrolled."""
UNTIL_NO = (Consent.Kind.CONTACT, Consent.Kind.PICTURE)
"""Done until somebody says no, so that a no is kept although no yes was."""
HEEDED = _(
    "Without consent to messages or pictures, these stop. Consent to data sharing and health data is only kept on record: without it the program still shows and passes on just as much, so whoever decides has to look here."
)


@act("registry.enrol")
def consent(
    person: Person,
    *,
    actor: Actor,
    at: datetime,
    kinds: Annotated[list[Consent.Kind], Field(label=_("Consents to"), help=HEEDED)],
    given_on: Annotated[date, Field(label=_("Agreed on"))],
    given_by: Annotated[str, Field(label=_("Given by"), size=60, help=_("Empty: the person."))] = "",
) -> Person:
    """Keep what the person, or who acts for the person, agreed to."""
    if given_on > timezone.localdate(at):
        raise Refused("consent_ahead", "A consent cannot be given in the future.", field="given_on")
    for kind in kinds:
        give(person, kind, given_on=given_on, given_by=normalise(given_by)[:60])
    add_detail(kinds=sorted(kinds), given_on=str(given_on))
    return person


@act("registry.enrol")
def withdraw_consent(
    person: Person,
    *,
    actor: Actor,
    at: datetime,
    kind: Annotated[Consent.Kind, Field(label=_("No longer agrees"), help=HEEDED)],
) -> Person:
    """End a consent. What enrolment stands on can only be withdrawn by leaving."""
    if kind in NEEDED and person.is_enrolled:
        raise Refused(
            "consent_needed", "Enrolment depends on this consent. End the enrolment instead.", field="kind"
        )
    today = timezone.localdate(at)
    held = Consent.everywhere.filter(person=person, kind=kind, withdrawn_on=None)
    if kind in UNTIL_NO and not held.exists():
        give(person, kind, given_on=today, given_by="")
    if not held.update(withdrawn_on=today):
        raise Refused("consent_absent", "This consent was never given.", field="kind")
    add_detail(kind=kind)
    return person


@act("registry.enrol")
def enrol(
    person: Person,
    *,
    actor: Actor,
    at: datetime,
    since: Annotated[date, Field(label=_("Since"))],
    agreement_no: Annotated[str, Field(label=_("Agreement number"), size=40)] = "",
    agrees: Annotated[
        bool, Field(label=_("The person consented to the service, and to the use of personal data for it"))
    ] = False,
    given_by: Annotated[str, Field(label=_("Given by"), size=60, help=_("Empty: the person."))] = "",
) -> Person:
    """Enrol a person in the network. Needs a living person and both consents; one enrolment at a time."""
    _fit(person, since, at)
    if agrees:
        for kind in NEEDED:
            give(person, kind, given_on=since, given_by=normalise(given_by)[:60])
    held = {row.kind: row for row in Consent.everywhere.filter(person=person, withdrawn_on=None)}
    if not set(NEEDED) <= set(held):
        raise Refused(
            "enrol_consent",
            "Nobody can be enrolled without consenting to the service and to the use of data. Tick the box once they have.",
            field="agrees",
            rule="Personal Information Protection Law, articles 13 and 28",
        )
    number = normalise(agreement_no)[:40]
    if number and Enrolment.everywhere.filter(agreement_no=number, until=None).exists():
        raise Refused(
            "agreement_twice", "Another person is enrolled with this agreement number.", field="agreement_no"
        )
    Enrolment.everywhere.create(
        person=person,
        region_id=person.region_id,
        agreement_no=number,
        consent=held[Consent.Kind.SERVICE],
        since=since,
    )
    person.is_enrolled = True
    person.save(update_fields=["is_enrolled"])
    return person


@act("registry.enrol")
def leave(
    person: Person,
    *,
    actor: Actor,
    at: datetime,
    until: Annotated[date, Field(label=_("Last day"))],
    leaving: Annotated[Leaving, Field(label=_("Reason"))],
) -> Person:
    """End an enrolment on a day, with its reason."""
    if end_enrolment(person, until=until, leaving=leaving) is None:
        raise Refused("not_enrolled", "The person is not enrolled.")
    add_detail(until=str(until), leaving=leaving)
    return person


def give(person: Person, kind: Consent.Kind, *, given_on: date, given_by: str) -> None:
    """Keep a consent unless it is held already."""
    if not Consent.everywhere.filter(person=person, kind=kind, withdrawn_on=None).exists():
        Consent.everywhere.create(
            person=person, region_id=person.region_id, kind=kind, given_on=given_on, given_by=given_by
        )


def end_enrolment(person: Person, *, until: date, leaving: Leaving) -> UUID | None:
    """End the open enrolment inside another act; its id, or None where there is none."""
    open_row = Enrolment.everywhere.filter(person=person, until=None).first()
    if open_row is None:
        return None
    if until < open_row.since:
        raise Refused(
            "enrol_days",
            "The person was enrolled on {since}, later than that. Correct the day.",
            field="until",
            since=open_row.since.isoformat(),
        )
    open_row.until, open_row.leaving = until, leaving
    open_row.save(update_fields=["until", "leaving"])
    person.is_enrolled = False
    person.save(update_fields=["is_enrolled"])
    row_id: UUID = open_row.id
    return row_id


def _fit(person: Person, since: date, at: datetime) -> None:
    if not person.is_living:
        raise Refused("enrol_not_living", "Only living persons can be enrolled.")
    if person.is_provisional:
        raise Refused(
            "enrol_provisional", "Enter the identity number first; a provisional person cannot be enrolled."
        )
    if person.is_enrolled:
        raise Refused("enrolled_already", "The person is enrolled already.")
    if since > timezone.localdate(at):
        raise Refused("enrol_ahead", "Enrolment cannot begin in the future.", field="since")
    last = Enrolment.everywhere.filter(person=person).order_by("-until").first()
    if last and last.until and since < last.until:
        raise Refused(
            "enrol_overlap",
            "An earlier enrolment lasted until {until}. Begin later.",
            field="since",
            until=last.until.isoformat(),
        )
