"""This month's everyday visits, loaded in bulk: done, proved and asked about, so that the city's figures look lived in.

They differ from visits made through actions in nothing but how they came: one act for all instead of one for each step.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
from django.db import connection
from django.utils.timezone import localtime
from psycopg.types.json import Jsonb

from songhe.areas.contracts.api import Contract, deals
from songhe.areas.contracts.models import Use
from songhe.areas.entitlement.models import Entitlement, State
from songhe.areas.providers.api import Worker, catalogue
from songhe.areas.visits.models import Order, Visit
from songhe.areas.visits.rules import overlaps
from songhe.engines.access.api import Tie
from songhe.engines.cases.models import Case, CaseStep
from songhe.engines.regions.ids import uuid7
from songhe.engines.vault.api import open_keys
from songhe.engines.vault.cipher import Key
from songhe.site.demo.crews import Crews
from songhe.site.demo.history import City
from songhe.site.demo.load import Load, Sealer
from songhe.site.demo.services import NOTES

SLOTS = ((8, 0), (9, 50), (13, 20), (15, 10), (17, 0))
LENGTH_MINUTES = 90
ITEMS = ("0201", "0106", "0201", "0501", "0110")
FILLED = (0.62, 0.95)  # share of the granted minutes that a person has had by today's part of the month
FLAGGED = 0.008  # share of visits that wait for somebody to look at them
CASE = (
    "id", "number", "flow_code", "state", "kind", "priority", "holder_id", "about_kind", "about_id", "region",
    "opened_at", "entered_at",
)  # fmt: skip
STEP = (
    "id", "case", "move", "source", "target", "at", "actor_id", "actor_name", "region", "holder_id", "note",
    "escalates",
)  # fmt: skip
ORDER = (
    "id", "case", "number", "state", "disposition", "person", "region", "item", "minutes", "wanted_from",
    "wanted_until", "paid_by", "source", "organisation", "worker", "placed_by_id", "placed_by_name", "placed_at",
    "offered_at", "assigned_at", "accepted_at", "departed_at", "arrived_at", "completed_at", "confirmed_at",
    "confirmed_by", "followed_up_at", "rating", "note_sealed", "words_sealed", "contract",
    "gender", "language", "preferred", "unwanted", "gap_least", "gap_most",
)  # fmt: skip
VISIT = (
    "id", "order", "person", "region", "organisation", "worker", "item", "starts_at", "ends_at", "state",
    "accepted_at", "arrived_at", "arrival_received_at", "arrival_metres", "left_at", "leaving_received_at",
    "leaving_metres", "minutes", "flags", "photos", "note_sealed", "arrival_sealed", "leaving_sealed", "settled_in",
)  # fmt: skip
USE = (
    "id", "contract", "order_id", "person", "organisation_id", "region", "item", "on", "stage", "fen", "minutes",
    "changed_at",
)  # fmt: skip


@dataclass(slots=True)
class Given:
    """One visit to be loaded."""

    row: int
    worker: Worker
    start: datetime
    item: str
    arrived: datetime
    left: datetime
    number: int = 0
    case: UUID = field(default_factory=uuid7)
    order: UUID = field(default_factory=uuid7)

    @property
    def minutes(self) -> int:
        """How long the worker stayed."""
        return int((self.left - self.arrived).total_seconds()) // 60


def fill_month(city: City, crews: Crews) -> int:
    """Load visits for everybody who holds hours this month; returns how many."""
    granted = _granted(city)
    keys = open_keys(city.ids[row] for row in granted)
    given = list(_plan(city, crews, granted))
    _number(given)
    _ties(city, given)
    rows = Bulk(city, keys)
    for model, names, make in (
        (Case, CASE, rows.case),
        (CaseStep, STEP, rows.step),
        (Order, ORDER, rows.order),
        (Visit, VISIT, rows.visit),
        (Use, USE, rows.use),
    ):
        load = Load(model, names)
        load.copy(make(one) for one in given)
        load.done("visits.load", at=city.at)
    return len(given)


def _granted(city: City) -> dict[int, int]:
    month = localtime(city.at).date().replace(day=1)
    held = Entitlement.everywhere.filter(month=month, state=State.APPROVED, unit="minute")
    minutes = dict(held.values_list("person_id", "amount"))
    return {row: minutes[key] for row, key in enumerate(city.ids) if key in minutes}


def _plan(city: City, crews: Crews, granted: dict[int, int]) -> Iterator[Given]:
    """Every person has two workers of one organisation; a worker is with one person at a time."""
    today = localtime(city.at).date()
    past = today.day - 1
    taken: set[tuple[UUID, int, int]] = set()
    for row, minutes in granted.items():
        team = _team(crews, row)
        share = float(city.rng.uniform(*FILLED)) * past / 30
        wanted = round(minutes * share / LENGTH_MINUTES)
        moments = [(day, slot) for day in range(1, past + 1) for slot in range(len(SLOTS))]
        found = 0
        for place in city.rng.permutation(len(moments)):
            day, slot = moments[place]
            if found >= wanted or not team:
                break
            start = city.on(day, *SLOTS[slot])
            stay = crews.stay(start, LENGTH_MINUTES)
            free = (w for w in team if (w.pk, day, slot) not in taken)
            worker = next((w for w in free if not any(overlaps(stay, t) for t in crews.busy[w.pk])), None)
            if worker is not None and crews.home(row, stay):
                taken.add((worker.pk, day, slot))
                found += 1
                arrived = start + timedelta(minutes=int(city.rng.integers(-6, 9)))
                left = arrived + timedelta(minutes=LENGTH_MINUTES + int(city.rng.integers(-4, 8)))
                yield Given(row, worker, start, ITEMS[(row + found) % len(ITEMS)], arrived, left)


def _team(crews: Crews, row: int) -> list[Worker]:
    known = catalogue()
    able = [
        worker
        for worker in crews.workers[crews.serving(row, first=row % 2 == 0).pk]
        if worker.pk not in crews.front and known.able(worker.skills, known.item("0201"))
    ]
    return [able[(row + turn) % len(able)] for turn in range(min(3, len(able)))]


def _number(given: list[Given]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('cases_number') FROM generate_series(1, %s)", [len(given)])
        for one, (number,) in zip(given, cursor.fetchall(), strict=True):
            one.number = number


def _ties(city: City, given: list[Given]) -> None:
    pairs = {(one.row, one.worker.organisation_id) for one in given}
    since = localtime(city.at).date().replace(day=1)
    Tie.everywhere.bulk_create(
        [
            Tie(
                person_id=city.ids[row],
                holder_id=holder,
                kind=Tie.Kind.ORGANISATION,
                region_id=int(city.columns.residence[row]),
                since=since,
            )
            for row, holder in pairs
        ],
        ignore_conflicts=True,
        batch_size=2000,
    )


class Bulk:
    """Rows of the four tables for one given visit, in the order of their field names."""

    def __init__(self, city: City, keys: dict[UUID, Key]) -> None:
        self.city, self.keys, self.sealer = city, keys, Sealer()
        self.agent = city.users["hotline"]
        self.deals = {deal.organisation_id: deal for deal in deals(Contract.everywhere.all())}

    def region(self, one: Given) -> int:
        """Where the person lives."""
        return int(self.city.columns.residence[one.row])

    def asked(self, one: Given) -> datetime:
        """When the hotline called back."""
        return min(one.start + timedelta(hours=27), self.city.at)

    def case(self, one: Given) -> tuple[object, ...]:
        """The order's case, followed up and waiting for settlement."""
        placed = one.start - timedelta(days=2)
        return (
            *(one.case, f"D-{one.number:06d}", "order", "followed_up", "open", 1, one.worker.organisation_id),
            *("visits.order", one.order, self.region(one), placed, self.asked(one)),
        )

    def step(self, one: Given) -> tuple[object, ...]:
        """The last step of the case."""
        return (
            *(uuid7(), one.case, "follow_up", "completed", "followed_up", self.asked(one), self.agent.pk),
            *(self.agent.name, self.region(one), one.worker.organisation_id, "", False),
        )

    def order(self, one: Given) -> tuple[object, ...]:
        """The order."""
        end = one.start + timedelta(minutes=LENGTH_MINUTES)
        rating = int(np.clip(self.city.rng.normal(4.6, 0.6), 1, 5).round())
        return (
            *(one.order, one.case, f"D-{one.number:06d}", "followed_up", "completed", self.city.ids[one.row]),
            *(
                self.region(one),
                one.item,
                LENGTH_MINUTES,
                one.start,
                end + timedelta(minutes=30),
                "entitlement",
            ),
            *("plan", one.worker.organisation_id, one.worker.pk, self.agent.pk, self.agent.name),
            *self._moments(one),
            *(self.asked(one), rating, b"", b""),
            self.deals[one.worker.organisation_id].id,
            *("", "", Jsonb([]), Jsonb([]), 0, 0),
        )

    def _moments(self, one: Given) -> tuple[object, ...]:
        """When the order was placed, offered, assigned, accepted by the worker, set out for, begun, done and accepted, and how."""
        placed, n = one.start - timedelta(days=2), one.number

        def after(minutes: int) -> datetime:
            return min(placed + timedelta(minutes=minutes), one.start)

        wait = 0 if n % 3 == 0 else 90 + n * 11 % 4000
        return (
            *(placed, after(2 + n % 23), after(20 + n * 7 % 210), after(30 + n * 7 % 210 + n * 3 % 140)),
            *(one.arrived - timedelta(minutes=6 + n * 5 % 48), one.arrived, one.left),
            min(one.left + timedelta(minutes=wait), self.asked(one)),
            "signature" if n % 3 == 0 else "family",
        )

    def visit(self, one: Given) -> tuple[object, ...]:
        """The visit, with its times, distances and note."""
        rng, owner = self.city.rng, self.city.ids[one.row]
        end = one.start + timedelta(minutes=LENGTH_MINUTES)
        arrived, left = one.arrived, one.left
        note = self.sealer.seal(self.keys[owner], owner, str(NOTES[int(rng.integers(len(NOTES)))]))
        return (
            *(
                uuid7(),
                one.order,
                owner,
                self.region(one),
                one.worker.organisation_id,
                one.worker.pk,
                one.item,
            ),
            *(
                one.start,
                end,
                "done",
                one.start - timedelta(days=1),
                arrived,
                arrived,
                int(rng.integers(3, 90)),
            ),
            *(left, left, int(rng.integers(3, 90)), one.minutes),
            Jsonb(["late"] if rng.random() < FLAGGED else []),
            *(int(one.item == "0106"), note, b"", b"", ""),
        )

    def use(self, one: Given) -> tuple[object, ...]:
        """What the visit takes of the organisation's contract."""
        deal, on = self.deals[one.worker.organisation_id], localtime(one.start).date()
        tariff = deal.tariff(one.item, on)
        assert tariff is not None  # the demo's contracts hold the whole catalogue
        amount = tariff.costs(one.minutes)
        return (
            *(
                uuid7(),
                deal.id,
                one.order,
                self.city.ids[one.row],
                deal.organisation_id,
                self.region(one),
                one.item,
            ),
            *(on, "given", amount.fen, amount.minutes, self.asked(one)),
        )
