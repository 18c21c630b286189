"""The desk's lines of the last days: an exchange, seats, calls as a simulated exchange tells them, shifts handed over."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.timezone import localtime

from songhe.areas.lines import actions
from songhe.areas.lines.models import Exchange, LineEvent, Seat, SeatSpell, Session, TextLine
from songhe.areas.lines.models.sessions import write_leg
from songhe.areas.lines.queries.hashes import number_hash
from songhe.areas.lines.rules import Course, Direction, Event, Kind, Media, SeatState, fold
from songhe.core.codes import parse_phone
from songhe.edges.telephony.simulating import Step, day
from songhe.engines.access.api import SYSTEM, User
from songhe.engines.regions.ids import uuid7
from songhe.engines.regions.models import Region
from songhe.site.demo.history import City, acting
from songhe.site.demo.load import Load, Sealer

AGENTS = ("hotline", "hotline2", "hotline3", "hotline4", "hotline5", "hotline6", "hotline-lead")
DAYS, NIGHT_OFF = 6, 6
NOTES = (
    "高新区停水，助浴订单改期 3 单，已通知家属。",
    "120 转送的刘奶奶家属上午来电，请回访。",
    "系统夜间升级 10 分钟，期间来电由值班手机接听。",
)


def ring_lines(city: City) -> None:
    """Everything the pages of lines show."""
    region = Region.objects.get(code=int(city.places.city) * 10**6)
    made: Exchange = actions.open_exchange(
        actor=SYSTEM,
        at=city.on(60, 9),
        code="main",
        name="12349话务平台",
        region=region,
        way=Exchange.Way.SIMULATED,
    )
    seats = [_seat(city, made, place, name) for place, name in enumerate(AGENTS)]
    calls = min(220, max(40, len(city.columns) // 90))
    loads = _Loads(city, made, {seat.extension: seat for seat in seats})
    for days_ago in range(DAYS, -1, -1):
        loads.day(days_ago, calls)
    loads.done()
    _shifts(city, region)


def _seat(city: City, made: Exchange, place: int, name: str) -> Seat:
    skills = [["emergency", "policy"], ["policy", "dialect"], ["text", "policy"]][place % 3]
    seat: Seat = actions.open_seat(
        actor=SYSTEM, at=city.on(60, 9), exchange=made, agent=str(city.users[name].pk), extension=f"80{place + 1:02}", skills=skills
    )  # fmt: skip
    return seat


class _Loads:
    """Sessions, events, messages and spells, loaded in bulk as the door would have written them."""

    def __init__(self, city: City, made: Exchange, seats: dict[str, Seat]) -> None:
        self.city, self.made, self.seats = city, made, seats
        self.sealer = Sealer()
        self.sessions: list[tuple[Any, ...]] = []
        self.events: list[tuple[Any, ...]] = []
        self.texts: list[tuple[Any, ...]] = []
        self.spells: list[tuple[Any, ...]] = []
        self.numbers = [
            city.columns.phone[row].decode()
            for row in range(0, len(city.columns), 37)
            if city.columns.phone[row]
        ]

    def day(self, days_ago: int, calls: int) -> None:
        """One day's calls; those of today as far as it has come, and nothing that would still go on."""
        midnight = localtime(self.city.at).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(
            days=days_ago
        )
        steps = day(calls, list(self.seats), self.numbers, seed=self.city.seed, prefix=f"d{days_ago}")
        by_ref: dict[str, list[Step]] = defaultdict(list)
        for step in steps:
            if step.event["kind"] != "seat":
                by_ref[step.event["session"]].append(step)
        over = [
            told for told in by_ref.values() if midnight + timedelta(seconds=told[-1].second) <= self.city.at
        ]
        keys = self.sealer.fresh(ids := [uuid7() for _ in over], [self.city.rng.bytes(32) for _ in over])
        busy: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
        for owner, key, told in zip(ids, keys, over, strict=True):
            course = self._session(owner, key, told, midnight)
            for leg in course.legs:
                for turn in leg.turns:
                    if turn.until:
                        busy[turn.agent].append((turn.since, turn.until))
        for seat in self.seats.values():
            self._on_duty(seat, sorted(busy[str(seat.agent_id)]))

    def _session(self, owner: UUID, key: Any, told: list[Step], midnight: datetime) -> Course:
        moments = [midnight + timedelta(seconds=round(step.second, 3)) for step in told]
        first = told[0].event
        media = Media(first["media"])
        events = []
        for step, at in zip(told, moments, strict=True):
            seat = self.seats.get(step.event.get("agent", ""))
            agent = str(seat.agent_id) if seat else ""
            event = Event(
                step.event["id"],
                Kind(step.event["kind"]),
                at,
                step.event["seq"],
                agent,
                step.event.get("recording", ""),
            )
            events.append(event)
            self._event(owner, key, step.event, event)
            if step.event.get("text"):
                words = self.sealer.seal(key, owner, step.event["text"])
                self.texts.append((uuid7(), owner, False, words, "", at, self.made.region_id))
        course = fold(events, direction=Direction.IN, media=media)
        self._row(owner, key, first, course, moments, media)
        return course

    def _row(
        self, owner: UUID, key: Any, first: dict[str, Any], course: Course, moments: list[datetime], media: Media
    ) -> None:  # fmt: skip
        phone = parse_phone(first["number"]) if first["number"] else None
        leg = course.legs[-1]
        seat = next((seat for seat in self.seats.values() if str(seat.agent_id) == course.agent), None)
        recordings = json.dumps(list(course.recordings), ensure_ascii=False, separators=(",", ":"))
        self.sessions.append((
            owner, self.made.pk, first["session"], self.made.region_id, "in", media.value, course.state,
            self.sealer.seal(key, owner, phone.dialled) if phone else b"", phone.masked if phone else "",
            number_hash(phone.dialled) if phone else None, "text" if media is Media.TEXT else "general",
            seat.agent_id if seat else None, seat.agent_name if seat else "", min(moments), leg.answered, leg.ended, max(moments),
            json.dumps([write_leg(one) for one in course.legs]), len(course.recordings),
            self.sealer.seal(key, owner, recordings) if course.recordings else b"",
        ))  # fmt: skip

    def _event(self, owner: UUID, key: Any, told: dict[str, Any], event: Event) -> None:
        body = json.dumps({**told, "at": event.at.isoformat()}, sort_keys=True)
        self.events.append((
            uuid7(), self.made.pk, owner, event.key, event.kind.value, event.at, event.seq, UUID(event.agent) if event.agent else None,
            told.get("queue", ""), self.sealer.seal(key, owner, event.note), self.sealer.seal(key, owner, body),
            hashlib.sha256(body.encode()).digest(), event.at + timedelta(seconds=1), self.made.region_id,
        ))  # fmt: skip

    def _on_duty(self, seat: Seat, busy: list[tuple[datetime, datetime]]) -> None:
        """Ready, talking, wrapping up: as the events left the seat."""
        last: datetime | None = None
        for since, until in busy:
            if last is not None and since <= last:
                continue
            if last is not None and since - last < timedelta(hours=2):
                self._spell(seat, SeatState.READY, last, since)
            wrapped = until + timedelta(seconds=30)
            self._spell(seat, SeatState.TALKING, since, until)
            self._spell(seat, SeatState.WRAPPING, until, wrapped)
            last = wrapped

    def _spell(self, seat: Seat, state: SeatState, since: datetime, until: datetime) -> None:
        if until <= self.city.at:
            self.spells.append(
                (uuid7(), seat.pk, seat.agent_id, state.value, "", since, until, seat.region_id)
            )

    def done(self) -> None:
        """Write it all, then let the present begin: some agents are ready, one has a meal."""
        names = {
            Session: (self.sessions, (
                "id", "exchange", "ref", "region", "direction", "media", "state", "number_sealed", "number_masked", "number_hash",
                "queue", "agent_id", "agent_name", "began_at", "answered_at", "ended_at", "last_at", "legs", "recordings",
                "recordings_sealed",
            )),
            LineEvent: (self.events, (
                "id", "exchange", "session", "key", "kind", "at", "seq", "agent_id", "queue", "note_sealed", "body_sealed", "digest",
                "received_at", "region",
            )),
            TextLine: (self.texts, ("id", "session", "from_desk", "words_sealed", "by_name", "at", "region")),
            SeatSpell: (self.spells, ("id", "seat", "agent_id", "state", "reason", "since", "until", "region")),
        }  # fmt: skip
        for model, (rows, columns) in names.items():
            load = Load(model, columns)
            load.copy(rows)
            load.done("lines.load", at=self.city.at, region=self.made.region_id)
        for place, seat in enumerate(self.seats.values()):
            user = self.city.users[AGENTS[place]]
            at = self.city.at - timedelta(minutes=3 + 2 * place)
            with acting(user):
                if place == NIGHT_OFF - 1:
                    actions.take_break(seat, actor=user, at=at, reason="meal")
                elif place < NIGHT_OFF:
                    actions.go_ready(seat, actor=user, at=at)


def _shifts(city: City, region: Region) -> None:
    lead: User = city.users["hotline-lead"]
    parts = ("early", "late", "night")
    place = 0
    for days_ago in (2, 1, 0, -1):
        on = localtime(city.at).date() - timedelta(days=days_ago)
        for part in parts:
            first, second = AGENTS[place % 6], AGENTS[(place + 3) % 6]
            row = actions.plan_shift(
                actor=SYSTEM, at=city.on(3, 9), region=region, day=on, part=part, lead=str(city.users[first].pk),
                agents=[str(city.users[second].pk)],
            )  # fmt: skip
            place += 1
            if row.ends_at < city.at - timedelta(hours=1):
                giver = city.users[first]
                left = actions.hand_over(row, actor=giver, at=row.ends_at, note=NOTES[place % len(NOTES)])
                if row.ends_at < city.at - timedelta(hours=9):
                    actions.take_over(
                        left, actor=lead, at=row.ends_at + timedelta(minutes=6), read=True, remark=""
                    )
