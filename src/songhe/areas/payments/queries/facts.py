"""Everything that a run is worked out from: read once, hashed, kept sealed, and read again for a replay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, ClassVar, Final
from uuid import UUID

import numpy as np
from django.db.models import Case, QuerySet, Value, When

from songhe.areas.entitlement.api import (
    BODIES,
    Finder,
    Granted,
    Holdings,
    Readings,
    Received,
    Wanted,
    built,
    columns_of,
    digest,
    flat,
    from_bytes,
    granted,
    granted_to_persons,
    holdings,
    no_holdings,
    of_bodies,
    read,
    to_bytes,
    with_news,
)
from songhe.areas.payments.models import Posting, Run, RunState, Snapshot
from songhe.areas.payments.rules.differences import Array, month_day, month_number
from songhe.core.days import month_end
from songhe.core.rules import Document, Rule, linked
from songhe.engines.access.api import elevated
from songhe.engines.access.copying import copied
from songhe.engines.policies.api import PolicyVersion, document_of, known
from songhe.engines.vault.api import make_key, reveal_bytes, seal_bytes

FEN: Final = "fen"
PERSONS: Final = ("person",)
EPOCH: Final = 1970 * 12
SPAN: Final = 10**6
"""More months than any calendar has: a grant's row and a month make one number."""


@dataclass(frozen=True, slots=True)
class Before:
    """What posted runs posted: the grant's row, the month, the sum, and the place of the policy that decided last.
    One row for each grant and month."""

    grant: Array
    month: Array
    fen: Array
    policy: Array


@dataclass(frozen=True)
class Bodies:
    """Grants to facilities, organisations and workers: what ``Facts`` has of those to persons."""

    readings: Holdings
    granted: Granted
    before: Before
    benefits: tuple[str, ...]

    kinds: ClassVar[Sequence[str]] = BODIES

    def __len__(self) -> int:
        return len(self.granted.ids)


def _no_bodies() -> Bodies:
    none, ids = np.zeros(0, np.int64), np.zeros((0, 16), np.uint8)
    nothing = Granted(ids, ids, *(none,) * 4, ids, ids, *(none,) * 4)
    return Bodies(no_holdings(), nothing, Before(none, none, none, none), ())


@dataclass(frozen=True)
class Facts:
    """The facts of a run. ``window`` has the numbers of its first and last month. ``policies`` are the
    hashes of those that hold now, ``former`` of others under which something was posted; places count through both."""

    window: Array
    readings: Readings
    granted: Granted
    before: Before
    benefits: tuple[str, ...]
    policies: tuple[str, ...]
    former: tuple[str, ...]
    bodies: Bodies = field(default_factory=_no_bodies, metadata={"later": True})

    kinds: ClassVar[Sequence[str]] = PERSONS

    @property
    def months(self) -> list[date]:
        """The months of the window, the first one first."""
        return [month_day(number) for number in range(int(self.window[0]), int(self.window[1]) + 1)]

    @property
    def documents(self) -> list[Document]:
        """The policies, in the order of their places, joined where one names a rule of another."""
        rows = PolicyVersion.objects.filter(content_hash__in=self.policies)
        found = {row.content_hash: document_of(row) for row in rows}
        return linked(found[one] for one in self.policies)

    @property
    def hash(self) -> str:
        """SHA-256 of all that counts."""
        return digest(flat(self))


def gather(
    region: int, first: date, month: date, known_at: datetime, *, news_since: datetime | None = None
) -> Facts:
    """Read what is known of everybody who has a grant of money in a region, as it was known at a moment; with
    ``news_since`` only of persons with news since, and who lives with them. Bodies are few: all of them are read."""
    policies = known(month_end(month), known_at)
    documents, hashes = [one for _row, one in policies], tuple(row.content_hash for row, _one in policies)
    benefits = money(documents, PERSONS)
    persons = None if news_since is None else with_news(region, news_since)
    holders = granted_to_persons(region, benefits, persons)
    grants = granted(region, benefits, persons)
    places = {one: place for place, one in enumerate(hashes)}
    before, former = _before(holders, grants, places, first)
    places |= {one: len(places) + place for place, one in enumerate(former)}
    bodies, also = _bodies(region, first, month, known_at, documents, places)
    readings = read(
        Wanted(region, first, month_end(month), known_at, persons or holders.values("person_id")), documents
    )
    return Facts(
        window=np.array([month_number(first), month_number(month)], np.int64),
        readings=replace(readings, received=_received(holders, readings, first)),
        granted=grants,
        before=before,
        benefits=benefits,
        policies=hashes,
        former=(*former, *also),
        bodies=bodies,
    )


def _bodies(
    region: int,
    first: date,
    month: date,
    known_at: datetime,
    documents: Sequence[Document],
    places: Mapping[str, int],
) -> tuple[Bodies, tuple[str, ...]]:
    """The same of facilities, organisations and workers, and policies besides those of ``places``."""
    benefits = money(documents, BODIES)
    rows = of_bodies(region, benefits)
    grants = columns_of(rows, benefits, "id")
    found = holdings(list(rows.select_related("policy").order_by("id")), first, month, known_at, documents)
    before, former = _before(rows, grants, places, first)
    received = _received_by_bodies(found, first)
    return Bodies(replace(found, received=received), grants, before, benefits), former


