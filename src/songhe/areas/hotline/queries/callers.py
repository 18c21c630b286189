"""Who may be calling, and why the desk thinks so."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext, ngettext

from songhe.areas.hotline.models import Call, Nuisance
from songhe.areas.registry.api import (
    Person,
    by_phone,
    contact_phones,
    contacts_of,
    mates_of,
    search,
    secrets_of_many,
)
from songhe.core.codes import parse_phone
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, Grant, Scope, User, asked, elevated, roles
from songhe.engines.vault.api import keyed_hashes

FOUND_MAX = 12
HOUSEHOLD_MAX = 4
EARLIER = timedelta(days=730)


@dataclass(slots=True)
class Match:
    """One person who may be calling or be called about. ``sure``: the number is the person's own and nobody else's."""

    person: Person
    weight: int
    why: list[str] = field(default_factory=list)
    sure: bool = False


def callers(number: str, scope: Scope, at: datetime) -> list[Match]:
    """Persons whom the number leads to: its owners, those whose contact it is, who lives with them, whom earlier calls
    of it were about. Each says why; only a number's one owner is taken for sure."""
    if not number:
        return []
    try:
        plain = parse_phone(number).number
    except Refused:
        return []
    matches: dict[UUID, Match] = {}
    known = by_phone(number, scope)[:FOUND_MAX]
    own = _owners(known, plain)
    for person in known:
        if person.pk in own:
            _add(matches, person, 100, gettext("own number"))
        else:
            _add(matches, person, 60, *_as_contact(person, plain))
    _households(matches, own, scope)
    _earlier(matches, plain, scope, at)
    found = sorted(matches.values(), key=lambda one: (-one.weight, one.person.name_pinyin, one.person.pk))
    for match in found:
        match.sure = len(own) == 1 and match.person.pk in own
    return found[:FOUND_MAX]


def found(words: str, scope: Scope) -> list[Match]:
    """Persons by name, pinyin, identity or telephone number."""
    clean = " ".join(words.replace("\0", "").split())
    rows = search(Person.objects.within(scope), clean, scope)[:FOUND_MAX] if clean else []
    return [Match(person, 50) for person in rows]


def known_from(number: str, at: datetime) -> tuple[int, Nuisance | None]:
    """How often this number called in the last thirty days, wherever, and the warning about it that holds now."""
    hashes = _hashes(number)
    if not hashes:
        return 0, None
    with elevated():  # a count alone
        since = at - timedelta(days=30)
        count = Call.everywhere.filter(number_hash__in=hashes, started_at__gte=since).count()
        return count, nuisance(number, at)


def nuisance(number: str, at: datetime) -> Nuisance | None:
    """The warning about a number that holds now; a mark made elsewhere counts too, since callers know no borders."""
    hashes = _hashes(number)
    if not hashes:
        return None
    with elevated():
        marks = Nuisance.everywhere.filter(
            number_hash__in=hashes, lifted_at=None, since__lte=at, until__gt=at
        )
        return marks.order_by("-since").first()


def colleagues(call: Call, user: Actor) -> list[User]:
    """Who else answers calls in the region of a call."""
    answering = [code for code, role in roles().items() if "hotline.answer" in role.rights]
    grants = Grant.objects.filter(role__in=answering, revoked_at=None).select_related("region")
    agents = {grant.user_id for grant in grants if grant.region.code <= call.region_id < grant.region.upper}
    rows = User.objects.filter(pk__in=agents, is_active=True).exclude(pk=user.id).exclude(pk=call.agent_id)
    return list(rows.order_by("name", "username")[:50])


def _hashes(number: str) -> list[bytes]:
    try:
        return keyed_hashes("call_number", parse_phone(number).number) if number else []
    except Refused:
        return []


def _owners(known: list[Person], plain: str) -> set[UUID]:
    secrets = secrets_of_many(known)
    return {
        person.pk
        for person in known
        if person.pk in secrets and secrets[person.pk].phone.partition("-")[0] == plain
    }


def _add(matches: dict[UUID, Match], person: Person, weight: int, *why: str) -> None:
    match = matches.setdefault(person.pk, Match(person, weight))
    match.weight = max(match.weight, weight) + (0 if match.weight == weight else 1)
    match.why += [one for one in why if one not in match.why]


def _as_contact(person: Person, plain: str) -> list[str]:
    contacts = contacts_of(person)
    phones = contact_phones(contacts)
    return [
        gettext("number of {name}, {relation}").format(name=one.name, relation=one.get_relation_display())
        for one in contacts
        if phones.get(one.pk, "").partition("-")[0] == plain
    ]


def _households(matches: dict[UUID, Match], own: set[UUID], scope: Scope) -> None:
    """Who lives with an owner of the number: the phone of the house is often in one name only."""
    for key in list(own)[:HOUSEHOLD_MAX]:
        owner = matches[key].person
        for person in _mates(key, scope.shared):
            _add(matches, person, 40, gettext("lives with {name}").format(name=owner.name))


def _earlier(matches: dict[UUID, Match], plain: str, scope: Scope, at: datetime) -> None:
    hashes = keyed_hashes("call_number", plain)
    rows = Call.objects.within(scope).filter(
        number_hash__in=hashes, person__isnull=False, started_at__gte=at - EARLIER
    )
    rows = rows.filter(direction=Call.Direction.IN)
    about = Counter(rows.order_by("-started_at").values_list("person_id", flat=True)[:40])
    unknown = tuple(key for key in about if key not in matches)
    people = _people(unknown, scope.shared) if unknown else ()
    for person in (*people, *(matches[key].person for key in about if key in matches)):
        count = about[person.pk]
        words = ngettext("{n} earlier call from here", "{n} earlier calls from here", count).format(n=count)
        _add(matches, person, 30 + min(count, 9), words)


@asked
def _mates(owner: UUID, scope: Scope) -> QuerySet[Person]:
    rows: QuerySet[Person] = Person.objects.within(scope).filter(pk__in=mates_of(owner))
    return rows.exclude(state__in=["merged", "erased"])


@asked
def _people(keys: tuple[UUID, ...], scope: Scope) -> QuerySet[Person]:
    rows: QuerySet[Person] = Person.objects.within(scope).filter(pk__in=keys)
    return rows.exclude(state__in=["merged", "erased"])
