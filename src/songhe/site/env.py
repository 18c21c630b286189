"""Typed reading of the environment; odd values are refused by name."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TypeVar
from urllib.parse import unquote, urlsplit

T = TypeVar("T")
ZONE = "Asia/Shanghai"
"""The zone of all days: the database's CURRENT_DATE, periods and screens must agree on when a day begins."""


class BadSetting(SystemExit):
    """A setting that cannot be used; ends the program with a sentence that says what to do."""


def env(name: str, default: T, read: Callable[[str], T]) -> T:
    """The value of ``name``, read by ``read``; the default where it is unset or empty."""
    text = os.environ.get(name, "")
    if not text:
        return default
    try:
        return read(text)
    except (ValueError, KeyError) as fault:
        raise BadSetting(f"{name}={text!r} cannot be used: {fault}. Correct it or unset it.") from fault


def flag(text: str) -> bool:
    """Yes or no, in the spellings people use."""
    known = {
        "1": True,
        "true": True,
        "yes": True,
        "on": True,
        "0": False,
        "false": False,
        "no": False,
        "off": False,
    }
    if text.lower() not in known:
        raise ValueError("expected 1 or 0")
    return known[text.lower()]


def words(text: str) -> list[str]:
    """A list written with commas."""
    return [word.strip() for word in text.split(",") if word.strip()]


Network = IPv4Network | IPv6Network


def networks(text: str) -> list[Network]:
    """Addresses and networks: ``127.0.0.1,10.0.0.0/24``."""
    return [ip_network(word) for word in words(text)]


def groups(text: str) -> dict[str, str]:
    """Names and addresses: ``duty=https://…,grid=https://…``."""
    pairs = [word.split("=", 1) for word in words(text)]
    if not all(len(pair) == 2 and all(pair) for pair in pairs):
        raise ValueError("expected name=https://address, with commas between")
    return {name.strip(): url.strip() for name, url in pairs}


def origin(address: str) -> str:
    """The host that an https address is fetched from, with scheme and port; empty where it is no such address."""
    found = re.match(r"(https://[A-Za-z0-9.-]+(?::\d+)?)/\S*$", address)
    return found[1] if found else ""


def carrier(prefix: str, channel: str) -> dict[str, str]:
    """A gateway for messages: its channel, address, our name there and the secret we sign with.

    ``SMS`` reads SONGHE_SMS_URL, SONGHE_SMS_KEY and SONGHE_SMS_SECRET.
    """
    return {"channel": channel} | {
        part: env(f"SONGHE_{prefix}_{part.upper()}", "", str.strip) for part in ("url", "key", "secret")
    }


def database(url: str) -> dict[str, object]:
    """Django's database settings from a ``postgresql://`` address; ``?host=`` names a socket folder."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ValueError("expected postgresql://user:password@host:port/database")
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.pop("host", "") or parts.hostname or ""),
        "PORT": str(query.pop("port", "") or parts.port or ""),
        "OPTIONS": {key: unquote(value) for key, value in query.items()},
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "TIME_ZONE": ZONE,
    }
