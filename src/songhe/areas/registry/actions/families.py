"""Households with their members, and contacts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.registry.actions import writing
from songhe.areas.registry.models import Contact, Household, Member, Person, Relation
from songhe.areas.registry.queries.hashes import phone_hash, phone_hashes
from songhe.core.refusal import Refused
from songhe.core.text import normalise, normalise_name
from songhe.engines.access.api import Actor, Tie, User, role, tie, untie
from songhe.engines.access.api import Relation as Relation_
from songhe.engines.acts.api import act, add_detail
from songhe.engines.vault.api import seal
from songhe.kit.fields import Field

Joining = Annotated[Person, Field(label=_("Person"))]
MEMBERS_MAX = 30
CONTACTS_MAX = 10


def _contacts(row: Any, _user: Any) -> list[tuple[str, str]]:
    return [
        (str(found.id), found.name) for found in Contact.everywhere.filter(person=row).order_by("rank", "id")
    ]


@act("registry.household")
def found_household(
    head: Person,
    *,
    actor: Actor,
    at: datetime,
    number: Annotated[str, Field(label=_("Household number"), size=40)] = "",
    since: Annotated[date | None, Field(label=_("Since"))] = None,
) -> Household:
    """Make a household with the person as its head."""
    _free(head)
    made = Household.everywhere.create(
        region_id=head.region_id, head=head, number=normalise(number)[:40], created_at=at
    )
    _join(made, head, Relation.HEAD, since)
    add_detail(household=str(made.id))
    return made


@act("registry.household")
def add_member(
    household: Household,
    *,
    actor: Actor,
    at: datetime,
    person: Joining,
    relation: Annotated[Relation, Field(label=_("Relationship to the head"))] = Relation.OTHER,
    since: Annotated[date | None, Field(label=_("Since"))] = None,
) -> Household:
    """Let a person join a household. Raises Refused for a second household at one time, or another village's."""
    if household.ended_on:
        raise Refused("household_ended", "This household has ended. Make a new one.")
    _free(person)
    if relation == Relation.HEAD:
        raise Refused(
            "household_head", "A household has one head. Choose another relationship.", field="relation"
        )
    if Member.everywhere.filter(household=household, until=None).count() >= MEMBERS_MAX:
        raise Refused("household_full", "A household has at most {most} members here.", most=MEMBERS_MAX)
    if person.region_id != household.region_id:
        raise Refused(
            "household_apart",
            "The person lives in another village or community than the household. Move the person first.",
            field="person",
        )
    _join(household, person, relation, since)
    add_detail(person=str(person.id), relation=relation)
    return household


@act("registry.household")
def leave_household(
    person: Person,
    *,
    actor: Actor,
    at: datetime,
    on: Annotated[date, Field(label=_("Leaving date"))],
) -> Person:
    """End the person's membership; a household without members ends."""
    member = Member.everywhere.filter(person=person, until=None).select_related("household").first()
    if member is None:
        raise Refused("household_none", "The person is in no household.")
    if member.since and on < member.since:
        raise Refused("household_days", "The person joined later than that. Correct the day.", field="on")
    end_membership(member, on)
    add_detail(household=str(member.household_id), until=str(on))
    return person


@act("registry.household")
def add_contact(
    person: Person,
    *,
    actor: Actor,
    at: datetime,
    name: Annotated[str, Field(label=_("Name"), size=60)],
    phone: Annotated[str, Field(label=_("Telephone"), size=40)],
    relation: Annotated[Relation, Field(label=_("Relationship"))] = Relation.CHILD,
    is_emergency: Annotated[bool, Field(label=_("Call in an emergency"))] = True,
) -> Person:
    """Keep somebody to call; the same number twice is one contact."""
    number = writing.plain_phone(phone)
    if not number:
        raise Refused("phone_missing", "The telephone number is missing.", field="phone")
    if Contact.everywhere.filter(person=person, phone_hash__in=phone_hashes(number)).exists():
        raise Refused("contact_twice", "This number is among the contacts already.", field="phone")
    if Contact.everywhere.filter(person=person).count() >= CONTACTS_MAX:
        raise Refused(
            "contacts_full", "At most {most} contacts are kept. Remove one first.", most=CONTACTS_MAX
        )
    made = contact(person, normalise_name(name, field="name"), number, relation=relation, at=at)
    made.is_emergency = is_emergency
    made.rank = Contact.everywhere.filter(person=person).count() + 1
    made.save(force_insert=True)
    add_detail(contact=str(made.id), relation=relation)
    return person


@act("registry.household")
def remove_contact(
    person: Person,
    *,
    actor: Actor,
    at: datetime,
    contact: Annotated[str, Field(label=_("Contact"), choices=_contacts)],
) -> Person:
    """Take a contact away."""
    gone = Contact.everywhere.filter(person=person, pk=UUID(contact)).first()
    if gone is None:
        raise Refused(
            "contact_gone", "This contact is no longer there. Load the page again.", field="contact"
        )
    add_detail(contact=str(gone.id))
    gone.delete()
    return person


@act("registry.household")
def link_relative(
    person: Person,
    *,
    actor: Actor,
    at: datetime,
    username: Annotated[str, Field(label=_("Log-in name of the relative"), size=64)],
) -> Person:
    """Let a relative who has a log-in see this person; the log-in needs the family role."""
    user = User.objects.filter(username=username.strip(), is_active=True).first()
    if user is None or not any(role(grant.role).relation is Relation_.KIN for grant in user.grants_in_force):
        raise Refused(
            "relative_unknown",
            "There is no family log-in with that name. Ask the administrator to create one with the family role.",
            field="username",
        )
    tie(person.id, user.id, Tie.Kind.KIN, region_id=person.region_id, since=timezone.localdate(at))
    add_detail(relative=str(user.id))
    return person


@act("registry.household")
def unlink_relatives(person: Person, *, actor: Actor, at: datetime) -> Person:
    """Take the sight of this person from all relatives with a log-in, at once."""
    count = untie(person.id, kind=Tie.Kind.KIN, until=timezone.localdate(at))
    if not count:
        raise Refused("relative_none", "No relative's log-in has access to this person.")
    add_detail(relatives=count)
    return person


def contact(person: Person, name: str, number: str, *, relation: str, at: datetime) -> Contact:
    """A contact row, not saved; the number is sealed with the person's key."""
    return Contact(
        person=person,
        region_id=person.region_id,
        name=name[:60],
        relation=relation,
        owner_id=person.id,
        phone_sealed=seal(person.id, number),
        phone_hash=phone_hash(number),
        is_emergency=True,
        added_at=at,
    )


def end_membership(member: Member, on: date) -> None:
    """End one membership, and its household with the last member."""
    member.until = max(on, member.since) if member.since else on
    member.save(update_fields=["until"])
    household = member.household
    if not Member.everywhere.filter(household=household, until=None).exists():
        Household.everywhere.filter(pk=household.pk).update(ended_on=member.until)


def _free(person: Person) -> None:
    if not person.is_living:
        raise Refused("person_not_living", "Only living persons can join a household.", field="person")
    if Member.everywhere.filter(person=person, until=None).exists():
        raise Refused(
            "household_twice",
            "{name} is in a household already. Let them leave it first.",
            field="person",
            name=person.name,
        )


def _join(household: Household, person: Person, relation: Relation, since: date | None) -> None:
    Member.everywhere.create(
        household=household, person=person, region_id=person.region_id, relation=relation, since=since
    )
