"""The packets as values, and the reasons of the standard."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

V311, V5 = 4, 5

Properties = dict[int, object]
"""Of MQTT 5: number of the property → value; what may come more than once is a list."""

SESSION_EXPIRY, RECEIVE_MAXIMUM, MAXIMUM_PACKET, REASON_STRING = 0x11, 0x21, 0x27, 0x1F
MAXIMUM_QOS, RETAIN_AVAILABLE, WILDCARDS, SHARED = 0x24, 0x25, 0x28, 0x2A
TOPIC_ALIAS, ALIAS_MAXIMUM, SERVER_KEEP_ALIVE, ASSIGNED_ID = 0x23, 0x22, 0x13, 0x12
AUTH_METHOD, AUTH_DATA, SUBSCRIPTION_IDS = 0x15, 0x16, 0x29


class Reason(IntEnum):
    """Reason codes of MQTT 5; older devices are told by the return codes of CONNACK, or by the closed connection."""

    SUCCESS = 0x00
    NO_SUBSCRIPTION = 0x11
    UNSPECIFIED = 0x80
    MALFORMED = 0x81
    PROTOCOL_ERROR = 0x82
    IMPLEMENTATION = 0x83
    VERSION = 0x84
    CLIENT_ID = 0x85
    CREDENTIALS = 0x86
    NOT_AUTHORISED = 0x87
    UNAVAILABLE = 0x88
    BUSY = 0x89
    SHUTTING_DOWN = 0x8B
    AUTH_METHOD = 0x8C
    KEEP_ALIVE = 0x8D
    TAKEN_OVER = 0x8E
    FILTER = 0x8F
    TOPIC = 0x90
    RECEIVE_MAXIMUM = 0x93
    TOPIC_ALIAS = 0x94
    TOO_LARGE = 0x95
    TOO_OFTEN = 0x96
    QUOTA = 0x97
    ADMINISTRATIVE = 0x98
    PAYLOAD_FORMAT = 0x99
    RETAIN = 0x9A
    QOS = 0x9B


OLD_RETURN_CODES = {
    Reason.SUCCESS: 0,
    Reason.VERSION: 1,
    Reason.CLIENT_ID: 2,
    Reason.UNAVAILABLE: 3,
    Reason.BUSY: 3,
    Reason.CREDENTIALS: 4,
    Reason.NOT_AUTHORISED: 5,
}
"""What CONNACK of 3.1.1 can say; every other reason is 5, not authorised."""


class Malformed(ValueError):
    """A packet that breaks the standard; stays inside this package."""

    def __init__(self, why: str, reason: Reason = Reason.MALFORMED) -> None:
        super().__init__(why)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Broken:
    """The stream cannot be read on: which rule was broken. The connection is to be closed."""

    reason: Reason
    why: str


@dataclass(frozen=True, slots=True)
class Connect:
    """A client introduces itself. A will is read and not kept: a silent device is noticed by the silence watch."""

    client_id: str
    version: int = V311
    clean: bool = True
    keep_alive: int = 0
    username: str | None = None
    password: bytes | None = field(default=None, repr=False)
    properties: Properties = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Connack:
    """The answer to CONNECT. ``code`` is as it stands on the wire."""

    code: int
    session_present: bool = False
    properties: Properties = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Publish:
    """A message. ``packet_id`` is 0 for QoS 0."""

    topic: str
    payload: bytes
    qos: int = 0
    packet_id: int = 0
    dup: bool = False
    retain: bool = False
    properties: Properties = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Puback:
    """The receipt of one message of QoS 1."""

    packet_id: int
    code: int = 0


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Topic filters with the highest QoS wanted for each."""

    packet_id: int
    filters: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Suback:
    """One code for each filter: the QoS granted, or a refusal of 0x80 and more."""

    packet_id: int
    codes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """Topic filters that are no longer wanted."""

    packet_id: int
    filters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unsuback:
    """The answer to UNSUBSCRIBE."""

    packet_id: int


@dataclass(frozen=True, slots=True)
class Pingreq:
    """A sign of life."""


@dataclass(frozen=True, slots=True)
class Pingresp:
    """Its answer."""


@dataclass(frozen=True, slots=True)
class Disconnect:
    """One side says good-bye."""

    code: int = 0


Packet = (
    Connect
    | Connack
    | Publish
    | Puback
    | Subscribe
    | Suback
    | Unsubscribe
    | Unsuback
    | Pingreq
    | Pingresp
    | Disconnect
)
