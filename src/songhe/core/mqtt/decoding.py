"""From a stream of bytes to packets, strictly."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from songhe.core.mqtt.packets import (
    TOPIC_ALIAS,
    V5,
    V311,
    Broken,
    Connack,
    Connect,
    Disconnect,
    Malformed,
    Packet,
    Pingreq,
    Pingresp,
    Puback,
    Publish,
    Reason,
    Suback,
    Subscribe,
    Unsuback,
    Unsubscribe,
)
from songhe.core.mqtt.reading import Body, properties

CONNECT, CONNACK, PUBLISH, PUBACK = 1, 2, 3, 4
_FLAGS = {8: 2, 10: 2}  # what the low four bits of the first byte must be; 0 for all others but PUBLISH


class Decoder:
    """Collects bytes, gives packets. A packet over ``most`` bytes is refused as soon as its length is known."""

    def __init__(self, *, most: int, version: int | None = None) -> None:
        self.most = most
        self.version = version
        """Known after CONNECT; a client's decoder is told."""
        self._kept = bytearray()
        self._broken = False

    def feed(self, data: bytes) -> Iterator[Packet | Broken]:
        """The packets that are whole now. After a ``Broken`` nothing more is read."""
        if self._broken:
            return
        kept = self._kept
        kept += data
        place = 0
        try:
            if self.version is None and kept and kept[0] != 0x10:  # before its length is believed
                raise Malformed("the first packet is not CONNECT", Reason.PROTOCOL_ERROR)
            while (head := _header(kept, place, self.most)) is not None:
                start, length = head
                if len(kept) - start < length:
                    break
                first, body = kept[place], bytes(kept[start : start + length])
                place = start + length
                yield self._packet(first >> 4, first & 15, Body(body))
        except Malformed as fault:
            self._broken = True
            kept.clear()
            yield Broken(fault.reason, str(fault))
            return
        if place:
            del kept[:place]

    def _packet(self, kind: int, flags: int, body: Body) -> Packet:
        if kind != PUBLISH and flags != _FLAGS.get(kind, 0):
            raise Malformed("reserved bits are set")
        if kind == CONNECT:
            if self.version is not None:
                raise Malformed("a second CONNECT", Reason.PROTOCOL_ERROR)
            packet = _connect(body)
            self.version = packet.version
            return packet
        if self.version is None:
            raise Malformed("the first packet is not CONNECT", Reason.PROTOCOL_ERROR)
        if kind == PUBLISH:
            return _publish(flags, body, self.version)
        if kind not in _OTHERS:
            raise Malformed(f"packets of type {kind} are not taken", Reason.PROTOCOL_ERROR)
        packet_ = _OTHERS[kind](body, self.version)
        body.done()
        return packet_


def _header(kept: bytearray, place: int, most: int) -> tuple[int, int] | None:
    """Where the body begins and how long it is; None while that is not known."""
    value = 0
    for index in range(1, 5):
        if place + index >= len(kept):
            return None
        byte = kept[place + index]
        value |= (byte & 0x7F) << (7 * (index - 1))
        if byte < 0x80:
            if byte == 0 and index > 1:
                raise Malformed("a length is not in its shortest form")
            if value > most:
                raise Malformed(f"a packet of {value} bytes", Reason.TOO_LARGE)
            return place + index + 1, value
    raise Malformed("a length has more than four bytes")


def _connect(body: Body) -> Connect:
    name, version, flags = body.text(), body.byte(), body.byte()
    if name != "MQTT" or version not in (V311, V5):
        known = name in ("MQTT", "MQIsdp")
        raise Malformed(f"version {version}", Reason.VERSION if known else Reason.MALFORMED)
    will, qos = flags & 4, flags >> 3 & 3
    if flags & 1 or qos == 3 or (not will and flags & 0x38):
        raise Malformed("impossible flags in CONNECT")
    if version == V311 and flags & 0xC0 == 0x40:
        raise Malformed("a password without a name")
    keep_alive = body.two()
    told = properties(body, CONNECT) if version == V5 else {}
    client_id = body.text()
    if will:
        if version == V5:
            properties(body, "will")
        topic(body)
        body.binary()
    packet = Connect(
        client_id=client_id,
        version=version,
        clean=bool(flags & 2),
        keep_alive=keep_alive,
        username=body.text() if flags & 0x80 else None,
        password=body.binary() if flags & 0x40 else None,
        properties=told,
    )
    body.done()
    return packet


