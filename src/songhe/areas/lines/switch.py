"""How this installation tells an exchange what it shall do: the Protocol, and who fulfils it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from songhe.areas.lines.models import Exchange


class Unreachable(Exception):
    """The exchange did not answer; it may be asked again."""


class Silent(Unreachable):
    """Nobody answered at all: what else waits for this exchange need not be tried now."""


class Rejected(Exception):
    """The exchange answered that it will not do this."""


class Gone(Rejected):
    """The exchange answered that it knows no such call."""


class Switch(Protocol):
    """An exchange that takes wishes. Each may come again with the same ``key`` and has one effect."""

    def dial(self, exchange: Exchange, *, key: str, number: str, extension: str, ref: str) -> None:
        """Call a number for a seat; the events that follow name ``ref``."""

    def hang_up(self, exchange: Exchange, *, key: str, ref: str) -> None:
        """End a call."""

    def say(self, exchange: Exchange, *, key: str, ref: str, words: str, extension: str) -> None:
        """Send a written message into a session."""

    def seat(self, exchange: Exchange, *, key: str, extension: str, state: str, skills: list[str]) -> None:
        """Say whether a seat may be rung, and for what."""


def switch(way: str) -> Switch:
    """The adapter for one way; the site's settings name it."""
    made: Switch = import_string(settings.SWITCHES[way])()
    return made


def carry_out(exchange: Exchange, kind: str, key: str, body: Mapping[str, Any]) -> None:
    """Let the adapter do one thing. Raises Unreachable, Rejected or Gone."""
    getattr(switch(exchange.way), kind)(exchange, key=key, **body)
