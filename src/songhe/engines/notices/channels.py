"""What is asked of whoever carries a message out of the house, and which of them this installation has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from songhe.engines.notices.models import Channel


class Unavailable(Exception):
    """A provider did not take a message and may take it later: no connection, no answer in time, a fault of its own (5xx),
    too much at once (429). ``uncertain``: nobody knows whether it arrived, so that it should be repeated at the same one."""

    def __init__(self, what: str, *, uncertain: bool = False) -> None:
        super().__init__(what)
        self.uncertain = uncertain


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


Maker = Callable[[], Sequence[Gateway]]
_made: list[Gateway] | None = None


def carry_by(maker: Maker | None) -> None:
    """Carry messages by the gateways that ``maker`` gives; None for those that the settings name."""
    global _made  # noqa: PLW0603  one set of gateways for each process
    _made = None if maker is None else _checked(maker())


def gateways(channel: str = "") -> list[Gateway]:
    """The gateways of a channel, the preferred one first; all of them without a channel.

    ``settings.CARRIED_BY`` names a function that gives them; it is asked when the first message goes out.
    """
    global _made  # noqa: PLW0603
    if _made is None:
        _made = _checked(import_string(settings.CARRIED_BY)())
    return [gateway for gateway in _made if channel in ("", gateway.channel)]


def _checked(found: Sequence[Gateway]) -> list[Gateway]:
    codes = [gateway.code for gateway in found]
    if len(set(codes)) != len(codes):
        raise ValueError(f"two gateways of one name: {codes}")
    return list(found)


def is_carried(channel: str) -> bool:
    """Whether a channel leads anywhere here."""
    return channel == Channel.IN_APP or bool(gateways(channel))
