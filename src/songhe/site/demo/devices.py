"""Devices of the demo city: some thousand on wrists and walls, with the life of real ones: most are heard and charged, some
are silent, low, never installed, lost or broken, and a few do what devices do.

The secret of each is ``demo-`` and its number, so that a simulated bracelet can be made to speak through a gateway.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
from django.utils.timezone import localtime
from psycopg.types.json import Jsonb

from songhe.areas.devices import actions
from songhe.areas.devices.limits import terms
from songhe.areas.devices.models import Agreement, Binding, Device, Fence, Last, Movement
from songhe.areas.devices.rules.secrets import hash_of
from songhe.areas.registry.models import Member
from songhe.core.codes.region import TOWN, at_level
from songhe.engines.access.api import Scope, entered
from songhe.engines.regions.ids import uuid7
from songhe.engines.vault.api import open_keys
from songhe.site.demo.devices_life import live
from songhe.site.demo.history import City
from songhe.site.demo.load import Load, Sealer
from songhe.site.demo.tags import has

KINDS = (
    # kind, who is given one, share of these, model
    ("phone", "enrolled", 0.9, "YJT-6012349"),
    ("bracelet", "dementia", 0.55, "T8"),
    ("bracelet", "old", 0.06, "T8"),
    ("pendant", "living_alone", 0.16, "SOS-2"),
    ("smoke", "living_alone", 0.3, "JTY-GD"),
    ("door", "living_alone", 0.1, "MC-1"),
    ("gas", "living_alone", 0.12, "JT-20"),
    ("watch", "dementia", 0.12, "W3"),
    ("fall", "functional_loss", 0.05, "RD-60"),
    ("bed", "functional_loss", 0.07, "CD-1"),
    ("tag", "dementia", 0.3, "布标"),
)
STOCK = (("bracelet", 60), ("phone", 40), ("pendant", 40), ("smoke", 60), ("tag", 80), ("door", 20))
DEVICE = (
    "id", "code", "kind", "model", "region", "place", "person", "household", "helper_id", "helper", "secret_hash", "secret_at",
    "registered_at", "issued_at", "installed_at",
)  # fmt: skip
LAST = (
    "id", "device", "region", "person", "connected_at", "first_used_at", "heard_at", "battery", "battery_at", "battery_low", "clock",
    "clock_off", "place_sealed", "located_at", "inside", "used_at", "tested_at",
)  # fmt: skip
BINDING = ("id", "device", "person", "household", "region", "since", "is_free", "bound_by", "bound_at")
MOVEMENT = ("id", "device", "region", "kind", "move", "source", "target", "person_id", "on", "at", "by")
AGREEMENT = ("id", "person", "region", "given_at", "given_by", "giver", "recorded_by")
FENCE = ("id", "person", "region", "name", "keep_in", "shape_sealed", "made_by", "made_at")
BY = "民政专员"
SECRET = "demo-{code}"  # noqa: S105  of invented devices


@dataclass(slots=True)
class Given:
    """One device that somebody has."""

    id: UUID
    row: int
    kind: str
    model: str
    code: str
    place: str
    issued: datetime
    installed: datetime | None


def give_devices(city: City) -> None:
    """Fill the register, the stock and the states, then let the city's devices live a little."""
    with entered(Scope.EVERYTHING):
        rng = np.random.default_rng([city.seed, int(city.places.city), 11])
        given = list(_given(city, rng))
        homes = dict(
            Member.everywhere.filter(
                person__id__among=list({city.ids[one.row] for one in given}), until=None
            ).values_list("person_id", "household_id")
        )
        given = _one_phone_for_a_home(given, homes, city)
        stock = [(uuid7(), kind, f"WH{500_000 + n:08d}") for n, kind in enumerate(_stocked())]
        Sealer().fresh(
            [*(one.id for one in given), *(key for key, *_rest in stock)],
            [os.urandom(32) for _ in range(len(given) + len(stock))],
        )
        _register(city, given, stock, homes)
        agreed = _agree(city, given, rng)
        _states(city, given, stock, agreed, rng)
        live(city, given, agreed)
        actions.watch(at=city.at)


