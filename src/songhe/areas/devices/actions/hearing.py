"""Hearing what devices say: each signal once, in a few statements for hundreds of them, in the caller's transaction."""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from songhe.areas.devices import queries
from songhe.areas.devices.actions.effects import pass_on
from songhe.areas.devices.limits import terms
from songhe.areas.devices.models import Last
from songhe.areas.devices.models import Signal as Kept
from songhe.areas.devices.queries.hearing import Speaker
from songhe.areas.devices.rules import Before, Fence, Heard, Means, Signal, again, hear
from songhe.engines.access.api import elevated, insert_many, update_many
from songhe.engines.regions.ids import uuid7
from songhe.engines.vault.api import open_keys, reveal_with, seal_with

_STRAY = """
INSERT INTO devices_stray (id, code, region_id, kind, count, first_at, last_at, battery)
SELECT * FROM unnest(%s::uuid[], %s::text[], %s::bigint[], %s::text[], %s::int[], %s::timestamptz[],
  %s::timestamptz[], %s::smallint[])
ON CONFLICT (code, kind) DO UPDATE SET count = devices_stray.count + excluded.count,
  last_at = greatest(devices_stray.last_at, excluded.last_at), cleared_at = NULL,
  battery = coalesce(excluded.battery, devices_stray.battery)
"""
_KEPT = (
    "id", "device", "region", "person", "key", "kind", "at", "sent_at", "received_at", "battery", "clock", "became",
    "owner_id", "body_sealed",
)  # fmt: skip
_STATE = (
    "id", "connected_at", "first_used_at", "heard_at", "battery", "battery_at", "battery_low", "clock", "clock_off",
    "used_at", "tested_at", "asked_at",
)  # fmt: skip
_PLACED = ("id", "place_sealed", "located_at", "kept_at", "inside")
Keys = dict[UUID, Any]
log = logging.getLogger(__name__)


class NoRoom(Exception):
    """A call for help under a number that nobody knows, while too many of them wait: it must not be acknowledged."""


def bring(batch: Sequence[Signal], *, at: datetime) -> list[Signal]:
    """``receive``, and let the areas that registered with ``when_alarming`` raise their alarms at once."""
    alarming = receive(batch, at=at)
    pass_on(alarming, at=at)
    return alarming


def receive(batch: Sequence[Signal], *, at: datetime) -> list[Signal]:
    """Keep what is new of a batch, bring each device's last state up to it, and return what somebody has to come for.

    Everything happens in the caller's transaction: when it commits, all of it is there, and when it fails, none. The same
    message of a device has one effect, however often and from however many gateways it comes: the lock of the device's last
    state sees to that, and the rule ``again`` says which is the same. Reaches every region, since a device speaks for itself;
    whoever calls has checked that it is the device that speaks.
    """
    if not batch:
        return []
    with elevated():
        known, strays = _named(batch)
        found = queries.hearing.speakers({one.device_id for one in known if one.device_id})
        strays += [one for one in known if one.device_id not in found]
        _keep_strays(strays)
        return _hear([one for one in known if one.device_id in found], found) + _calling(strays)


def _named(batch: Sequence[Signal]) -> tuple[list[Signal], list[Signal]]:
    """Signals of known devices, with their ids, and those of none."""
    unnamed = {one.code for one in batch if one.device_id is None}
    ids = queries.hearing.by_codes(unnamed) if unnamed else {}
    known, strays = [], []
    for one in batch:
        if one.device_id is not None:
            known.append(one)
        elif one.code in ids:
            known.append(replace(one, device_id=ids[one.code]))
        else:
            strays.append(one)
    return known, strays


def _hear(batch: Sequence[Signal], found: dict[UUID, Speaker]) -> list[Signal]:
    fresh = _fresh(batch)
    keys, fences = _opened(fresh, found)
    heard: list[tuple[Speaker, Heard]] = []
    book, ringed = terms(), {device: one.wearer(fences[one.person_id]) for device, one in found.items()}
    for signal in fresh:
        speaker = found[signal.device_id]  # type: ignore[index]  # those without one were left out
        speaker.state, became = hear(speaker.state, ringed[speaker.device_id], signal, book)
        heard += [(speaker, one) for one in became]
    alarming = _keep(heard, keys)
    _bring_up_to_date(found.values(), keys)
    return alarming


def _fresh(batch: Sequence[Signal]) -> list[Signal]:
    """What is not kept yet, each once. A bare heartbeat is not asked about: hearing it twice changes nothing."""
    said = terms().signals
    asked = [
        one for one in batch
        if one.has_place or one.kind not in said or said[one.kind].means != "state"
    ]  # fmt: skip
    known, clock, fresh = queries.hearing.kept_before(asked), terms().clock, []
    for one in batch:
        before = known[one.named]
        if not again(one, before, clock):
            before.append(Before(one.sent_at, one.received_at))
            fresh.append(one)
    return fresh


