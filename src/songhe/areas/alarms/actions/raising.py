"""Raising alarms: many at once from signals, or one by hand."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from operator import attrgetter
from typing import Annotated
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.alarms import limits
from songhe.areas.alarms.actions import common
from songhe.areas.alarms.models import Alarm, AlarmState, Response, Signal, Source, Step
from songhe.areas.alarms.rules import signals as sounding
from songhe.areas.alarms.rules import watch
from songhe.areas.alarms.rules.signals import Cry, Sounding
from songhe.areas.devices.api import when_alarming
from songhe.areas.registry.api import Person, homes_of
from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM, Actor, elevated, insert_many, insert_new, update_many
from songhe.engines.acts.api import act, record_bulk
from songhe.engines.cases.api import flow
from songhe.engines.regions.ids import uuid7
from songhe.engines.regions.models import Level, Region
from songhe.kit.fields import Field

_ALARM = (
    "id", "number", "region", "person", "home_id", "device_id", "source", "kind", "provisional", "priority", "state",
    "outcome", "owner_id", "words_sealed", "raised_at", "pressed_at", "closed_at", "signals", "signalled_at", "rings_from",
    "rung", "rung_at", "due_at", "reason", "review_sealed", "verdict", "agent_name", "closed_by_name", "reviewed_by_name",
    "level", "tries",
)  # fmt: skip
_SIGNAL = ("id", "alarm", "region", "device_id", "person_id", "key", "kind", "at", "sent_at", "battery")
_AGAIN = ("id", "signals", "signalled_at", "priority", "kind", "rings_from", "rung", "rung_at", "due_at")
_STEP = (
    "id", "alarm", "region", "what", "source", "target", "at", "due_at", "actor_id", "actor_name", "detail",
)  # fmt: skip
_values = attrgetter(
    *("region_id" if name == "region" else "person_id" if name == "person" else name for name in _ALARM)
)


def raise_many(
    signals: Sequence[sounding.Signal],
    *,
    at: datetime,
    source: str = Source.DEVICE,
    actor: Actor = SYSTEM,
) -> list[Alarm]:
    """The alarm of each home that some signals sound in, new or open already, in a few statements for all. Who lives
    together now is looked up here, whatever a device was given to: all of one household are one home.

    Runs inside the caller's transaction. A home with an open alarm gets no second one: the signal joins it and it rings
    again. Only test presses make an alarm that has ended as a test; beside an open alarm they change nothing.
    """
    if not signals:
        return []
    with elevated():  # signals come from anywhere; who sees the alarms is decided by their regions
        lives = homes_of({one.person_id for one in signals if one.person_id})
        homes = sounding.by_home(signals, lives, _named(signals))
        known = _open_alarms(homes)
        fresh: dict[UUID, Alarm] = {}
        while missing := [home for home in homes if home not in known and home not in fresh]:
            made = _made([homes[home] for home in missing], source, at=at)
            fresh |= {one.home_id: one for one in made}
            if len(made) < len(missing):  # somebody else was quicker, and has ended: it is there now
                known |= _open_alarms([home for home in missing if home not in fresh])
        _joined(known, homes, at=at)
        alarms = [fresh.get(home) or known[home] for home in homes]
        _written_down(alarms, homes, fresh, actor=actor, at=at)
        common.tell([fresh[home] for home in fresh if fresh[home].is_open], "raised", at=at)
        common.tell([one for home, one in known.items() if not sounding.is_test(homes[home].signals)], "again", at=at)  # fmt: skip
        digest = hashlib.sha256("".join(str(one.pk) for one in alarms).encode()).hexdigest()
        record_bulk("alarms.raise", model=Alarm, count=len(signals), digest=digest, actor=actor, at=at)
    return alarms


@when_alarming
def _from_devices(signals: Sequence[sounding.Signal], at: datetime) -> None:
    """What devices hear and somebody has to come for, and what strangers write who scan a tag."""
    found = all(one.kind == "found" for one in signals)
    raise_many(signals, at=at, source=Source.FINDER if found else Source.DEVICE)


@act("alarms.raise")
def raise_one(
    *,
    actor: Actor,
    at: datetime,
    kind: Annotated[str, Field(label=_("What happened"), choices=limits.kind_choices)],
    person: Annotated[Person | None, Field(label=_("Person"))] = None,
    region: Annotated[Region | None, Field(label=_("Region"))] = None,
    words: Annotated[str, Field(label=_("What is known"), long=True)] = "",
) -> Alarm:
    """Raise an alarm by hand: somebody called, or saw it."""
    if person is None and region is None:
        raise Refused(
            "where", "Say for whom or where it is. Choose the person or the village.", field="person"
        )
    return cry(kind, actor=actor, at=at, source=Source.CALL, person=person, region_id=region.pk if region else None, words=words)  # fmt: skip


def cry(  # noqa: PLR0913  an alarm may come from anywhere
    kind: str,
    *,
    actor: Actor,
    at: datetime,
    source: str,
    person: Person | None = None,
    region_id: int | None = None,
    device_id: UUID | None = None,
    worker_id: UUID | None = None,
    about_id: UUID | None = None,
    words: str = "",
) -> Alarm:
    """One alarm that another area raises: a call, a worker's call for help, an incident, a finder. ``about_id`` is the row
    that it is about; all calls of one ``worker_id`` are one alarm as long as it is open.
    """
    clean = common.written(words, field="words")
    with elevated():  # a home is a home, wherever whoever reports it may look
        signal = Cry(
            kind=kind, received_at=at, device_id=device_id, person_id=person.pk if person else None,
            region_id=person.region_id if person else region_id, key=str(uuid7()),
            code=f"worker:{worker_id}" if worker_id else "",
        )  # fmt: skip
        (alarm,) = raise_many([signal], at=at, source=source, actor=actor)
        if clean:
            before = f"{alarm.words}\n{clean}".strip()
            alarm.words_sealed = common.sealed(alarm.owner_id, alarm, before[-2000:])
        if worker_id is not None:
            alarm.worker_id, alarm.provisional = worker_id, False
        alarm.about_id = about_id or alarm.about_id
        if clean or worker_id or about_id:
            alarm.save(update_fields=["words_sealed", "worker_id", "provisional", "about_id"])
    return alarm


def _named(signals: Iterable[sounding.Signal]) -> dict[UUID, UUID]:
    """The homes of open alarms whose person was named, by what called."""
    keys = list({sounding.sounds_as(one) for one in signals})
    rows = Alarm.everywhere.filter(sounds_as__among=keys, closed_at=None)
    return {key: home for key, home in rows.values_list("sounds_as", "home_id") if key is not None}


def _open_alarms(homes: Iterable[UUID]) -> dict[UUID, Alarm]:
    rows = Alarm.everywhere.filter(home_id__among=list(homes), closed_at=None).order_by("home_id")
    return {row.home_id: row for row in rows.select_for_update(no_key=True)}


def _made(homes: Sequence[Sounding], source: str, *, at: datetime) -> list[Alarm]:
    """New alarms; homes in which another transaction has just opened one are left out."""
    numbers = _numbers(len(homes))
    alarms = [_new(home, number, source, at=at) for home, number in zip(homes, numbers, strict=True)]
    done = _insert(alarms)
    for one in alarms:
        one._state.adding = False
    return [one for one in alarms if one.pk in done]


def _new(home: Sounding, number: int, source: str, *, at: datetime) -> Alarm:
    first, loud = home.first, sounding.loudest(home.signals, limits.terms())
    person = next((one.person_id for one in home.signals if one.person_id), None)
    region = next((one.region_id for one in home.signals if one.region_id), None)
    alarm = Alarm(
        id=uuid7(), number=f"{flow('alarm').prefix}-{number:06d}", region_id=region or city(), person_id=person,
        home_id=home.home_id, device_id=first.device_id, source=source, kind=loud.kind[:20],
        provisional=person is None and first.household_id is None, priority=limits.terms().kind(loud.kind).priority,
        state=AlarmState.RAISED, raised_at=min(one.received_at for one in home.signals), pressed_at=first.sent_at,
        signals=len(home.signals), signalled_at=at,
    )  # fmt: skip
    alarm.owner_id = person or alarm.pk
    if (
        alarm.provisional and source == Source.DEVICE and first.device_id is None
    ):  # its number is all that is known
        alarm.words_sealed = common.sealed(alarm.owner_id, alarm, f"{gettext('Device number')} {first.code}")
    if sounding.is_test(home.signals):
        alarm.state = alarm.outcome = AlarmState.TEST
        alarm.closed_at, alarm.reason = at, "monthly"
    else:
        common.ring(alarm, at=at)
    common.wind(alarm, ())
    return alarm


def _insert(alarms: Sequence[Alarm]) -> set[UUID]:
    """Insert alarms and tell which of them are there; one of a home that has an open alarm by now is not."""
    rows = [_values(one) for one in alarms]
    return insert_new(Alarm, _ALARM, rows, unless=("home_id",), among="closed_at IS NULL")


def _joined(known: Mapping[UUID, Alarm], homes: Mapping[UUID, Sounding], *, at: datetime) -> None:
    """Let open alarms ring again for what joined them."""
    waits: dict[UUID, list[Response]] = {}
    if known:
        rows = Response.everywhere.filter(alarm__in=[row.pk for row in known.values()], due_at__isnull=False)
        for one in rows:
            waits.setdefault(one.alarm_id, []).append(one)
    for home, alarm in known.items():
        new = homes[home].signals
        alarm.signals += len(new)
        alarm.signalled_at = max(alarm.signalled_at, at)
        if sounding.is_test(new):
            continue
        loud = sounding.loudest(new, limits.terms())
        if limits.terms().kind(loud.kind).priority > alarm.priority:
            alarm.priority, alarm.kind = limits.terms().kind(loud.kind).priority, loud.kind[:20]
        common.ring(alarm, at=at)
        alarm.due_at = watch.due(common.held(alarm, waits.get(alarm.pk, ())), limits.terms().clock)
    _update(known.values())


def _update(alarms: Iterable[Alarm]) -> None:
    update_many(Alarm, _AGAIN, [tuple(getattr(one, name) for name in _AGAIN) for one in alarms])


def _written_down(
    alarms: Sequence[Alarm],
    homes: Mapping[UUID, Sounding],
    fresh: Mapping[UUID, Alarm],
    *,
    actor: Actor,
    at: datetime,
) -> None:
    """The signals, and a step for each alarm that they made or woke."""
    rows = [
        (uuid7(), alarm.pk, alarm.region_id, one.device_id, _whose(one, alarm), str(one.key)[:120], one.kind[:20], one.received_at, one.sent_at, one.battery)
        for alarm in alarms
        for one in homes[alarm.home_id].signals
    ]  # fmt: skip
    insert_many(Signal, _SIGNAL, rows)
    steps = []
    for alarm in alarms:
        what, source, when = ("raise", "", alarm.raised_at) if alarm.home_id in fresh else ("signal", alarm.state, at)  # fmt: skip
        detail = sounding.loudest(homes[alarm.home_id].signals, limits.terms()).kind[:80]
        steps.append(
            (uuid7(), alarm.pk, alarm.region_id, what, source, alarm.state, when, None, actor.id, actor.name[:80], detail)
        )  # fmt: skip
    insert_many(Step, _STEP, steps)


def _whose(signal: sounding.Signal, alarm: Alarm) -> UUID | None:
    named = alarm.sounds_as is not None and alarm.sounds_as == sounding.sounds_as(signal)
    return alarm.person_id if named else signal.person_id


def _numbers(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('alarms_number') FROM generate_series(1, %s)", [count])
        return [int(number) for (number,) in cursor.fetchall()]


@lru_cache(maxsize=1)
def city() -> int:
    """Where an alarm counts of which nobody knows where it is: the whole city."""
    row = Region.objects.filter(level__gte=Level.CITY).order_by("level", "code").first()
    assert row is not None
    return int(row.pk)
