"""Where a device was: opened only for who asked for it, and only while the person agrees."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import cos, radians, sin
from typing import Any
from uuid import UUID

from songhe.areas.devices.models import Agreement, Fence, Finding, Last, Signal
from songhe.areas.devices.rules import Fence as Shape
from songhe.areas.devices.rules import from_json
from songhe.core.codes import Point
from songhe.engines.vault.api import open_keys, reveal_with

DEGREE = 111_320.0
"""Metres of a degree of latitude."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A place, how exact it is in metres (None: not said), and when it was."""

    point: Point
    accuracy: float | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """What a finder sent."""

    at: datetime
    phone: str
    words: str
    place: Point | None
    accuracy: float | None


def last_places(devices: Collection[UUID]) -> dict[UUID, Seen]:
    """The last places of devices whose persons agree to be located now, with three statements however many there are."""
    rows = Last.everywhere.filter(device_id__in=list(devices), person__isnull=False).exclude(place_sealed=b"")
    told = list(rows.values_list("device_id", "person_id", "place_sealed", "located_at"))
    agreed = _agreed({person for _device, person, _sealed, _at in told})
    keys = open_keys(agreed)
    found = {}
    for device, person, sealed, at in told:
        if person in keys and at and at >= agreed[person]:
            lon, lat, accuracy = json.loads(reveal_with(keys[person], person, sealed))
            found[device] = Seen(Point(lon, lat), accuracy, at)
    return found


def track(device_id: UUID, person_id: UUID, *, since: datetime, most: int = 200) -> list[Seen]:
    """The kept places of a device while its person agreed, newest first."""
    agreed = _agreed([person_id])
    keys = open_keys(agreed)
    if person_id not in keys:
        return []
    rows = Signal.everywhere.filter(
        device_id=device_id, person_id=person_id, at__gte=max(since, agreed[person_id])
    ).exclude(body_sealed=b"")
    found = []
    for sealed, at in rows.order_by("-at").values_list("body_sealed", "at")[:most]:
        body = json.loads(reveal_with(keys[person_id], person_id, sealed))
        if "place" in body:
            lon, lat, accuracy = body["place"]
            found.append(Seen(Point(lon, lat), accuracy, at))
    return found


def fences_of(persons: Collection[UUID]) -> list[tuple[Fence, Shape]]:
    """The areas that are watched for some persons, with their shapes."""
    rows = list(Fence.everywhere.filter(person_id__in=list(persons), ended_at=None).order_by("pk"))
    keys = open_keys({row.person_id for row in rows})
    return [(row, shape_of(row, keys)) for row in rows if row.person_id in keys]


def shape_of(row: Fence, keys: Mapping[UUID, Any]) -> Shape:
    """One area's shape."""
    data = json.loads(reveal_with(keys[row.person_id], row.person_id, row.shape_sealed))
    return from_json(str(row.pk), row.keep_in, data)


def outline(shape: Shape) -> tuple[Point, ...]:
    """The edge of an area as points; a circle has 36 of them."""
    if shape.centre is None:
        return tuple(Point(lon, lat) for lon, lat in shape.ring)
    lon, lat = shape.centre
    high = shape.metres / DEGREE
    wide = high / cos(radians(lat))
    turns = [radians(10 * step) for step in range(36)]
    return tuple(Point(lon + wide * cos(turn), lat + high * sin(turn)) for turn in turns)


def finding(row: Finding) -> Found:
    """What a finder sent, opened."""
    keys = open_keys([row.device_id])
    if row.device_id not in keys:
        return Found(row.at, "", "", None, None)
    phone, words, place = (
        reveal_with(keys[row.device_id], row.device_id, sealed)
        for sealed in (row.phone_sealed, row.words_sealed, row.place_sealed)
    )
    if not place:
        return Found(row.at, phone, words, None, None)
    lon, lat, accuracy = json.loads(place)
    return Found(row.at, phone, words, Point(lon, lat), accuracy)


def _agreed(persons: Collection[UUID]) -> dict[UUID, datetime]:
    rows = Agreement.everywhere.filter(person_id__in=list(persons), withdrawn_at=None)
    return dict(rows.values_list("person_id", "given_at"))
