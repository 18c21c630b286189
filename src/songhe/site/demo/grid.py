"""The grid of the county shown: a post with its roster in every village, neighbours and grid workers for those who live
alone, some who have left, and what was reported these days.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import numpy as np
from django.utils.timezone import localtime
from psycopg.types.json import Jsonb

from songhe.areas.grid import actions
from songhe.areas.grid.limits import terms
from songhe.areas.grid.models import Helper, Pair, Post, ReportKind, Turn
from songhe.areas.grid.queries.books import phone_hash
from songhe.core.codes import parse_phone
from songhe.engines.access.api import SYSTEM, Scope, Tie, entered
from songhe.engines.regions.ids import uuid7
from songhe.site.demo.cast import Seat
from songhe.site.demo.history import City
from songhe.site.demo.load import Load, Sealer
from songhe.site.demo.names import names
from songhe.site.demo.tags import has
from songhe.site.demo.users import add_users

HELPER = (
    "id", "owner_id", "region", "name", "kind", "phone_sealed", "phone_masked", "phone_hash", "skills", "hours", "travels", "lon", "lat",
    "trained_on", "consented_on", "since", "until", "why_left",
)  # fmt: skip
PAIR = (
    "id",
    "helper",
    "person",
    "region",
    "role",
    "holds_key",
    "key_since",
    "since",
    "until",
    "why_ended",
    "by",
    "at",
)
POST = ("id", "region", "level", "name", "phone", "since")
TURN = ("id", "post", "helper", "region", "days", "starts", "ends", "since", "by", "at")
TIE = ("id", "person_id", "holder_id", "kind", "region", "since")
SKILLS: tuple[list[str], ...] = (
    ["first_aid"], ["car", "lifting"], ["company"], ["first_aid", "phone"], ["cooking"], ["repairs", "lifting"],
)  # fmt: skip
WEEK, DAILY = [1, 2, 3, 4, 5], [1, 2, 3, 4, 5, 6, 7]
PAIRED, LEFT = 0.86, 0.03
BY = "民政办 张洁"
SAID = (
    (ReportKind.NEEDS, "家里暖气不热，想请人看看"),
    (ReportKind.DANGER, "院子台阶结冰，老人昨天差点滑倒"),
    (ReportKind.UNWELL, "今天没胃口，量了血压偏高"),
    (ReportKind.GONE, "上周去女儿家住了，月底回来"),
)


def near(city: City) -> None:
    """Make the grid."""
    with entered(Scope.EVERYTHING):
        crew = _Crew(city)
        crew.load()
        pairs = _pairs(city, crew)
        _rosters(city, crew)
        _log_ins(city, crew, pairs)


class _Crew:
    """The helpers of each village, of the towns and of the centre."""

    def __init__(self, city: City) -> None:
        self.city, self.rng = city, np.random.default_rng([city.seed, 371, 8])
        self.day = localtime(city.at).date()
        self.since = date(self.day.year - 1, 3, 1)
        codes = city.places.code
        self.villages = [int(code) for code in codes[codes // 10**6 * 10**6 == city.shown]]
        self.towns = sorted({code // 1000 * 1000 for code in self.villages})
        lonely = has(city.columns.tags, "living_alone")
        rows = city.rows_in(city.shown, 6)
        self.lonely: dict[int, list[int]] = {}
        for row in rows[lonely[rows]]:
            self.lonely.setdefault(int(city.columns.residence[row]), []).append(int(row))
        self.of: dict[int, dict[str, list[UUID]]] = {}
        self.names: dict[UUID, str] = {}
        self._wanted: list[tuple[UUID, int, str]] = []

    def load(self) -> None:
        """Everybody in one go: keys, numbers, names."""
        for code in self.villages:
            self._want(code, "cadre", 1)
            self._want(code, "grid_worker", int(code in self.lonely))
            self._want(code, "neighbour", -(-len(self.lonely.get(code, ())) // 3))
        for town in self.towns:
            self._want(town, "cadre", 2)
            self._want(town, "volunteer", 1)
        self._want(self.city.shown, "cadre", 4)
        count, sealer = len(self._wanted), Sealer()
        keys = sealer.fresh([one for one, *_rest in self._wanted], [os.urandom(32) for _ in range(count)])
        sex = self.rng.integers(1, 3, count).astype(np.uint8)
        told = names(sex, year=np.full(count, 1968), city=self.city.places.city, rng=self.rng)
        load = Load(Helper, HELPER)
        load.copy(
            self._row(key, code, kind, str(name), sealer.seal(secret, key, f"13{n:09d}"), n)
            for n, ((key, code, kind), name, secret) in enumerate(
                zip(self._wanted, told, keys, strict=True), 900_000_000
            )
        )
        load.done("grid.load", at=self.city.at, region=self.city.shown)

    def _want(self, code: int, kind: str, count: int) -> None:
        for _ in range(count):
            key = uuid7()
            self._wanted.append((key, code, kind))
            self.of.setdefault(code, {}).setdefault(kind, []).append(key)

    def _row(self, key: UUID, code: int, kind: str, name: str, sealed: bytes, n: int) -> tuple[object, ...]:
        number = parse_phone(f"13{n:09d}")
        self.names[key] = name
        lon, lat = self._home(code)
        at_work = kind in ("cadre", "grid_worker")
        hours = (
            {}
            if kind == "neighbour" and n % 3
            else {"week": {str(day): [[420, 1260]] for day in DAILY}, "days": {}, "holidays": True}
        )
        trained = (
            None
            if n % 17 == 3
            else self.day - timedelta(days=int(self.rng.integers(20, 340)) + (n % 11 == 0) * 120)
        )
        return (
            key, key, code, name, kind, sealed, number.masked, phone_hash(number.dialled), Jsonb(SKILLS[n % len(SKILLS)]), Jsonb(hours),
            "ebike" if at_work else "car" if n % 9 == 0 else "walk", lon, lat, trained, self.since, self.since, None, "",
        )  # fmt: skip

    def _home(self, code: int) -> tuple[float, float]:
        places = self.city.places
        spot = places.index(code) if code % 1000 else int(np.searchsorted(places.code, code))
        east, north = self.rng.normal(0, 0.0035, 2)
        return round(float(places.longitude[spot]) + float(east), 6), round(
            float(places.latitude[spot]) + float(north), 6
        )


def _pairs(city: City, crew: _Crew) -> list[tuple[object, ...]]:
    """A neighbour and the grid worker for most who live alone; some neighbours stopped and nobody followed."""
    rows: list[tuple[object, ...]] = []
    for code, persons in crew.lonely.items():
        near_by, worker = crew.of[code]["neighbour"], crew.of[code]["grid_worker"][0]
        for n, row in enumerate(persons):
            person, luck = city.ids[row], float(crew.rng.random())
            if luck < PAIRED:
                key = bool(crew.rng.random() < 0.3)
                since = crew.since + timedelta(days=int(crew.rng.integers(0, 400)))
                ended = crew.day - timedelta(days=9) if luck < LEFT else None
                rows.append(
                    (uuid7(), near_by[n % len(near_by)], person, code, "first", key and ended is None, since if key and not ended else None,
                     since, ended, "helper_left" if ended else "", BY, city.at)
                )  # fmt: skip
            if luck < 0.95:
                rows.append(
                    (uuid7(), worker, person, code, "grid", False, None, crew.since, None, "", BY, city.at)
                )
    load = Load(Pair, PAIR)
    load.copy(rows)
    load.done("grid.load", at=city.at, region=city.shown)
    ties = Load(Tie, TIE)
    ties.copy((uuid7(), row[2], row[1], "worker", row[3], row[7]) for row in rows if row[8] is None)
    ties.done("grid.load", at=city.at, region=city.shown)
    return rows


def _rosters(city: City, crew: _Crew) -> None:
    """Posts of all three levels; in some villages nobody is on duty on Saturdays."""
    posts, turns = Load(Post, POST), Load(Turn, TURN)
    made: list[tuple[UUID, int, str]] = []
    entry = (crew.since, BY, city.at)
    lines: list[tuple[object, ...]] = []
    village, town, county = (
        next((one.code for one in terms().levels if one.posts and one.region == height), "")
        for height in (5, 4, 3)
    )
    for n, code in enumerate(crew.villages):
        post, chief = uuid7(), crew.of[code]["cadre"][0]
        made.append((post, code, village))
        second = crew.of[code].get("grid_worker", [chief])[0]
        lines.append((uuid7(), post, chief, code, Jsonb(WEEK), 480, 1080, *entry))
        lines.append((uuid7(), post, second, code, Jsonb([7] if n % 12 == 5 else [6, 7]), 480, 1080, *entry))
    for code in crew.towns:
        post, (first, second) = uuid7(), crew.of[code]["cadre"]
        made.append((post, code, town))
        lines.append((uuid7(), post, first, code, Jsonb(WEEK), 480, 1200, *entry))
        lines.append((uuid7(), post, second, code, Jsonb([6, 7]), 480, 1200, *entry))
    post, seats = uuid7(), crew.of[city.shown]["cadre"]
    made.append((post, city.shown, county))
    for start, seat in zip((0, 480, 960), seats, strict=False):
        lines.append((uuid7(), post, seat, city.shown, Jsonb(DAILY), start, start + 480, *entry))
    posts.copy(
        (key, code, level, _post_name(city, code), f"0631755{n % 10000:04d}", crew.since)
        for n, (key, code, level) in enumerate(made)
        if level
    )
    known = {key for key, _code, level in made if level}
    turns.copy(row for row in lines if row[1] in known)
    for load in (posts, turns):
        load.done("grid.load", at=city.at, region=city.shown)


def _post_name(city: City, code: int) -> str:
    if code % 1000:
        return f"{city.places.name[city.places.index(code)][:20]}值班室"
    if code % 10**6:
        return f"{city.places.towns[code][:20]}养老服务中心"
    return f"{city.places.counties[code]}12349指挥中心"


def _log_ins(city: City, crew: _Crew, pairs: Sequence[tuple[object, ...]]) -> None:
    """A neighbour and a grid worker who log in by telephone, and what they reported these days."""
    counts: dict[object, int] = {}
    for row in pairs:
        if row[8] is None:
            counts[row[1]] = counts.get(row[1], 0) + 1
    best = {
        kind: max(
            (key for code in crew.lonely for key in crew.of[code][kind]),
            key=lambda key: (counts.get(key, 0), str(key)),
            default=None,
        )
        for kind in ("neighbour", "grid_worker")
    }
    seats = {"neighbour": ("neighbour", "睦邻 {}"), "grid_worker": ("grid", "网格员 {}")}
    holders = {seats[kind][0]: key for kind, key in best.items() if key is not None}
    city.users |= add_users(
        [Seat(seats[kind][0], "helper", seats[kind][1].format(crew.names[key]), city.shown, "worker") for kind, key in best.items() if key],
        holders=holders, at=city.at,
    )  # fmt: skip
    for login, key in holders.items():
        Helper.everywhere.filter(pk=key).update(user_id=city.users[login].pk)
    if best["neighbour"] is None:
        return
    helper = Helper.everywhere.get(pk=best["neighbour"])
    persons = [row[2] for row in pairs if row[1] == helper.pk and row[8] is None]
    for n, ((kind, words), person) in enumerate(zip(SAID, persons, strict=False)):
        at = city.at - timedelta(hours=30 * n + 1)
        made = actions.report(helper, actor=SYSTEM, at=at, kind=kind, person=str(person), words=words)
        if n:
            made = actions.take(made, actor=SYSTEM, at=at + timedelta(minutes=40))
        if n > 1:
            actions.settle(made, actor=SYSTEM, at=at + timedelta(hours=5), words="已联系，已处理")
