"""Payee accounts of everybody who is granted money: made-up numbers of test cards, entered and confirmed in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.timezone import localtime

from songhe.areas.entitlement.models import Grant
from songhe.areas.payments.actions import confirm_payee, propose_payee
from songhe.areas.payments.models import Holder, LineState, Payee, PayeeState, PayLine
from songhe.areas.payments.paying import terms
from songhe.areas.payments.queries.payees import account_hash
from songhe.areas.payments.rules.cards import with_check_digit
from songhe.areas.registry.api import Person
from songhe.engines.access.api import Actor
from songhe.engines.regions.ids import uuid7
from songhe.engines.vault.api import open_keys, seal_with
from songhe.site.demo.history import City, acting
from songhe.site.demo.load import BATCH, Load, batches

NAMES = (
    "id", "person", "region", "whose", "holder", "bank", "account_sealed", "account_hash", "last_four", "reason",
    "since", "state", "proposed_by_id", "proposed_by", "proposed_at", "decided_by_id", "decided_by", "decided_at",
)  # fmt: skip
ISSUER = "999999"  # no bank's
LENGTH = 19
TO_CONFIRM = 5
"""How many of the county shown still wait for a second person."""
NOT_RENEWED = 2
"""How many have not brought another account since a bank did not pay."""
RENEWED = 10**7
"""Numbers from here on are of accounts brought later."""
BY_FAMILY = 31
"""Of so many one is paid to a relative."""


def number_of(place: int) -> str:
    """A number with its check digit that no bank gives."""
    return with_check_digit(f"{ISSUER}{place:0{LENGTH - 1 - len(ISSUER)}d}")


def enter_accounts(city: City, *, since: date) -> None:
    """One account for each person who is granted something; a few are still to be confirmed."""
    if not terms().banks:
        return
    held = Grant.everywhere.filter(person__isnull=False, state="in_force")
    people = list(
        Person.everywhere.filter(pk__in=held.values("person_id"))
        .order_by("pk")
        .values_list("pk", "region_id", "name")
    )
    load = Load(Payee, NAMES)
    for part in batches(len(people), BATCH):
        some = people[part.start : part.stop]
        keys = open_keys(pk for pk, _region, _name in some)
        load.copy(_rows(city, some, keys, part.start, since))
    load.done("payments.load_payees", at=city.at)


def renew_accounts(city: City, *, at: datetime) -> None:
    """Whom a bank did not pay in the county shown has brought another account, but for the last few."""
    first, second = city.users["county-2"], city.county_officer(city.shown)
    failed = PayLine.everywhere.filter(
        state=LineState.FAILED, region_id__gte=city.shown, region_id__lt=city.shown + 10**6
    )
    whom = Person.everywhere.filter(pk__in=failed.values("person_id")).order_by("pk")
    useless = Payee.everywhere.filter(pk__in=failed.values("payee_id"), state=PayeeState.ACTIVE)
    banks = dict(useless.values_list("person_id", "bank"))
    for place, person in enumerate(list(whom.filter(pk__in=banks))[:-NOT_RENEWED]):
        with acting(first):
            made = propose_payee(
                actor=first, at=at, person=person, bank=banks[person.pk], account=number_of(RENEWED + place),
                since=localtime(at).date(),
            )  # fmt: skip
        with acting(second):
            confirm_payee(made, actor=second, at=at)


def _rows(
    city: City, people: Iterable[tuple[UUID, int, str]], keys: Any, start: int, since: date
) -> Iterator[tuple[Any, ...]]:
    banks = list(terms().banks)
    waiting = TO_CONFIRM
    at = city.on(120, 10)
    for place, (person, region, name) in enumerate(people, start):
        digits = number_of(place + 1)
        family = place % BY_FAMILY == BY_FAMILY - 1
        shown = region // 10**6 == city.shown // 10**6
        open_ = shown and place % 11 == 0 and waiting > 0
        waiting -= open_
        yield (
            uuid7(), person, region, Holder.FAMILY if family else Holder.OWN, f"{name[:1]}建国" if family else name,
            banks[place % len(banks)], seal_with(keys[person], person, digits), account_hash(digits), digits[-4:],
            "本人行动不便,由子女代领" if family else "", since.replace(day=1), *_decided(city, region, open_, at),
        )  # fmt: skip


def _decided(city: City, region: int, is_open: bool, at: datetime) -> tuple[Any, ...]:
    county = region // 10**6 * 10**6
    officer = city.county_officer(county) if county in city.places.counties else city.users["county"]
    entered: Actor = city.users["town"] if county == city.shown else city.users["county-2"]
    said = (None, "", None) if is_open else (officer.id, officer.name[:80], at + timedelta(days=1))
    state = PayeeState.PROPOSED if is_open else PayeeState.ACTIVE
    return (state, entered.id, entered.name[:80], at, *said)
