"""Who can go there: helpers of the network nearest and free first, then neighbours and family who are to be called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from songhe.areas.alarms.models import Alarm, Response
from songhe.areas.grid import api as grid
from songhe.areas.registry.api import Contact, Person, Relation, contact_phones, contacts_of
from songhe.engines.access.api import Scope, elevated
from songhe.engines.vault.api import open_keys, reveal_with

FAMILY = "family"
NEIGHBOUR = "neighbour"
WORKER = "grid_worker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody who could go. ``key`` names where the entry comes from; ``free`` None: it is not known."""

    key: str
    kind: str
    name: str
    phone: str = ""
    user_id: UUID | None = None
    organisation_id: UUID | None = None
    helper_id: UUID | None = None
    contact_id: UUID | None = None
    metres: int | None = None
    minutes: int | None = None
    free: bool | None = None
    note: str = ""

    @property
    def signs(self) -> set[object]:
        """By which one is told from another of the same name: the entry, and the name with the number; the name alone only
        where nothing else is known."""
        return _signs(self, self.phone)


def candidates(alarm: Alarm, *, at: datetime) -> list[Candidate]:
    """Everybody who could go, in the order in which they are asked, without those who were sent already."""
    with elevated():  # help is fetched from beyond the area of whoever asks for it
        asked = signs_of(Response.everywhere.filter(alarm_id=alarm.pk))
        return [one for one in _all(alarm, at=at) if not one.signs & asked]


def signs_of(rows: Iterable[Response]) -> set[object]:
    """By which those of some errands are known again."""
    found = list(rows)
    keys = open_keys({row.owner_id for row in found if row.phone_sealed})
    phones = {row.pk: reveal_with(keys[row.owner_id], row.owner_id, row.phone_sealed) for row in found if row.owner_id in keys}  # fmt: skip
    return set().union(*(_signs(row, phones.get(row.pk, "")) for row in found))


def _signs(whom: Candidate | Response, phone: str) -> set[object]:
    entries: set[object] = {key for key in (whom.helper_id, whom.contact_id) if key is not None}
    return entries | {(whom.name[:80], phone)} if phone or not entries else entries


def find(alarm: Alarm, key: str, *, at: datetime) -> Candidate | None:
    """One of them by its key."""
    return next((one for one in _all(alarm, at=at) if one.key == key), None)


def next_free(alarm: Alarm, *, at: datetime) -> Candidate | None:
    """The first who is free and answers by the system, for when nobody is asked to choose."""
    return next((one for one in candidates(alarm, at=at) if one.free and one.user_id), None)


def sent_to(helper: grid.Helper) -> list[Response]:
    """Errands of a helper that are not over, of alarms that are not either, the newest first."""
    rows = Response.everywhere.filter(
        Q(helper_id=helper.pk) | Q(user_id=helper.user_id, user_id__isnull=False)
    )
    rows = rows.filter(refused_at=None, lapsed_at=None, left_at=None, alarm__closed_at=None)
    with elevated():  # a helper sees the errand only, and of its alarm what it is about
        return list(rows.select_related("alarm").order_by("-sent_at", "-id"))


def _all(alarm: Alarm, *, at: datetime) -> Iterator[Candidate]:
    yield from _helpers(alarm, at=at)
    if alarm.person_id is not None:
        yield from _contacts(Person.everywhere.get(pk=alarm.person_id))


def _helpers(alarm: Alarm, *, at: datetime) -> Iterator[Candidate]:
    """Helpers of the grid, in the order that it gives them."""
    person = Person.everywhere.filter(pk=alarm.person_id).first() if alarm.person_id else None
    found = grid.responders(person or alarm.region_id, at=at, scope=Scope.EVERYTHING)
    phones = grid.phones_of([one.helper_id for one in found], scope=Scope.EVERYTHING)
    for one in found:
        parts = (
            str(one.kind.label),
            _("paired") if one.paired else "",
            _("holds a key") if one.holds_key else "",
        )
        yield Candidate(
            key=f"helper:{one.helper_id}", kind=NEIGHBOUR if one.kind == grid.HelperKind.NEIGHBOUR else WORKER, name=one.name,
            phone=phones.get(one.helper_id, ""), user_id=one.user_id, helper_id=one.helper_id, metres=one.metres,
            minutes=one.minutes, free=one.is_free, note=" · ".join(part for part in parts if part),
        )  # fmt: skip


def _contacts(person: Person) -> Iterator[Candidate]:
    rows = contacts_of(person)
    phones = contact_phones(rows)
    for row in sorted(rows, key=lambda one: one.relation != Relation.NEIGHBOUR):
        yield Candidate(
            key=f"contact:{row.pk}", kind=NEIGHBOUR if row.relation == Relation.NEIGHBOUR else FAMILY, name=row.name,
            phone=phones.get(row.pk, ""), user_id=row.user_id, contact_id=row.pk, note=_relation(row),
        )  # fmt: skip


def _relation(row: Contact) -> str:
    return str(row.get_relation_display())