def _given(city: City, rng: np.random.Generator) -> Iterator[Given]:
    age = (np.datetime64(localtime(city.at).date()) - city.columns.born).astype(int) / 365.25
    groups = {
        "enrolled": city.columns.enrolled, "old": age >= 85, **{tag: has(city.columns.tags, tag) for tag in ("dementia", "living_alone", "functional_loss")},
    }  # fmt: skip
    number = 0
    for kind, group, share, model in KINDS:
        rows = np.flatnonzero(groups[group] & (rng.random(len(age)) < share))
        for row in map(int, rows):
            number += 1
            ago = int(rng.integers(3, 300))
            issued = city.on(ago, 9, number % 60)
            fate = rng.random()
            place = "lost" if fate < 0.008 else "broken" if fate < 0.014 else "issued"
            installed = None if rng.random() < 0.04 else min(issued + timedelta(days=int(rng.integers(0, 6)), hours=3), city.at)  # fmt: skip
            yield Given(uuid7(), row, kind, model, f"WH{number:08d}", place, issued, installed)


def _one_phone_for_a_home(given: list[Given], homes: dict[UUID, UUID], city: City) -> list[Given]:
    taken: set[UUID] = set()
    out = []
    for one in given:
        if one.kind == "phone":
            home = homes.get(city.ids[one.row], city.ids[one.row])
            if home in taken:
                continue
            taken.add(home)
        out.append(one)
    return out


def _stocked() -> Iterator[str]:
    for kind, many in STOCK:
        yield from [kind] * many


def _register(
    city: City, given: list[Given], stock: list[tuple[UUID, str, str]], homes: dict[UUID, UUID]
) -> None:
    """Devices, bindings and movements."""
    places, kinds = city.columns.residence, terms().kinds
    helper = city.users.get("village")
    mine = helper.scope().areas[0] if helper and helper.scope().areas else (0, 0)
    town = at_level(int(places[given[0].row]), TOWN) if given else city.shown
    devices, bindings, movements = Load(Device, DEVICE), Load(Binding, BINDING), Load(Movement, MOVEMENT)

    def rows() -> Iterator[tuple[object, ...]]:
        for one in given:
            region, person = int(places[one.row]), city.ids[one.row]
            home = homes.get(person) if kinds[one.kind].household else None
            own = helper if mine[0] <= region < mine[1] else None
            yield (
                one.id, one.code, one.kind, one.model, region, one.place, person, home, own.pk if own else None,
                own.name if own else "", hash_of(SECRET.format(code=one.code)), one.issued, one.issued - timedelta(days=20), one.issued,
                one.installed,
            )  # fmt: skip
        for key, kind, code in stock:
            region = city.shown if int(code[-1]) % 2 else town
            at = city.on(30, 10)
            yield key, code, kind, "", region, "stock", None, None, None, "", hash_of(SECRET.format(code=code)), at, at, None, None  # fmt: skip

    devices.copy(rows())
    bindings.copy(
        (
            uuid7(), one.id, city.ids[one.row], homes.get(city.ids[one.row]) if kinds[one.kind].household else None,
            int(places[one.row]), localtime(one.issued).date(), kinds[one.kind].free, BY, one.issued,
        )
        for one in given
    )  # fmt: skip
    movements.copy(_movements(city, given, stock, town))
    for load in (devices, bindings, movements):
        load.done("devices.load", at=city.at)


def _movements(
    city: City, given: list[Given], stock: list[tuple[UUID, str, str]], town: int
) -> Iterator[tuple[object, ...]]:
    for one in given:
        region, person = int(city.columns.residence[one.row]), city.ids[one.row]
        came = one.issued - timedelta(days=20)
        yield (
            uuid7(),
            one.id,
            region,
            one.kind,
            "received",
            "",
            "stock",
            None,
            localtime(came).date(),
            came,
            BY,
        )
        yield uuid7(), one.id, region, one.kind, "issued", "stock", "issued", person, localtime(one.issued).date(), one.issued, BY  # fmt: skip
        if one.place != "issued":
            at = city.on(2, 16)
            yield uuid7(), one.id, region, one.kind, one.place, "issued", one.place, person, localtime(at).date(), max(at, one.issued), BY  # fmt: skip
    at = city.on(30, 10)
    for key, kind, code in stock:
        region = city.shown if int(code[-1]) % 2 else town
        yield uuid7(), key, region, kind, "received", "", "stock", None, localtime(at).date(), at, BY


