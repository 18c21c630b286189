"""Organisations, facilities and workers of a demo city, loaded by COPY."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

import numpy as np
from psycopg.types.json import Jsonb

from songhe.areas.providers.api import Facility, Organisation, Worker
from songhe.core.codes.phone import Phone
from songhe.engines.regions.ids import uuid7
from songhe.site.demo.bodies import Body, Hand
from songhe.site.demo.load import Load, Sealer
from songhe.site.demo.places import Places, address
from songhe.site.demo.sitewords import told_of
from songhe.site.demo.stock import Site

SINCE = date(2019, 3, 1)
ORGANISATION = (
    "id",
    "region",
    "name",
    "credit_code",
    "kinds",
    "legal_person",
    "phone",
    "address",
    "state",
    "since",
)
FACILITY = (
    "id", "organisation", "region", "name", "kind", "address", "phone", "lon", "lat", "frame", "area_m2", "beds",
    "nursing_beds", "ownership", "mode", "licence_no", "fire_safety", "state", "since",
    "day_places", "diners", "places", "public_phone", "description", "hours",
)  # fmt: skip
WORKER = (
    "id", "organisation", "region", "name", "sex", "phone_sealed", "phone_masked", "skills", "certificate_no",
    "certificate_until", "lon", "lat", "work_days", "works_from", "works_until", "since",
    "languages", "travels",
)  # fmt: skip
TRAVELS = ("ebike", "ebike", "car", "ebike", "bike")
WEEKS = ([1, 2, 3, 4, 5], [1, 2, 3, 4, 6], [2, 3, 4, 5, 7], [1, 2, 3, 4, 5, 6])


@dataclass(frozen=True, slots=True)
class Employed:
    """A worker as the history needs it."""

    id: UUID
    organisation: UUID
    county: int
    spot: int
    skills: tuple[str, ...]
    name: str


@dataclass(frozen=True, slots=True)
class Providers:
    """What was loaded: organisations and sites beside their ids, and the workers."""

    organisations: list[tuple[UUID, Body]]
    sites: list[tuple[UUID, UUID, Site]]
    workers: list[Employed]

    def of_kind(self, kind: str, region: int | None = None) -> list[UUID]:
        """Organisations that give a kind of service, all or those registered in one region."""
        return [
            key for key, body in self.organisations if kind in body.kinds and region in (None, body.region)
        ]


def add_providers(made: list[Body], *, places: Places, at: datetime, seed: int) -> Providers:
    """Load organisations, their sites and their workers inside the caller's transaction and scope."""
    rng = np.random.default_rng([seed, int(places.city), 5])
    organisations = [(uuid7(), body) for body in made]
    load = Load(Organisation, ORGANISATION)
    load.copy(_organisation(key, body, rng) for key, body in organisations)
    load.done("providers.load", at=at)
    sites = [(uuid7(), key, site) for key, body in organisations for site in body.sites]
    load = Load(Facility, FACILITY)
    load.copy(_facility(key, owner, site, places, rng, at.date()) for key, owner, site in sites)
    load.done("providers.load", at=at)
    return Providers(organisations, sites, _workers(organisations, places, rng, at))


def _organisation(key: UUID, body: Body, rng: np.random.Generator) -> tuple[object, ...]:
    phone = f"0631-{rng.integers(5_000_000, 8_000_000)}"
    return (key, body.region, body.name, body.code, Jsonb(body.kinds), "", phone, "", "active", SINCE)


def _facility(
    key: UUID, owner: UUID, site: Site, places: Places, rng: np.random.Generator, today: date
) -> tuple[object, ...]:
    code = int(places.code[site.spot])
    home = site.beds > 0
    ownership = ("non_profit" if site.social else "public") if home else "collective"
    mode = (
        ("aided" if site.social else "own") if home else str(rng.choice(["entrusted", "own"], p=[0.7, 0.3]))
    )
    area = site.beds * 32 + 200 if home else int(rng.integers(80, 900))
    opened = date(int(rng.integers(2012, 2022)), int(rng.integers(1, 13)), int(rng.integers(1, 28)))
    if not home and code % 17 == 0:
        opened = today - timedelta(days=120 + code % 200)
    return (
        *(key, owner, code, site.name, site.kind, f"{address(places, site.spot)}{rng.integers(1, 300)}号"),
        f"0631-{rng.integers(5_000_000, 8_000_000)}",
        *(float(places.longitude[site.spot]), float(places.latitude[site.spot]), "wgs84"),
        *(area, site.beds, site.nursing, ownership, mode),
        f"鲁养备{code // 10**6}{rng.integers(10_000, 99_999)}" if home else "",
        "passed" if home or rng.random() < 0.8 else "filed",
        *("active", opened),
        *told_of(site, code),
    )


def _workers(
    organisations: list[tuple[UUID, Body]], places: Places, rng: np.random.Generator, at: datetime
) -> list[Employed]:
    hands = [(uuid7(), key, body, hand) for key, body in organisations for hand in body.staff]
    sealer = Sealer()
    owners = [key for key, *_ in hands]
    keys = sealer.fresh(owners, [os.urandom(32) for _ in owners])
    load = Load(Worker, WORKER)
    load.copy(
        _worker(key, owner, hand, places, rng, sealer.seal(opened, key, hand.phone))
        for (key, owner, _, hand), opened in zip(hands, keys, strict=True)
    )
    load.done("providers.load", at=at)
    return [
        Employed(key, owner, body.region, hand.spot, hand.skills, hand.name)
        for key, owner, body, hand in hands
    ]


def _worker(
    key: UUID, owner: UUID, hand: Hand, places: Places, rng: np.random.Generator, sealed: bytes
) -> tuple[object, ...]:
    early = bool(rng.random() < 0.5)
    return (
        *(
            key,
            owner,
            int(places.code[hand.spot]),
            hand.name,
            hand.sex,
            sealed,
            Phone("mobile", hand.phone).masked,
        ),
        *(Jsonb(list(hand.skills)), f"37{rng.integers(10**12, 10**13)}"),
        date(2027 + int(rng.integers(0, 4)), int(rng.integers(1, 13)), 28),
        float(places.longitude[hand.spot]),
        float(places.latitude[hand.spot]),
        Jsonb(WEEKS[int(rng.integers(len(WEEKS)))]),
        *(time(7 if early else 8), time(17 if early else 18), date(2020 + int(rng.integers(0, 5)), 6, 1)),
        *(Jsonb(["普通话"]), TRAVELS[hand.spot % len(TRAVELS)]),
    )