def topic(body: Body, *, may_be_empty: bool = False) -> str:
    """The name of a topic, without wildcards."""
    name = body.text()
    if "+" in name or "#" in name:
        raise Malformed("a topic with a wildcard", Reason.TOPIC)
    if not name and not may_be_empty:
        raise Malformed("an empty topic", Reason.TOPIC)
    return name


def _publish(flags: int, body: Body, version: int) -> Publish:
    qos = flags >> 1 & 3
    if qos == 3:
        raise Malformed("QoS 3")
    if flags & 8 and not qos:
        raise Malformed("a repeated message of QoS 0")
    name = topic(body, may_be_empty=version == V5)
    number = body.packet_id() if qos else 0
    told = properties(body, PUBLISH) if version == V5 else {}
    if TOPIC_ALIAS in told or not name:
        raise Malformed("topic aliases are not offered", Reason.TOPIC_ALIAS)
    return Publish(name, body.rest(), qos, number, bool(flags & 8), bool(flags & 1), told)


def _puback(body: Body, version: int) -> Puback:
    number, code = body.packet_id(), 0
    if version == V5 and body:
        code = body.byte()
        if body:
            properties(body, PUBACK)
    return Puback(number, code)


def _subscribe(body: Body, version: int) -> Subscribe:
    number = body.packet_id()
    if version == V5:
        properties(body, 8)
    filters = []
    while body:
        name, options = _filter(body), body.byte()
        if options & 3 == 3 or options & (0xC0 if version == V5 else 0xFC):
            raise Malformed("impossible options in SUBSCRIBE")
        if options >> 4 & 3 == 3:
            raise Malformed("impossible retain handling", Reason.PROTOCOL_ERROR)
        filters.append((name, options & 3))
    if not filters:
        raise Malformed("SUBSCRIBE without a filter", Reason.PROTOCOL_ERROR)
    return Subscribe(number, tuple(filters))


def _unsubscribe(body: Body, version: int) -> Unsubscribe:
    number = body.packet_id()
    if version == V5:
        properties(body, 10)
    filters = []
    while body:
        filters.append(_filter(body))
    if not filters:
        raise Malformed("UNSUBSCRIBE without a filter", Reason.PROTOCOL_ERROR)
    return Unsubscribe(number, tuple(filters))


def _filter(body: Body) -> str:
    name = body.text()
    if not name:
        raise Malformed("an empty topic filter", Reason.FILTER)
    levels = name.split("/")
    if any(("+" in each and each != "+") or ("#" in each and each != "#") for each in levels):
        raise Malformed("a wildcard beside other characters", Reason.FILTER)
    if "#" in levels[:-1]:
        raise Malformed("a wildcard that is not the last level", Reason.FILTER)
    return name


def _disconnect(body: Body, version: int) -> Disconnect:
    code = 0
    if version == V5 and body:
        code = body.byte()
        if body:
            properties(body, 14)
    return Disconnect(code)


def _connack(body: Body, version: int) -> Connack:
    flags, code = body.byte(), body.byte()
    if flags > 1:
        raise Malformed("impossible flags in CONNACK")
    return Connack(code, bool(flags), properties(body, CONNACK) if version == V5 else {})


def _suback(body: Body, version: int) -> Suback:
    number = body.packet_id()
    if version == V5:
        properties(body, 9)
    return Suback(number, tuple(body.rest()))


def _unsuback(body: Body, version: int) -> Unsuback:
    number = body.packet_id()
    if version == V5:
        properties(body, 11)
        body.rest()
    return Unsuback(number)


_OTHERS: dict[int, Callable[[Body, int], Packet]] = {
    CONNACK: _connack,
    PUBACK: _puback,
    8: _subscribe,
    9: _suback,
    10: _unsubscribe,
    11: _unsuback,
    12: lambda _body, _version: Pingreq(),
    13: lambda _body, _version: Pingresp(),
    14: _disconnect,
}
