"""What is asked of whoever carries a message out of the house, and which of them this installation has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from songhe.engines.notices.models import Channel


class Unavailable(Exception):
    """A provider did not take a message and may take it later: no connection, no answer in time, a fault of its own (5xx),
    too much at once (429)."""


class Rejected(Exception):
    """A provider will never take this message: no such number, forbidden words. The next channel is tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a provider is given. The same ``id`` comes again when it is not known whether the first try arrived, and has
    one effect there. ``asks``: a key press or a reply is wanted.
    """

    id: UUID
    channel: str
    number: str = ""
    robot: str = ""
    text: str
    language: str
    urgent: bool = False
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """A provider has taken a message, under a number of its own; ``delivered`` where no receipt will follow."""

    reference: str = ""
    delivered: bool = False


class Gateway(Protocol):
    """A provider of one channel. It has its own short time-out and may be called by several threads."""

    @property
    def code(self) -> str:
        """Its name in the delivery log; up to 40 signs, never changed."""

    @property
    def channel(self) -> str:
        """A value of ``Channel``."""

    def send(self, letter: Letter) -> Taken:
        """Hand a message over. Raises Unavailable or Rejected."""


class SmsGateway(Gateway, Protocol):
    """Sends text messages to ``letter.number``."""


class VoiceGateway(Gateway, Protocol):
    """Calls ``letter.number``, speaks the text and reports a pressed key where ``letter.asks``."""


class RobotGateway(Gateway, Protocol):
    """Writes into the group that ``letter.robot`` names."""


Gateways = Sequence[Gateway]
_made: list[Gateway] | None = None
_maker: Callable[[], Gateways] = tuple


def carry_by(maker: Callable[[], Gateways]) -> None:
    """Name what makes this installation's gateways; it is asked when the first message goes out."""
    global _maker, _made
    _maker, _made = maker, None


def gateways(channel: str = "") -> list[Gateway]:
    """The gateways of a channel, the preferred one first; all of them without a channel."""
    global _made  # noqa: PLW0603
    if _made is None:
        _made = list(_maker())
        codes = [gateway.code for gateway in _made]
        if len(set(codes)) != len(codes):
            raise ValueError(f"two gateways of one name: {codes}")
    return [gateway for gateway in _made if channel in ("", gateway.channel)]


def is_carried(channel: str) -> bool:
    """Whether a channel leads anywhere here."""
    return channel == Channel.IN_APP or bool(gateways(channel))