def _received_by_bodies(readings: Holdings, first: date) -> Received:
    """What bodies received before the window of what is granted once, by whichever grant; kept with the first one
    that they have now."""
    places = {code: place for place, code in enumerate(readings.rules)}
    finder = Finder(readings.holder)
    with elevated():
        rows = Posting.everywhere.filter(
            run__state=RunState.POSTED, month__lt=first, benefit__in=readings.rules, person=None
        )
        found = copied(
            rows.annotate(which=_which(places)), holder_id="uuid", which="bigint", month="date", fen="bigint"
        )
    row, known_to_us = finder.rows(found["holder_id"])
    return Received(
        row[known_to_us],
        found["which"][known_to_us],
        months_of(found["month"])[known_to_us],
        found["fen"][known_to_us],
    )


def _which(places: Mapping[str, int]) -> Case:
    return Case(*(When(benefit=code, then=Value(place)) for code, place in places.items()), default=Value(-1))


def _received(holders: QuerySet[Any], readings: Readings, first: date) -> Received:
    """What was posted to persons before the window of rules that grant once in a year or a lifetime; the months of the window
    are added as they are worked out."""
    places = {code: place for place, code in enumerate(readings.rules)}
    with elevated():
        rows = Posting.everywhere.filter(
            run__state=RunState.POSTED, month__lt=first, grant__in=holders, benefit__in=readings.rules
        )
        found = copied(
            rows.annotate(which=_which(places)), person_id="uuid", which="bigint", month="date", fen="bigint"
        )
    row, known_to_us = Finder(readings.ids).rows(found["person_id"])
    return Received(
        row[known_to_us],
        found["which"][known_to_us],
        months_of(found["month"])[known_to_us],
        found["fen"][known_to_us],
    )


def months_of(days: Array) -> Array:
    """Months of days since 1970-01-01, as numbers."""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + EPOCH


def money(documents: Sequence[Document], kinds: Sequence[str]) -> tuple[str, ...]:
    """The codes of the rules that grant money to some kinds of holders."""
    return tuple(sorted({rule.code for one in documents for rule in one.rules if is_money(rule, kinds)}))


def is_money(rule: Rule, kinds: Sequence[str]) -> bool:
    """Whether a rule grants money to one of some kinds of holders."""
    return rule.grants and rule.unit == FEN and rule.beneficiary in kinds


def keep(run: Run, facts: Facts) -> None:
    """Keep the facts of a run, sealed with a key of the run's own; destroying it erases them."""
    body = to_bytes(flat(facts))
    make_key(run.pk)
    Snapshot.everywhere.create(
        run=run, region_id=run.region_id, size_bytes=len(body), body_sealed=seal_bytes(run.pk, body)
    )


def kept(run: Run) -> Facts:
    """The facts that a run was worked out from."""
    return built(Facts, from_bytes(reveal_bytes(run.pk, run.snapshot.body_sealed)))


def _before(
    holders: QuerySet[Any], grants: Granted, places: Mapping[str, int], first: date
) -> tuple[Before, tuple[str, ...]]:
    """What was posted wherever the grants lived then (who moves keeps what was paid elsewhere), and policies besides
    those of ``places`` under which it was."""
    with elevated():
        rows = Posting.everywhere.filter(run__state=RunState.POSTED, month__gte=first, grant__in=holders)
        found = copied(rows.order_by("id"), grant_id="uuid", policy_id="uuid", month="date", fen="bigint")
    row, known_to_us = Finder(grants.ids).rows(found["grant_id"])
    keys, places_of = _policies(found["policy_id"], places)
    month = months_of(found["month"])
    cell, which = np.unique(row[known_to_us] * SPAN + month[known_to_us], return_inverse=True)
    fen, policy = np.zeros(len(cell), np.int64), np.zeros(len(cell), np.int64)
    np.add.at(fen, which, found["fen"][known_to_us])
    policy[which] = places_of[known_to_us]  # of several the last one stays
    return Before(cell // SPAN, cell % SPAN, fen, policy), keys


def _policies(ids: Array, places: Mapping[str, int]) -> tuple[tuple[str, ...], Array]:
    """The place of the policy with each id, and the hashes of those that have no place yet."""
    distinct, which = np.unique(ids, axis=0, return_inverse=True)
    versions = PolicyVersion.objects.in_bulk([UUID(bytes=bytes(one)) for one in distinct])
    hashes = [versions[UUID(bytes=bytes(one))].content_hash for one in distinct]
    former = tuple(sorted(set(hashes) - set(places)))
    place = dict(places) | {one: len(places) + number for number, one in enumerate(former)}
    found = np.array([place[one] for one in hashes], np.int64)
    return former, found[which.reshape(-1)] if len(found) else np.zeros(0, np.int64)
