"""From which network address a request comes, behind proxies too."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest

Address = IPv4Address | IPv6Address
MOST_HOPS = 20


def address_of(request: HttpRequest) -> str:
    """The address of whoever asks: of whoever is connected, unless that is one of ``PROXIES``. Each proxy adds at the right
    end of ``X-Forwarded-For`` who was connected to it, so that what a visitor writes there is never reached. Empty where
    nobody knows."""
    nearest = request.META.get("REMOTE_ADDR") or ""
    known = _read(nearest)
    if known is None:
        return ""
    told = request.META.get("HTTP_X_FORWARDED_FOR", "").rsplit(",", MOST_HOPS) if _trusted(known) else []
    for word in reversed(told):
        before = _read(word)
        if before is None:
            break
        known = before
        if not _trusted(known):
            break
    return str(known)


def _trusted(address: Address) -> bool:
    return any(address in network for network in settings.PROXIES)


def _read(text: str) -> Address | None:
    """An address, also with the port that some proxies add, or of IPv4 written as IPv6."""
    plain = text.strip().partition("%")[0]
    if plain.startswith("["):
        plain = plain[1:].partition("]")[0]
    elif plain.count(":") == 1:
        plain = plain.partition(":")[0]
    try:
        found = ip_address(plain)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
