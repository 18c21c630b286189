"""The standard's basic kinds, read from the body of one packet."""

from __future__ import annotations

from collections.abc import Callable

from songhe.core.mqtt.packets import Malformed, Properties, Reason


class Body:
    """The bytes of one packet after its fixed header, taken from the front."""

    __slots__ = ("data", "place")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.place = 0

    def __bool__(self) -> bool:
        return self.place < len(self.data)

    def take(self, count: int) -> bytes:
        """The next bytes."""
        end = self.place + count
        if end > len(self.data):
            raise Malformed("a field is longer than its packet")
        taken = self.data[self.place : end]
        self.place = end
        return taken

    def rest(self) -> bytes:
        """All that is left."""
        return self.take(len(self.data) - self.place)

    def byte(self) -> int:
        """One byte."""
        return self.take(1)[0]

    def two(self) -> int:
        """A two byte integer."""
        return int.from_bytes(self.take(2), "big")

    def four(self) -> int:
        """A four byte integer."""
        return int.from_bytes(self.take(4), "big")

    def variable(self) -> int:
        """A variable byte integer of at most four bytes, in its shortest form."""
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                if byte == 0 and shift:
                    raise Malformed("a length is not in its shortest form")
                return value
            shift += 7
            if shift > 21:
                raise Malformed("a length has more than four bytes")

    def binary(self) -> bytes:
        """Bytes with their length before them."""
        return self.take(self.two())

    def text(self) -> str:
        """A string: UTF-8 without surrogates and without NUL."""
        try:
            text = self.binary().decode()
        except UnicodeDecodeError:
            raise Malformed("a string is not UTF-8") from None
        if "\0" in text:
            raise Malformed("a string holds NUL")
        return text

    def packet_id(self) -> int:
        """A packet's number, which is never 0."""
        number = self.two()
        if not number:
            raise Malformed("a packet has the number 0", Reason.PROTOCOL_ERROR)
        return number

    def done(self) -> None:
        """Insist that nothing is left."""
        if self:
            raise Malformed("bytes are left over")


def _pair(body: Body) -> tuple[str, str]:
    return body.text(), body.text()


Read = Callable[[Body], object]
_MANY = (0x26, 0x0B)  # user properties and subscription identifiers may come again
_KINDS: dict[int, Read] = {
    **dict.fromkeys((0x01, 0x17, 0x19, 0x24, 0x25, 0x28, 0x29, 0x2A), Body.byte),
    **dict.fromkeys((0x13, 0x21, 0x22, 0x23), Body.two),
    **dict.fromkeys((0x02, 0x11, 0x18, 0x27), Body.four),
    **dict.fromkeys((0x03, 0x08, 0x12, 0x15, 0x1A, 0x1C, 0x1F), Body.text),
    **dict.fromkeys((0x09, 0x16), Body.binary),
    0x0B: Body.variable,
    0x26: _pair,
}
# Which properties each packet may carry (MQTT 5, table 2-4); by the packet's type, "will" for the will of CONNECT.
ALLOWED: dict[int | str, frozenset[int]] = {
    1: frozenset((0x11, 0x15, 0x16, 0x17, 0x19, 0x21, 0x22, 0x26, 0x27)),
    2: frozenset(
        (
            *(0x11, 0x12, 0x13, 0x15, 0x16, 0x1A, 0x1C, 0x1F, 0x21),
            *(0x22, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2A),
        )
    ),
    3: frozenset((0x01, 0x02, 0x03, 0x08, 0x09, 0x0B, 0x23, 0x26)),
    4: frozenset((0x1F, 0x26)),
    8: frozenset((0x0B, 0x26)),
    9: frozenset((0x1F, 0x26)),
    10: frozenset((0x26,)),
    11: frozenset((0x1F, 0x26)),
    14: frozenset((0x11, 0x1C, 0x1F, 0x26)),
    "will": frozenset((0x01, 0x02, 0x03, 0x08, 0x09, 0x18, 0x26)),
}
_FLAGS = (0x01, 0x17, 0x19, 0x24, 0x25, 0x28, 0x29, 0x2A)
_NOT_ZERO = (0x0B, 0x21, 0x27)


def properties(body: Body, place: int | str) -> Properties:
    """The properties of a packet of MQTT 5: known, allowed there, and each once."""
    length = body.variable()
    if not length:
        return {}
    inner, found, allowed = Body(body.take(length)), dict[int, object](), ALLOWED[place]
    while inner:
        number = inner.variable()
        if number not in allowed:
            raise Malformed(f"property {number:#x} does not belong here")
        value = _KINDS[number](inner)
        if number in _MANY:
            many = found.setdefault(number, [])
            assert isinstance(many, list)
            many.append(value)
        elif number in found:
            raise Malformed(f"property {number:#x} comes twice", Reason.PROTOCOL_ERROR)
        else:
            found[number] = value
        if (number in _FLAGS and value not in (0, 1)) or (number in _NOT_ZERO and value == 0):
            raise Malformed(f"property {number:#x} has an impossible value", Reason.PROTOCOL_ERROR)
    return found
