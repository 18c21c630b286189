"""From values to bytes: the server's answers, its commands to devices, and a client's side for the bridge."""

from __future__ import annotations

from collections.abc import Sequence

from songhe.core.mqtt.packets import OLD_RETURN_CODES, V5, Connect, Publish, Reason

PINGREQ, PINGRESP, FAREWELL = b"\xc0\x00", b"\xd0\x00", b"\xe0\x00"
_BYTE_PROPERTIES = (0x01, 0x17, 0x19, 0x24, 0x25, 0x28, 0x29, 0x2A)
_TWO_PROPERTIES = (0x13, 0x21, 0x22, 0x23)


def variable(value: int) -> bytes:
    """A variable byte integer in its shortest form."""
    out = bytearray()
    while True:
        value, low = value >> 7, value & 0x7F
        out.append(low | (0x80 if value else 0))
        if not value:
            return bytes(out)


def text(value: str) -> bytes:
    """A string with its length before it."""
    return binary(value.encode())


def binary(value: bytes) -> bytes:
    """Bytes with their length before them."""
    return len(value).to_bytes(2, "big") + value


def packet(first: int, body: bytes) -> bytes:
    """A packet: first byte, length, body."""
    return bytes((first,)) + variable(len(body)) + body


def properties(values: dict[int, int | str]) -> bytes:
    """Properties of MQTT 5: numbers of one, two or four bytes, and strings."""
    body = b""
    for number, value in values.items():
        if isinstance(value, str):
            body += bytes((number,)) + text(value)
        else:
            size = 1 if number in _BYTE_PROPERTIES else 2 if number in _TWO_PROPERTIES else 4
            body += bytes((number,)) + value.to_bytes(size, "big")
    return variable(len(body)) + body


def connack(
    version: int,
    reason: Reason,
    *,
    session_present: bool = False,
    told: dict[int, int | str] | None = None,
) -> bytes:
    """CONNACK; 3.1.1 has five ways to refuse, MQTT 5 says the reason."""
    flags = 1 if session_present else 0
    if version == V5:
        return packet(0x20, bytes((flags, reason)) + properties(told or {}))
    return packet(0x20, bytes((flags, OLD_RETURN_CODES.get(reason, 5))))


def puback(version: int, packet_id: int, reason: Reason = Reason.SUCCESS) -> bytes:
    """PUBACK; 3.1.1 knows only success, so that a refused message of an old device is not answered at all."""
    number = packet_id.to_bytes(2, "big")
    if version == V5 and reason:
        return b"\x40\x03" + number + bytes((reason,))
    return b"\x40\x02" + number


def suback(version: int, packet_id: int, codes: Sequence[int]) -> bytes:
    """SUBACK; 3.1.1 knows one refusal, 0x80."""
    told = [code if version == V5 or code < 0x80 else 0x80 for code in codes]
    return packet(0x90, _numbered(version, packet_id) + bytes(told))


def unsuback(version: int, packet_id: int, codes: Sequence[int]) -> bytes:
    """UNSUBACK; with codes in MQTT 5 only."""
    return packet(0xB0, _numbered(version, packet_id) + (bytes(codes) if version == V5 else b""))


def disconnect(version: int, reason: Reason, why: str = "") -> bytes:
    """DISCONNECT from the server, which 3.1.1 does not have: there the connection just closes."""
    if version != V5:
        return b""
    return packet(0xE0, bytes((reason,)) + properties({0x1F: why[:200]} if why else {}))


def publish(version: int, message: Publish) -> bytes:
    """A message."""
    first = 0x30 | (8 if message.dup else 0) | message.qos << 1 | (1 if message.retain else 0)
    body = text(message.topic)
    if message.qos:
        body += message.packet_id.to_bytes(2, "big")
    if version == V5:
        body += b"\0"
    return packet(first, body + message.payload)


def connect(wish: Connect, told: dict[int, int | str] | None = None) -> bytes:
    """CONNECT of a client."""
    flags = (2 if wish.clean else 0) | (0x80 if wish.username is not None else 0)
    flags |= 0x40 if wish.password is not None else 0
    body = text("MQTT") + bytes((wish.version, flags)) + wish.keep_alive.to_bytes(2, "big")
    if wish.version == V5:
        body += properties(told or {})
    body += text(wish.client_id)
    if wish.username is not None:
        body += text(wish.username)
    if wish.password is not None:
        body += binary(wish.password)
    return packet(0x10, body)


def subscribe(version: int, packet_id: int, filters: Sequence[tuple[str, int]]) -> bytes:
    """SUBSCRIBE of a client."""
    body = b"".join(text(name) + bytes((qos,)) for name, qos in filters)
    return packet(0x82, _numbered(version, packet_id) + body)


def unsubscribe(version: int, packet_id: int, filters: Sequence[str]) -> bytes:
    """UNSUBSCRIBE of a client."""
    return packet(0xA2, _numbered(version, packet_id) + b"".join(map(text, filters)))


def _numbered(version: int, packet_id: int) -> bytes:
    return packet_id.to_bytes(2, "big") + (b"\0" if version == V5 else b"")
