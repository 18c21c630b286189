"""MQTT as bytes: what is written is read again, whatever the pieces it comes in; broken bytes never break the reader."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.core.mqtt import V5, V311, Broken, Connect, Decoder, Packet, Publish, Reason, Subscribe, encoding

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
TOPIC = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0+#"), min_size=1, max_size=30)
VERSION = st.sampled_from([V311, V5])
MOST = 10_000


def read(*pieces: bytes, version: int | None = V311, most: int = MOST) -> list[Packet | Broken]:
    decoder = Decoder(most=most, version=version)
    return [packet for piece in pieces for packet in decoder.feed(piece)]


@st.composite
def messages(draw: st.DrawFn) -> Publish:
    qos = draw(st.integers(0, 2))
    return Publish(
        draw(TOPIC),
        draw(st.binary(max_size=300)),
        qos,
        draw(st.integers(1, 65535)) if qos else 0,
        dup=draw(st.booleans()) if qos else False,
        retain=draw(st.booleans()),
    )


@given(messages(), VERSION)
def test_a_message_is_read_as_it_was_written(message: Publish, version: int) -> None:
    assert read(encoding.publish(version, message), version=version) == [message]


@given(TEXT, VERSION, st.booleans(), st.integers(0, 65535), TEXT, st.binary(max_size=60))
def test_an_introduction_is_read_as_it_was_written(
    name: str, version: int, clean: bool, alive: int, user: str, secret: bytes
) -> None:
    wish = Connect(name, version, clean, alive, user, secret)
    assert read(encoding.connect(wish), version=None) == [wish]


@given(st.lists(st.tuples(TOPIC, st.integers(0, 2)), min_size=1, max_size=5), VERSION)
def test_a_subscription_is_read_as_it_was_written(filters: list[tuple[str, int]], version: int) -> None:
    assert read(encoding.subscribe(version, 7, filters), version=version) == [Subscribe(7, tuple(filters))]


@given(st.lists(messages(), max_size=5), st.lists(st.integers(0, 2000), max_size=8))
def test_it_does_not_matter_in_which_pieces_bytes_come(found: list[Publish], cuts: list[int]) -> None:
    stream = b"".join(encoding.publish(V311, message) for message in found)
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    assert read(*(stream[low:high] for low, high in pairwise(edges))) == found


@given(st.binary(max_size=400), st.sampled_from([None, V311, V5]))
def test_any_bytes_are_read_without_a_fault(noise: bytes, version: int | None) -> None:
    found = read(noise, encoding.PINGREQ, version=version)
    broken = [place for place, packet in enumerate(found) if isinstance(packet, Broken)]
    assert broken in ([], [len(found) - 1])


@given(messages(), VERSION, st.data())
def test_a_frame_with_one_byte_changed_is_read_without_a_fault(
    message: Publish, version: int, data: st.DataObject
) -> None:
    frame = bytearray(
        encoding.connect(Connect("d", version, username="d", password=b"x"))
        + encoding.publish(version, message)
    )
    frame[data.draw(st.integers(0, len(frame) - 1))] = data.draw(st.integers(0, 255))
    for packet in read(bytes(frame), version=None):
        assert isinstance(packet, Broken | Packet)


def connect(
    flags: int = 2, *, name: bytes = b"\0\4MQTT", version: int = 4, rest: bytes = b"\0\x3c\0\1d"
) -> bytes:
    return encoding.packet(0x10, name + bytes((version, flags)) + rest)


MALFORMED = {
    "a length of five bytes": (b"\x30\xff\xff\xff\xff\x01", Reason.MALFORMED),
    "a length not in its shortest form": (b"\xc0\x80\x00", Reason.MALFORMED),
    "a packet over the bound": (b"\x30\xff\xff\x7f", Reason.TOO_LARGE),
    "reserved bits": (b"\xc1\x00", Reason.MALFORMED),
    "subscribe without its bits": (b"\x80\x06\0\1\0\1a\0", Reason.MALFORMED),
    "type 0": (b"\x00\x00", Reason.PROTOCOL_ERROR),
    "type 15 in 3.1.1": (b"\xf0\x00", Reason.PROTOCOL_ERROR),
    "QoS 3": (b"\x36\x05\0\1a\0\1", Reason.MALFORMED),
    "a repeated message of QoS 0": (b"\x38\x03\0\1a", Reason.MALFORMED),
    "a message with the number 0": (b"\x32\x05\0\1a\0\0", Reason.PROTOCOL_ERROR),
    "a topic with a wildcard": (b"\x30\x03\0\1#", Reason.TOPIC),
    "a topic with NUL": (b"\x30\x03\0\1\0", Reason.MALFORMED),
    "a topic with half a character": (b"\x30\x05\0\3\xed\xa0\x80", Reason.MALFORMED),
    "a topic in GB18030": (b"\x30\x06\0\4\xc0\xcf\xc8\xcb", Reason.MALFORMED),
    "a topic longer than its packet": (b"\x30\x03\0\x09a", Reason.MALFORMED),
    "no filter": (b"\x82\x02\0\1", Reason.PROTOCOL_ERROR),
    "a filter with QoS 3": (b"\x82\x06\0\1\0\1a\3", Reason.MALFORMED),
    "a wildcard in a word": (b"\x82\x07\0\1\0\2a+\1", Reason.FILTER),
    "a wildcard before the end": (b"\x82\x08\0\1\0\3#/a\1", Reason.FILTER),
    "a ping with a body": (b"\xc0\x01\0", Reason.MALFORMED),
    "a receipt with too much": (b"\x40\x03\0\1\0", Reason.MALFORMED),
    "a second introduction": (connect(), Reason.PROTOCOL_ERROR),
}


@pytest.mark.parametrize(("frame", "reason"), MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_frame_has_the_reason_of_the_standard(frame: bytes, reason: Reason) -> None:
    (found,) = read(frame)
    assert isinstance(found, Broken)
    assert found.reason is reason


INTRODUCTIONS = {
    "the reserved flag": (connect(3), Reason.MALFORMED),
    "a will of QoS 3": (connect(0x1E), Reason.MALFORMED),
    "a QoS without a will": (connect(0x0A), Reason.MALFORMED),
    "a secret without a name": (connect(0x42), Reason.MALFORMED),
    "MQTT 3.1": (connect(name=b"\0\6MQIsdp", version=3), Reason.VERSION),
    "a version to come": (connect(version=6), Reason.VERSION),
    "another protocol": (connect(name=b"\0\4HTTP"), Reason.MALFORMED),
    "bytes left over": (connect(rest=b"\0\x3c\0\1dX"), Reason.MALFORMED),
    "a property that comes twice": (
        connect(version=5, rest=b"\0\0\x06\x21\0\1\x21\0\1\0\1d"),
        Reason.PROTOCOL_ERROR,
    ),
    "a property that belongs elsewhere": (connect(version=5, rest=b"\0\0\x02\x01\1\0\1d"), Reason.MALFORMED),
    "a property with an impossible value": (
        connect(version=5, rest=b"\0\0\x03\x21\0\0\0\1d"),
        Reason.PROTOCOL_ERROR,
    ),
    "something else first": (b"\xc0\x00", Reason.PROTOCOL_ERROR),
    "a web page": (b"GET / HTTP/1.1\r\n\r\n", Reason.PROTOCOL_ERROR),
}


@pytest.mark.parametrize(("frame", "reason"), INTRODUCTIONS.values(), ids=INTRODUCTIONS.keys())
def test_a_malformed_introduction_has_the_reason_of_the_standard(frame: bytes, reason: Reason) -> None:
    (found,) = read(frame, version=None)
    assert isinstance(found, Broken)
    assert found.reason is reason


def test_a_will_is_read_over_and_not_kept() -> None:
    frame = connect(0x06, rest=b"\0\x3c\0\1d\0\1t\0\2by")
    assert read(frame, version=None) == [Connect("d", keep_alive=60)]


def test_topic_aliases_are_not_offered() -> None:
    (found,) = read(b"\x30\x07\0\1a\x03\x23\0\1", version=V5)
    assert isinstance(found, Broken)
    assert found.reason is Reason.TOPIC_ALIAS


def test_nothing_is_read_after_what_is_broken() -> None:
    decoder = Decoder(most=MOST, version=V311)
    assert len(list(decoder.feed(b"\xc1\x00" + encoding.PINGREQ))) == 1
    assert list(decoder.feed(encoding.PINGREQ)) == []


def test_old_devices_are_refused_in_the_words_they_know() -> None:
    assert encoding.connack(V311, Reason.CREDENTIALS) == b"\x20\x02\0\4"
    assert encoding.connack(V311, Reason.TOO_OFTEN) == b"\x20\x02\0\5"
    assert encoding.connack(V5, Reason.CREDENTIALS) == b"\x20\x03\0\x86\0"
    assert encoding.suback(V311, 1, [1, Reason.NOT_AUTHORISED]) == b"\x90\x04\0\1\1\x80"
    assert encoding.disconnect(V311, Reason.TAKEN_OVER) == b""