def _opened(
    fresh: Sequence[Signal], found: dict[UUID, Speaker]
) -> tuple[Keys, defaultdict[UUID | None, list[Fence]]]:
    """The keys that sealing needs, and the fences of those who move."""
    moving, owners = set(), set()
    for one in fresh:
        speaker = found[one.device_id]  # type: ignore[index]
        if one.has_place and speaker.agreed and speaker.person_id:
            moving.add(speaker.person_id)
        if one.extra:
            owners.add(speaker.person_id or speaker.device_id)
    keys: Keys = open_keys(owners | moving) if owners or moving else {}
    fences: defaultdict[UUID | None, list[Fence]] = defaultdict(list)
    for person, pk, keep_in, sealed in queries.hearing.sealed_fences(moving) if moving else ():
        if person in keys:
            data = json.loads(reveal_with(keys[person], person, sealed))
            fences[person].append(queries.hearing.shape(pk, keep_in, data))
    return keys, fences


def _keep(heard: Iterable[tuple[Speaker, Heard]], keys: Keys) -> list[Signal]:
    """Keep signals; those that are alarms, filled in."""
    rows, alarming = [], []
    for speaker, one in heard:
        signal, pk = one.signal, uuid7()
        owner = speaker.person_id or speaker.device_id
        rows.append((
            pk, speaker.device_id, speaker.region_id, speaker.person_id, signal.key, signal.kind, one.at, signal.sent_at,
            signal.received_at, signal.battery, one.fault.value, one.became.value, owner, _sealed(signal, owner, keys),
        ))  # fmt: skip
        if one.alarms:
            alarming.append(
                replace(
                    signal, id=pk, at=one.at, person_id=speaker.person_id, household_id=speaker.household_id,
                    region_id=speaker.region_id, device_kind=speaker.kind,
                )
            )  # fmt: skip
    insert_many(Kept, _KEPT, rows)
    return alarming


def _sealed(signal: Signal, owner: UUID, keys: Keys) -> bytes:
    body: dict[str, Any] = {}
    if signal.has_place:
        body["place"] = [signal.longitude, signal.latitude, signal.accuracy]
    if signal.extra:
        body["extra"] = dict(signal.extra)
    if not body or owner not in keys:  # of a person who was erased nothing is kept
        return b""
    return seal_with(keys[owner], owner, json.dumps(body, ensure_ascii=False, separators=(",", ":")))


def _bring_up_to_date(speakers: Iterable[Speaker], keys: Keys) -> None:
    states, places = [], []
    for speaker in speakers:
        now, before, off = speaker.state, speaker.before, speaker.state.clock.off
        if now is before:
            continue
        bound = speaker.person_id is not None
        states.append((
            speaker.last_id, speaker.connected_at or (now.heard_at if bound else None),
            speaker.first_used_at or (now.used_at if bound and now.used_at != before.used_at else None),
            now.heard_at, now.battery, now.battery_at, now.battery_low, now.clock.fault.value,
            None if off is None else max(-(2**31), min(2**31 - 1, int(off.total_seconds()))),
            now.used_at, now.tested_at, now.asked_at,
        ))  # fmt: skip
        if now.located_at != before.located_at and now.spot and speaker.person_id in keys:
            place = json.dumps([*now.spot, now.accuracy])
            sealed = seal_with(keys[speaker.person_id], speaker.person_id, place)
            places.append((speaker.last_id, sealed, now.located_at, now.kept_at, dict(now.inside)))
    update_many(Last, _STATE, states)
    update_many(Last, _PLACED, places)


def _keep_strays(strays: Collection[Signal]) -> None:
    """Count what came under unknown numbers, and keep when it came first and last.

    Whoever makes numbers up fills no table, and those that were seen before go on being counted. A call for help for which
    there is no room is refused, so that nobody acknowledges what is not kept.
    """
    if not strays:
        return
    sums: dict[tuple[str, str], list[Signal]] = defaultdict(list)
    for one in strays:
        sums[(one.code or str(one.device_id), one.kind)].append(one)
    calling = {code for code, one in terms().signals.items() if one.means is Means.ALARM}
    known = queries.hearing.known_strays({code for code, _kind in sums})
    fresh = sorted(named for named in sums if named[0] not in known)
    for urgent in (True, False):
        asking = [named for named in fresh if (named[1] in calling) is urgent]
        room = queries.hearing.room_for_strays(calling, urgent=urgent) if asking else 0
        over = asking[max(room, 0) :]
        if over and urgent:
            raise NoRoom(f"{over[0][1]} of an unknown number")
        for _code, kind in over:
            log.warning("devices: too many unknown numbers; %s is not kept", kind)
        sums = {named: said for named, said in sums.items() if named not in over}
    _count(sums)


def _calling(strays: Sequence[Signal]) -> list[Signal]:
    """Calls for help under unknown numbers: somebody has to come, though nobody knows yet to whom."""
    said = terms().signals
    found = [one for one in strays if one.kind in said and said[one.kind].means is Means.ALARM]
    region = queries.hearing.city() if found else None
    return [replace(one, at=one.received_at, region_id=region) for one in found]


def _count(sums: Mapping[tuple[str, str], Sequence[Signal]]) -> None:
    region, rows = queries.hearing.city(), []
    for (code, kind), said in sorted(sums.items()):
        moments = [one.received_at for one in said]
        battery = next((one.battery for one in reversed(said) if one.battery is not None), None)
        rows.append((uuid7(), code, region, kind, len(said), min(moments), max(moments), battery))
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(_STRAY, [list(column) for column in zip(*rows, strict=True)])
