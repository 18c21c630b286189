"""Signing, and one signed POST with a short time-out."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

SOURCE, TIME, SIGNATURE = "X-Songhe-Source", "X-Songhe-Time", "X-Songhe-Signature"
WINDOW_SECONDS = 300
"""How far the time of a request may lie from ours; a repeat within it has no effect, since every event has its key."""
TIMEOUT = 3.0
LARGEST_ANSWER = 1_048_576


class NoAnswer(Exception):
    """Nobody answered, or in a way that cannot be read."""


def signature(secret: str, moment: str, body: bytes) -> str:
    """HMAC-SHA256 over the moment, a full stop and the body, in hex."""
    return hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()


def is_signed(secret: str, moment: str, body: bytes, said: str) -> bool:
    """Whether somebody who knows the secret signed this."""
    wanted = signature(secret, moment, body)
    return hmac.compare_digest(wanted.encode(), said.strip().lower().encode("utf-8", "replace"))


def is_fresh(moment: str, now: float) -> bool:
    """Whether a request's time is close to ours."""
    return moment.isascii() and moment.isdigit() and abs(int(moment[:12]) - now) <= WINDOW_SECONDS


def headers(code: str, secret: str, moment: int, body: bytes) -> dict[str, str]:
    """What goes beside a body."""
    return {
        "Content-Type": "application/json",
        SOURCE: code,
        TIME: str(moment),
        SIGNATURE: signature(secret, str(moment), body),
    }


def connection(url: str, *, timeout: float = TIMEOUT) -> tuple[http.client.HTTPConnection, str]:
    """A connection to an address, and the path to ask there."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port
    made = (
        http.client.HTTPSConnection(host, port, timeout=timeout, context=ssl.create_default_context())
        if parts.scheme == "https"
        else http.client.HTTPConnection(host, port, timeout=timeout)
    )
    return made, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def post(
    url: str, code: str, secret: str, data: Mapping[str, Any], *, moment: int
) -> tuple[int, dict[str, Any]]:
    """Status and JSON of the answer. Raises NoAnswer."""
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    line, path = connection(url)
    try:
        line.request("POST", path, body, headers(code, secret, moment, body))
        answer = line.getresponse()
        return answer.status, as_json(answer.read(LARGEST_ANSWER))
    except (OSError, http.client.HTTPException) as fault:
        raise NoAnswer(f"{type(fault).__name__}: {fault}") from fault
    finally:
        line.close()


def as_json(body: bytes) -> dict[str, Any]:
    """A JSON object; empty where it is none."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
