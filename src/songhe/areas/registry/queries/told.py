"""Who is told what concerns a person: relatives with an account, and the contact chosen for it, or the person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from songhe.areas.registry.models import Consent, Contact, Person, State
from songhe.areas.registry.queries.secrets import contact_phones, secrets_of_many
from songhe.engines.access.api import Tie, elevated
from songhe.engines.notices.api import Recipient, heeds


def told_about(persons: Collection[UUID]) -> dict[UUID, list[Recipient]]:
    """For each person those who are told: every relative with an account, the first contact by number; a person without
    contacts is told by their own number. Nobody twice, and nothing by number where the person withdrew that consent.
    """
    with elevated():  # whoever serves a person need not know who the relatives are
        contacts = list(Contact.everywhere.filter(person_id__in=persons).order_by("rank", "id"))
        phones = contact_phones(contacts)
        ties = Tie.everywhere.filter(person_id__in=persons, kind=Tie.Kind.KIN, until=None)
        users: defaultdict[UUID, dict[UUID, None]] = defaultdict(dict)
        for person_id, user_id in ties.values_list("person_id", "holder_id"):
            users[person_id][user_id] = None
        theirs: defaultdict[UUID, list[Contact]] = defaultdict(list)
        for contact in contacts:
            theirs[contact.person_id].append(contact)
        alone = [person for person in persons if person not in theirs]
        own = list(Person.everywhere.filter(pk__in=alone, state=State.ALIVE)) if alone else []
        numbers = secrets_of_many(own)
    found: dict[UUID, list[Recipient]] = {}
    for person_id in persons:
        chosen = theirs[person_id][:1]
        by_number = [Recipient(person_id=person_id, number=phones.get(c.id, ""), name=c.name, user_id=c.user_id) for c in chosen]  # fmt: skip
        held = {one.user_id for one in by_number}
        others = [
            Recipient(person_id=person_id, user_id=user) for user in users[person_id] if user not in held
        ]
        found[person_id] = [*(one for one in by_number if one.number or one.user_id), *others]
    for person in own:
        phone = numbers[person.id].phone if person.id in numbers else ""
        if phone:
            found[person.id].append(Recipient(person_id=person.id, number=phone, name=person.name))
    return found


@heeds
def without_contact(persons: Collection[UUID]) -> set[UUID]:
    """Those of some persons who do not want to be written to or called by the system any more."""
    return _withdrawn(persons, Consent.Kind.CONTACT)


def without_pictures(persons: Collection[UUID]) -> set[UUID]:
    """Those of some persons who do not want pictures to be taken as proof of service any more."""
    return _withdrawn(persons, Consent.Kind.PICTURE)


def _withdrawn(persons: Collection[UUID], kind: Consent.Kind) -> set[UUID]:
    with elevated():  # it is heeded wherever the person lives
        rows = Consent.everywhere.filter(person_id__in=persons, kind=kind)
        pairs = list(rows.values_list("person_id", "withdrawn_on"))
    held = {person for person, withdrawn_on in pairs if withdrawn_on is None}
    return {person for person, _withdrawn_on in pairs} - held
