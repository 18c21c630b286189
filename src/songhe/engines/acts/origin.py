"""Where an act comes from: the channel and the network address."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """Channel (web, api, job, command, gateway) and address."""

    channel: str
    address: str = ""


COMMAND = Origin("command")
_origin: ContextVar[Origin] = ContextVar("origin", default=COMMAND)


def origin() -> Origin:
    """The origin of what runs now."""
    return _origin.get()


@contextmanager
def from_origin(where: Origin) -> Iterator[None]:
    """Mark everything inside as coming from ``where``."""
    token = _origin.set(where)
    try:
        yield
    finally:
        _origin.reset(token)
