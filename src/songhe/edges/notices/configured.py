"""Which carriers this installation has."""

from __future__ import annotations

from django.conf import settings

from songhe.edges.notices.gateways import GroupRobot, Screen, SignedGateway
from songhe.edges.notices.wire import Address
from songhe.engines.notices.api import Channel, Gateway


def carriers() -> list[Gateway]:
    """The gateways that the settings name, the preferred one of each channel first; the screen where they say so."""
    found: list[Gateway] = [
        SignedGateway(code, settings.CARRIERS[code]["channel"], address(code)) for code in signed()
    ]
    if settings.ROBOT_GROUPS:
        found.append(GroupRobot("robot", settings.ROBOT_GROUPS, settings.ROBOT_SECRET))
    if settings.CONSOLE:
        known = {gateway.channel for gateway in found}
        found += [Screen(channel) for channel in (Channel.SMS, Channel.VOICE) if channel not in known]
    return found


def signed() -> list[str]:
    """The codes of the gateways that have an address and a secret."""
    return [code for code, row in settings.CARRIERS.items() if row["url"] and row["secret"]]


def address(code: str) -> Address:
    """Where a carrier listens; an empty one where it is not set up."""
    row = settings.CARRIERS.get(code) or {"url": "", "key": "", "secret": ""}
    return Address(row["url"], row["key"], row["secret"])
