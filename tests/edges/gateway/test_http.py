"""The HTTP roads: signed batches and Traccar's forwarding, answered message by message."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.badinput.strings import NAUGHTY
from tests.edges.gateway.scene import device, keys, rows

from songhe.areas.alarms.api import Alarm
from songhe.areas.devices.queries import hearing
from songhe.core.refusal import Refused
from songhe.edges.gateway import http
from songhe.edges.gateway.limits import Buckets, Limits
from songhe.edges.gateway.sources import close_source, make_source

pytestmark = pytest.mark.django_db
CITY, OTHER = 371000000000, 110000000000


@pytest.fixture
def secret() -> str:
    return make_source("acme", "signed", CITY, at=timezone.now())


def sent(secret: str, messages: Any, *, ago: float = 0, told: str = "", **headers: str) -> Any:
    body = messages if isinstance(messages, bytes) else json.dumps({"messages": messages}).encode()
    told = told or str(int(time.time() - ago))
    right = hmac.new(secret.encode(), told.encode() + b"." + body, hashlib.sha256).hexdigest()
    given = {"X-Songhe-Source": "acme", "X-Songhe-Time": told, "X-Songhe-Signature": right} | headers
    return Client().post("/ingest/v1/signals", body, content_type="application/json", headers=given)


def statuses(reply: Any) -> list[str]:
    assert reply.status_code == 200, reply.content
    return [each["status"] for each in reply.json()["results"]]


def test_a_signed_batch_is_written_once_and_answered_message_by_message(secret: str) -> None:
    device("T1")
    batch = [
        {"device": "T1", "id": 1, "kind": "sos"},
        {"device": "T1", "kind": "dance", "id": 2},
        {"device": "nobody", "id": 3, "kind": "sos"},
        {"kind": "sos"},
        {"device": "T1", "format": "bracelet-cn", "msgid": "4", "alarmType": "跌倒"},
        "no object",
    ]
    wanted = ["stored", "quarantined", "unknown device", "no device", "stored", "no device"]
    assert statuses(sent(secret, batch)) == wanted
    assert statuses(sent(secret, batch)) == wanted, "and again"
    assert keys("T1") == ["1", "4"]
    assert rows("SELECT road FROM gateway_quarantined WHERE device = 'T1'") == [("http",)]
    own = "device_id IN (SELECT id FROM devices_device WHERE code = 'T1')"
    assert rows(f"SELECT signals FROM alarms_alarm WHERE {own}") == [(2,)]
    (unknown,) = Alarm.everywhere.filter(device_id=None)
    assert (unknown.provisional, unknown.region_id, unknown.kind, unknown.is_open) == (
        True,
        CITY,
        "sos",
        True,
    )
    assert unknown.words.endswith(" nobody"), "and whoever takes it sees which number called"


def test_what_may_be_a_call_of_a_known_device_rings_though_it_cannot_be_understood(secret: str) -> None:
    device("T6")
    batch = [{"device": code, "id": 1, "kind": "SOS2"} for code in ("T6", "nobody")]
    told = sent(secret, batch).json()["results"]
    assert [each["status"] for each in told] == ["quarantined"] * 2
    assert all("SOS2" in each["reason"] for each in told)
    assert rows("SELECT kind, signals FROM alarms_alarm WHERE closed_at IS NULL") == [("other", 1)]
    assert rows("SELECT urgent FROM gateway_quarantined") == [(True,), (True,)]


def test_a_device_that_comes_too_often_is_told_when_to_come_again(
    secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "_BUCKETS", Buckets(Limits(rate=0.01, burst=2, urgent=2)))
    device("T7")
    device("T8")

    def batch(code: str, kind: str, many: int, start: int = 0) -> list[dict[str, Any]]:
        return [{"device": code, "id": start + number, "kind": kind} for number in range(many)]

    told = sent(secret, batch("T7", "low_battery", 3) + batch("T8", "low_battery", 1))
    assert statuses(told) == ["stored", "stored", "too often", "stored"], "each by itself"
    assert 90 <= int(told.headers["Retry-After"]) == told.json()["results"][2]["after"] <= 100
    refused = sent(secret, batch("T7", "low_battery", 1, 2))
    assert refused.status_code == 429
    assert 90 <= int(refused.headers["Retry-After"]) <= 100
    assert statuses(sent(secret, batch("T7", "sos", 5, 10))) == ["stored"] * 4 + ["too often"], (
        "calls by themselves"
    )
    assert keys("T7") == ["0", "1", "10", "11", "12", "13"]
    word = make_source("traccar", "traccar", CITY, at=timezone.now())
    body = json.dumps({"position": {"id": 5, "valid": False}, "device": {"uniqueId": "T7"}})
    given = {"Authorization": f"Bearer {word}"}
    reply = Client().post("/ingest/traccar/traccar", body, content_type="application/json", headers=given)
    assert (reply.status_code, "Retry-After" in reply.headers) == (429, True)


def test_bare_messages_are_the_same_in_the_same_request_alone(secret: str) -> None:
    device("T5")
    batch, now = [{"device": "T5", "kind": "sos"}], int(time.time())
    counts = []
    for moment in (now, now, now - 60):
        assert statuses(sent(secret, batch, told=str(moment))) == ["stored"]
        counts.append(len(keys("T5")))
    assert counts == [1, 1, 2]


def test_whoever_has_not_signed_is_not_heard(secret: str) -> None:
    device("T2")
    batch = [{"device": "T2", "id": 1, "kind": "sos"}]
    assert sent(secret + "x", batch).status_code == 401
    assert sent(secret, batch, ago=400).status_code == 401, "outside the window"
    assert sent(secret, batch, **{"X-Songhe-Source": "other"}).status_code == 401
    assert sent(secret, batch, **{"X-Songhe-Time": "now"}).status_code == 401
    assert Client().get("/ingest/v1/signals").status_code == 405
    close_source("acme", at=timezone.now())
    assert sent(secret, batch).status_code == 401
    with pytest.raises(Refused):
        close_source("nobody", at=timezone.now())
    assert keys("T2") == []


def test_a_platform_speaks_for_the_devices_of_its_region(secret: str) -> None:
    row = device("T3")
    type(row).everywhere.filter(pk=row.pk).update(region_id=371082000000)
    elsewhere = make_source("acme", "signed", 371083000000, at=timezone.now())
    assert statuses(sent(elsewhere, [{"device": "T3", "id": 1, "kind": "sos"}])) == ["not yours"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"messages":[]}',
        b'{"messages":1}',
        b"\xff\x00",
        b"[" * 9000,
        b'{"messages":[1e999]}',
    ],
)
def test_a_request_that_cannot_be_read_is_told_so(secret: str, body: bytes) -> None:
    assert sent(secret, body).status_code == 422


def test_naughty_texts_are_no_fault_of_ours(secret: str) -> None:
    device("T4")
    whole = [text for text in NAUGHTY if "\0" not in text and len(text) < 10_000]
    for name in ("device", "id", "kind", "time", "format", "note"):
        reply = sent(secret, [{"device": "T4", "id": 1, "kind": "sos"} | {name: text} for text in whole])
        assert len(statuses(reply)) == len(whole)
    for text in NAUGHTY:
        assert (
            sent(
                secret,
                b"{}",
                **{"X-Songhe-Source": text.replace("\0", "").replace("\r", "").replace("\n", "")[:100]},
            ).status_code
            < 500
        )


def test_traccar_forwards_positions_and_events(secret: str) -> None:
    device("868618052108909")
    word = make_source("traccar", "traccar", CITY, at=timezone.now())
    position = {
        "position": {"id": 5, "deviceTime": "2026-11-25T02:00:00Z", "valid": True, "latitude": 37.5, "longitude": 122.1,
                     "attributes": {"alarm": "sos"}},
        "device": {"uniqueId": "868618052108909"},
    }  # fmt: skip
    event = position | {"event": {"id": 8, "type": "alarm", "attributes": {"alarm": "sos"}}}

    def forward(body: Any, given: str = word) -> Any:
        headers = {"Authorization": f"Bearer {given}"}
        raw = body if isinstance(body, bytes) else json.dumps(body)
        return Client().post("/ingest/traccar/traccar", raw, content_type="application/json", headers=headers)

    assert statuses(forward(position)) == statuses(forward(event)) == ["stored"]
    assert len(keys("868618052108909")) == 1
    assert (
        statuses(forward(b"{broken")) == statuses(forward({"device": {"uniqueId": "1"}})) == ["quarantined"]
    )
    assert statuses(forward(position | {"device": {"uniqueId": "77"}})) == ["unknown device"]
    silent = {"event": {"id": 9, "type": "deviceOffline"}, "device": {"uniqueId": "868618052108909"}}
    assert statuses(forward(silent)) == ["no sign of life"]
    assert forward(position, secret).status_code == 401


def test_a_call_of_an_unknown_number_that_is_not_kept_is_not_acknowledged(
    secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hearing, "MOST_STRAYS", 1)
    device("T1")
    crowd = [{"device": f"X{n}", "id": 1, "kind": "sos"} for n in range(12)]
    batch = [{"device": "T1", "id": 1, "kind": "sos"}, *crowd, {"device": "Y", "id": 1, "kind": "heartbeat"}]
    told = statuses(sent(secret, batch))
    assert told == ["stored", "unknown device", *["failed"] * 11, "unknown device"]
    assert keys("T1") == ["1"], "and nobody known is held up"
    assert rows("SELECT code, kind FROM devices_stray ORDER BY code") == [("X0", "sos"), ("Y", "heartbeat")]
    assert rows("SELECT count(*) FROM gateway_quarantined") == [(0,)], (
        "made-up numbers fill no other table either"
    )
    assert statuses(sent(secret, crowd[1:])) == ["failed"] * 11, "no defect of ours: it is said of each"
    word = make_source("traccar", "traccar", CITY, at=timezone.now())
    body = {
        "position": {"id": 5, "valid": False, "attributes": {"alarm": "sos"}},
        "device": {"uniqueId": "77"},
    }
    given = {"Authorization": f"Bearer {word}"}
    address, kind = "/ingest/traccar/traccar", "application/json"
    assert Client().post(address, json.dumps(body), content_type=kind, headers=given).status_code == 503
    rows("UPDATE devices_stray SET cleared_at = now() RETURNING 1")
    assert Client().post(address, json.dumps(body), content_type=kind, headers=given).status_code == 200
    assert statuses(sent(secret, crowd[1:]))[0] == "failed", "one is there again"