def _agree(city: City, given: list[Given], rng: np.random.Generator) -> dict[UUID, object]:
    """Agreements of most who wear what can be located, and areas of some of them; gives their open keys."""
    rows = sorted({one.row for one in given if one.kind in ("bracelet", "watch")})
    chosen = [row for row in rows if rng.random() < 0.7]
    keys = open_keys([city.ids[row] for row in chosen])
    agreements, fences, seal = Load(Agreement, AGREEMENT), Load(Fence, FENCE), Sealer().seal
    agreements.copy(
        (
            uuid7(), city.ids[row], int(city.columns.residence[row]), city.on(100, 9), "guardian" if n % 3 else "self",
            "子女" if n % 3 else "", BY,
        )
        for n, row in enumerate(chosen)
    )  # fmt: skip
    fences.copy(
        (
            uuid7(), city.ids[row], int(city.columns.residence[row]), "住处周边", True,
            seal(keys[city.ids[row]], city.ids[row], json.dumps({"centre": list(city.people.where(row)), "metres": 800.0})), BY,
            city.on(99, 9),
        )
        for row in chosen[::2]
    )  # fmt: skip
    agreements.done("devices.load", at=city.at)
    fences.done("devices.load", at=city.at)
    return {city.ids[row]: keys[city.ids[row]] for row in chosen}


def _states(
    city: City, given: list[Given], stock: list[tuple[UUID, str, str]], agreed: dict[UUID, object], rng: np.random.Generator
) -> None:  # fmt: skip
    """The last state of each: most were heard within a heartbeat, some long ago or never."""
    load, seal, book, at = Load(Last, LAST), Sealer().seal, terms(), city.at
    chance = rng.random((len(given), 8))

    def rows() -> Iterator[tuple[object, ...]]:
        for one, c in zip(given, chance, strict=True):
            kind, person = book.kinds[one.kind], city.ids[one.row]
            heard = _heard(one, kind.heartbeat, kind.silence, at, c)
            battery = None if not kind.battery_warn or heard is None else int(8 + 92 * c[2] ** 0.6)
            used = one.installed + (at - one.installed) * c[3] if heard and one.installed and c[4] < 0.45 else None  # fmt: skip
            tested = at - timedelta(days=float(c[5] * 34)) if heard and c[6] < 0.9 else None
            place = b""
            if heard and person in agreed and "position" in kind.signals:
                lon, lat = city.people.where(one.row)
                spot = [round(lon + (c[3] - 0.5) * 0.006, 6), round(lat + (c[4] - 0.5) * 0.006, 6), round(8 + 40 * c[5], 1)]  # fmt: skip
                place = seal(agreed[person], person, json.dumps(spot))  # type: ignore[arg-type]
            lying = heard is not None and c[7] < 0.01
            yield (
                uuid7(), one.id, int(city.columns.residence[one.row]), person, one.installed if heard else None, used, heard, battery, heard,
                battery is not None and battery <= kind.battery_warn, "ahead" if lying else "", 7200 if lying else 0 if heard else None,
                place, heard if place else None, Jsonb({}), used, tested if tested and one.installed and tested > one.installed else None,
            )  # fmt: skip
        for key, _kind, code in stock:
            region = city.shown if int(code[-1]) % 2 else at_level(int(city.columns.residence[given[0].row]), TOWN)  # fmt: skip
            yield uuid7(), key, region, None, None, None, None, None, None, False, "", None, b"", None, Jsonb({}), None, None  # fmt: skip

    load.copy(rows())
    load.done("devices.load", at=at)


def _heard(one: Given, beat: timedelta, silence: timedelta, at: datetime, c: np.ndarray) -> datetime | None:
    """When a device was last heard: never where it is not installed or never got a network."""
    if one.installed is None or one.place != "issued" or not beat or c[0] < 0.02:
        return None
    if c[0] < 0.07:
        return max(one.installed, at - silence - timedelta(days=float(20 * c[1])))
    return max(one.installed, at - beat * float(c[1]))
