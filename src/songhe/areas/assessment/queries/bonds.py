"""What binds users to a person: kin, a shared household, an organisation that serves both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from django.db.models import Q

from songhe.areas.assessment.models import Assessment
from songhe.areas.assessment.rules.pair import Bond, Bound
from songhe.areas.providers.api import Facility, Worker, organisation_names
from songhe.areas.registry.api import Contact, Member, Relation
from songhe.engines.access.api import Grant, Tie, User, elevated

KIN = (
    Relation.SPOUSE,
    Relation.CHILD,
    Relation.CHILD_IN_LAW,
    Relation.PARENT,
    Relation.SIBLING,
    Relation.GRANDCHILD,
    Relation.RELATIVE,
)
"""Relations that keep an assessor away; a neighbour or a village officer may assess."""


def bounds(
    person_id: UUID, user_ids: Iterable[UUID], *, on: date, disputed: Iterable[Assessment] = ()
) -> list[Bound]:
    """Everything that binds these users to a person on a day, or to results of the person that are disputed."""
    wanted = set(user_ids)
    with (
        elevated()
    ):  # whom an assessor is related to, and who employs one, lies outside the scope of who assigns
        users = {user.pk: user for user in User.objects.filter(pk__in=wanted)}
        found = [Bound(key, str(users[key]), Bond.KIN) for key in _kin(person_id, wanted) if key in users]
        found += [Bound(user.pk, str(user), Bond.NAMESAKE) for user in _namesakes(person_id, users.values())]
        found += _serving(person_id, users, on)
    for row in disputed:
        for key in (row.first_assessor_id, row.second_assessor_id):
            if key is not None and key in users:
                found.append(Bound(key, str(users[key]), Bond.EARLIER, row.number))
    return found


def _kin(person_id: UUID, user_ids: set[UUID]) -> set[UUID]:
    """Users who are known as relatives by their log-in; a tie that ended ends no kinship."""
    ties = Tie.everywhere.filter(person_id=person_id, kind=Tie.Kind.KIN, holder_id__in=user_ids)
    contacts = Contact.everywhere.filter(person_id=person_id, user_id__in=user_ids, relation__in=KIN)
    told = {key for key in contacts.values_list("user_id", flat=True) if key}
    return told | set(ties.values_list("holder_id", flat=True))


def _namesakes(person_id: UUID, users: Iterable[User]) -> list[User]:
    """Users named as a relative or somebody of the person's household: they may be that very relative."""
    relatives = Contact.everywhere.filter(person_id=person_id, relation__in=KIN).values_list(
        "name", flat=True
    )
    homes = Member.everywhere.filter(person_id=person_id, until=None).values("household_id")
    housemates = Member.everywhere.filter(household_id__in=homes, until=None).exclude(person_id=person_id)
    names = {*relatives, *housemates.values_list("person__name", flat=True)}
    return [user for user in users if user.name in names]


def _serving(person_id: UUID, users: Mapping[UUID, User], on: date) -> list[Bound]:
    """Users of an organisation that serves the person on a day, itself or through its workers and facilities."""
    serving = _organisations_of(person_id, on)
    names = organisation_names(serving)
    return [
        Bound(key, str(user), Bond.SERVES, names.get(organisation, "—"))
        for key, user in users.items()
        for organisation in sorted(_employers(user) & serving)
    ]


def _organisations_of(person_id: UUID, on: date) -> set[UUID]:
    ties = Tie.everywhere.filter(Q(until=None) | Q(until__gt=on), person_id=person_id, since__lte=on)
    by_kind: dict[str, set[UUID]] = {}
    for kind, holder in ties.values_list("kind", "holder_id"):
        by_kind.setdefault(kind, set()).add(holder)
    workers = Worker.everywhere.filter(pk__in=by_kind.get(Tie.Kind.WORKER, ()))
    facilities = Facility.everywhere.filter(pk__in=by_kind.get(Tie.Kind.FACILITY, ()))
    return {
        *by_kind.get(Tie.Kind.ORGANISATION, ()),
        *workers.values_list("organisation_id", flat=True),
        *facilities.values_list("organisation_id", flat=True),
    }


def _employers(user: User) -> set[UUID]:
    """The organisations in whose name a user works, by the log-in itself or by its grants."""
    holders = {grant.holder_id for grant in Grant.in_force(user.pk) if grant.holder_id}
    holders |= {key for key in (user.organisation_id, user.facility_id) if key}
    sites = Facility.everywhere.filter(pk__in=holders).values_list("organisation_id", flat=True)
    return holders | set(sites)
