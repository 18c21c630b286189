"""Traccar's forwarding: one position or event of one device in each request, as JSON."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from songhe.areas.devices.api import Signal
from songhe.core.codes import Point, to_wgs84
from songhe.edges.gateway import reading
from songhe.edges.gateway.formats import Traccar
from songhe.edges.gateway.reading import Unfit, Values

PLAIN = "heartbeat"
EVENT_ALARM = "alarm"
_USED = frozenset(("alarm", "batteryLevel"))


def device_code(values: Values) -> str:
    """The code of the device: Traccar's ``uniqueId``, such as the IMEI."""
    return reading.word(_part(values, "device").get("uniqueId"))[:64]


def signals(
    values: Values, device_id: UUID | None, words: Traccar, *, code: str, at: datetime
) -> list[Signal]:
    """One signal for a plain message; one for each alarm where a position tells several (``sos,lowBattery``).

    An event repeats its position; the alarm in both has one key, so that forwarding both has one effect. None where Traccar tells
    that it hears nothing of the device.
    """
    position, event = _part(values, "position"), _part(values, "event")
    if not position and not event:
        raise Unfit("neither a position nor an event")
    if reading.word(event.get("type")).lower() in words.silent:
        return []
    attributes = _part(position, "attributes") | _part(event, "attributes")
    sent_at = reading.moment(position.get("deviceTime") or position.get("fixTime") or event.get("eventTime"))
    point = _point(position, words)
    kinds = _kinds(attributes, reading.word(event.get("type")), words) or [
        "position" if point and not event else PLAIN
    ]
    accuracy = reading.whole(position.get("accuracy"), 0, 1_000_000)
    return [
        Signal(
            device_id=device_id,
            code=code,
            key=_key(position, event, kind),
            kind=kind,
            sent_at=sent_at,
            received_at=at,
            battery=reading.whole(attributes.get("batteryLevel"), 0, 100),
            longitude=point.lon if point else None,
            latitude=point.lat if point else None,
            accuracy=accuracy if point else None,
            extra=reading.left(attributes, _USED),
        )
        for kind in kinds
    ]


def _kinds(attributes: Mapping[str, Any], event: str, words: Traccar) -> list[str]:
    told = reading.word(attributes.get("alarm")).split(",")
    found = [words.alarms[word.strip().lower()] for word in told if word.strip().lower() in words.alarms]
    if event.lower() in words.events:
        found.append(words.events[event.lower()])
    return list(dict.fromkeys(found))


def _key(position: Values, event: Values, kind: str) -> str:
    """By the position's number where there is one, else by its time, else by the event's number."""
    number = reading.word(position.get("id"))
    if number in ("", "0"):
        number = reading.word(position.get("deviceTime") or position.get("fixTime"))
    told = f"p{number}" if number else f"e{reading.word(event.get('id'))}"
    if told == "e":
        told = repr(sorted(event.items()))
    return hashlib.sha256(f"traccar {told} {kind}".encode()).hexdigest()


def _point(position: Values, words: Traccar) -> Point | None:
    lon, lat = reading.number(position.get("longitude")), reading.number(position.get("latitude"))
    if position.get("valid") is False or lon is None or lat is None or (not lon and not lat):
        return None
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        return None
    return Point(lon, lat) if words.frame == "wgs84" else to_wgs84(Point(lon, lat), words.frame)


def _part(values: Values, name: str) -> dict[str, Any]:
    found = values.get(name)
    return dict(found) if isinstance(found, Mapping) else {}
