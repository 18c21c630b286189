"""What makers' messages say, and that no message breaks the reader."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.badinput.strings import NAUGHTY
from tests.examples import tries

from songhe.areas.devices.api import Signal
from songhe.areas.devices.limits import terms
from songhe.core.sources import DataError
from songhe.edges.gateway import traccar
from songhe.edges.gateway.formats import Mark, build, formats
from songhe.edges.gateway.reading import Unfit, moment

AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
DEVICE = UUID(int=7)


def said(
    body: bytes | dict[str, Any], *, format_: str = "songhe", kind: str = "", mark: bytes = b""
) -> Signal:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    values = formats().values(raw)
    return formats().by_code[format_].signal(values, DEVICE, at=AT, kind=kind, mark=Mark(mark, first=True))


def test_our_own_format() -> None:
    found = said(
        {
            "id": 17,
            "kind": "SOS",
            "time": 1_764_036_000,
            "battery": 63,
            "position": {"lon": 122.1, "lat": 37.5},
            "steps": 812,
        }
    )
    assert (found.kind, found.key, found.battery) == ("sos", "17", 63)
    assert found.sent_at == datetime(2025, 11, 25, 2, 0, tzinfo=UTC)
    assert (found.longitude, found.latitude) == (122.1, 37.5)
    assert found.extra == {"steps": 812}


def test_our_own_format_reads_whatever_a_kind_of_device_can_send() -> None:
    sent = {signal for kind in terms().kinds.values() for signal in kind.signals} - {"found"}
    assert {word: formats().by_code["songhe"].kinds.get(word) for word in sent} == {
        word: word for word in sent
    }


def test_who_is_back_in_bed_calls_nobody() -> None:
    assert said({"id": 1, "kind": "bed_in"}).kind == "cleared"
    assert said({"id": 2, "kind": "bed_exit"}).kind == "bed"


def test_a_makers_format_in_its_own_words_frame_and_characters() -> None:
    body = '{"msgid":"a1","cmd":"跌倒","lng":122.1,"lat":37.5,"power":"40","gpsTime":"20261125100000"}'
    found = said(body.encode("gb18030"), format_="bracelet-cn")
    assert (found.kind, found.battery, found.sent_at) == ("fall", 40, AT)
    assert found.longitude is not None
    assert 122.09 < found.longitude < 122.1, "shifted back from the frame of domestic maps"


def test_the_topic_may_tell_the_kind() -> None:
    found = formats().of_topic("d/WH1/up/sos")
    assert found is not None
    assert found[1:] == ("WH1", "sos")
    assert said({"id": 1}, kind="sos").kind == "sos"
    assert formats().of_topic("d/WH1/up/sos/more") is None
    assert formats().of_topic("$SYS/broker") is None


def test_a_message_sent_twice_has_one_key() -> None:
    timed = {"kind": "sos", "time": 1_764_036_000}
    assert said(timed, mark=b"1").key == said(timed, mark=b"2").key
    bare = {"kind": "sos"}
    for each in (bare, bare | {"time": 0}):
        assert said(each, mark=b"1").key == said(each, mark=b"1").key != said(each, mark=b"2").key
    assert [said(each).first for each in (bare, timed, bare | {"id": 1})] == [True, False, False]
    assert len(said({"kind": "sos", "id": "x" * 300}).key) == 64


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2026-11-25T10:00:00+08:00", AT),
        ("2026-11-25 10:00:00", AT),
        ("20261125100000", AT),
        (AT.timestamp(), AT),
        (AT.timestamp() * 1000, AT),
        (str(int(AT.timestamp())), AT),
        ("0001-01-01T00:00:00", None),
        (0, None),
        (-1e300, None),
        ("yesterday", None),
        ({}, None),
        (True, None),
    ],
)
def test_moments_as_devices_write_them(text: object, wanted: datetime | None) -> None:
    assert moment(text) == wanted


UNFIT = {
    "no JSON": b"SOS",
    "no object": b"[1]",
    "no kind": b'{"id":1}',
    "an unknown kind": b'{"kind":"dance"}',
    "NUL": b'{"kind":"sos","id":"\\u0000"}',
    "half a character": b'{"kind":"sos","x":"\\ud800"}',
    "a number without end": b'{"kind":"sos","id":1e999}',
    "NaN": b'{"kind":"sos","battery":NaN}',
    "a number of many digits": b'{"kind":"sos","id":' + b"9" * 400 + b"}",
    "a number of thousands of digits": b'{"kind":"sos","id":' + b"9" * 4000 + b"}",
    "depth": b'{"kind":"sos","x":' + b"[" * 500 + b"]" * 500 + b"}",
    "depth without end": b"[" * 4000,
    "length": b'{"kind":"sos","x":"' + b"x" * 5000 + b'"}',
    "other bytes": b'{"kind":"\xff\xfe\x80"}',
}


@pytest.mark.parametrize("body", UNFIT.values(), ids=UNFIT.keys())
def test_what_cannot_be_understood_has_a_reason(body: bytes) -> None:
    with pytest.raises(Unfit):
        said(body)


@pytest.mark.parametrize(
    ("body", "kind", "wanted"),
    [
        (b"{broken sos", "", True),
        (b"$HQ,8168,V1,SOSALARM#", "", True),
        ('{"cmd":"求救'.encode("gb18030"), "", True),
        ("SOS".encode("utf-16"), "", True),
        (b'{"alarm":{"what":["AL_SOS"]}}', "", True),
        (b'{"kind":"sos","id":' + b"9" * 4000 + b"}", "", True),
        (b"{broken", "sos", True),
        (b"{broken", "", False),
        (b'{"kind":"dance","sos_number":"13800000000"}', "", False),
        (b'{"cmd":"1"', "", False),
        (b"across", "", False),
        (b"[" * 4000, "", False),
    ],
)
def test_what_may_be_a_call_for_help_though_it_cannot_be_understood(
    body: bytes, kind: str, wanted: bool
) -> None:
    assert formats().alarming(body, kind) is wanted


@pytest.mark.parametrize("text", NAUGHTY, ids=range(len(NAUGHTY)))
def test_naughty_texts_are_read_or_unfit(text: str) -> None:
    for name in ("kind", "id", "time", "battery", "lon", "lat", "accuracy", "note"):
        body = {"kind": "sos", "id": 1, "lon": 1, "lat": 1} | {name: text}
        with suppress(ValueError):
            assert str(said(body).key).isprintable()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=6,
)
NAMES = st.sampled_from(
    ["kind", "id", "time", "battery", "lon", "lat", "position", "device", "event", "attributes", "x"]
)


@settings(max_examples=tries(40))
@given(st.dictionaries(NAMES, JSON, max_size=8) | JSON)
def test_any_json_is_read_or_unfit(value: Any) -> None:
    body = json.dumps(value).encode("utf-8", "surrogatepass")
    for format_ in formats().by_code:
        with suppress(ValueError):
            said(body, format_=format_)


@settings(max_examples=tries(40))
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_unfit(body: bytes) -> None:
    with pytest.raises(Unfit):
        said(b"\x01" + body)
    assert formats().alarming(body + b" sos"), "nothing before it hides a call for help"


# Traccar ---------------------------------------------------------------------------------------------------------


def forwarded(**position: Any) -> dict[str, Any]:
    return {
        "position": {
            "id": 0, "deviceTime": "2026-11-25T02:00:00.000+00:00", "valid": True, "latitude": 37.5, "longitude": 122.1,
            "accuracy": 12.0, "attributes": {"batteryLevel": 55}, **position,
        },
        "device": {"uniqueId": "868618052108909", "name": "bracelet"},
    }  # fmt: skip


def heard(values: dict[str, Any]) -> list[Signal]:
    return traccar.signals(values, DEVICE, formats().traccar, code="x", at=AT)


def test_traccars_positions_and_alarms() -> None:
    (plain,) = heard(forwarded())
    assert (plain.kind, plain.battery, plain.accuracy, plain.sent_at) == ("position", 55, 12, AT)
    found = heard(forwarded(attributes={"alarm": "sos,lowBattery"}))
    assert [one.kind for one in found] == ["sos", "low_battery"]
    assert len({one.key for one in found}) == 2
    assert traccar.device_code(forwarded()) == "868618052108909"


def test_an_event_and_its_position_are_one_signal() -> None:
    position = forwarded(attributes={"alarm": "fallDown"})
    event = position | {"event": {"id": 9, "type": "alarm", "attributes": {"alarm": "fallDown"}}}
    assert [one.key for one in heard(position)] == [one.key for one in heard(event)]


def test_traccars_other_events_are_signs_of_life() -> None:
    (found,) = heard({"event": {"id": 3, "type": "deviceOnline"}, "device": {"uniqueId": "1"}})
    assert (found.kind, found.longitude) == ("heartbeat", None)
    (left,) = heard(forwarded() | {"event": {"id": 4, "type": "geofenceExit"}})
    assert left.kind == "geofence"
    with pytest.raises(Unfit):
        heard({"device": {"uniqueId": "1"}})


@pytest.mark.parametrize("said", ["deviceOffline", "deviceUnknown", "deviceInactive"])
def test_that_a_device_is_silent_is_no_sign_of_its_life(said: str) -> None:
    """Each time Traccar told that it hears nothing, the device was taken to have been heard."""
    event = {
        "event": {"id": 3, "type": said, "eventTime": "2026-11-25T02:00:00Z"},
        "device": {"uniqueId": "1"},
    }
    assert heard(event) == heard(forwarded() | event) == []


@settings(max_examples=tries(40))
@given(st.dictionaries(st.sampled_from(["position", "event", "device"]), st.dictionaries(st.sampled_from(
    ["id", "attributes", "latitude", "longitude", "deviceTime", "valid", "type", "alarm", "uniqueId", "accuracy"]), JSON)))  # fmt: skip
def test_any_forwarding_is_read_or_unfit(values: dict[str, Any]) -> None:
    with suppress(ValueError):
        read = formats().values(json.dumps(values).encode("utf-8", "surrogatepass"))
        assert isinstance(traccar.device_code(read), str)
        heard(dict(read))


# The data file ---------------------------------------------------------------------------------------------------


def test_a_data_file_that_cannot_be_is_refused() -> None:
    row = {name: ["x"] for name in ("number", "kind", "time", "battery", "longitude", "latitude", "accuracy")}
    good: dict[str, Any] = {
        "most_bytes": 100, "deepest": 3, "urgent": ["sos"], "traccar": {"alarms": {}, "events": {}, "frame": "wgs84"},
        "aside": {"kept_days": 90, "each": 200},
        "formats": [{"code": "a", "topics": ["t/{device}"], "frame": "wgs84", "kinds": {"sos": ["1"]}, **row}],
    }  # fmt: skip
    assert build(good).by_code["a"].kinds == {"1": "sos"}
    for change in ({"topics": ["t"]}, {"frame": "mars"}, {"kinds": {"sos": [1]}}, {"number": "id"}):
        with pytest.raises(DataError):
            build(good | {"formats": [good["formats"][0] | change]})
    with pytest.raises(DataError):
        build(good | {"aside": {"kept_days": "90", "each": 200}})
