"""One signed POST, without redirects, with short time-outs; every way it can fail has its name."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from songhe.engines.notices.api import Rejected, Unavailable

SECONDS = 5.0
LARGEST_ANSWER = 64 * 1024
AGE = 300
KEY, TIME, SIGNATURE = "X-Songhe-Key", "X-Songhe-Time", "X-Songhe-Signature"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a carrier listens, who we are there, and what we sign with."""

    url: str
    key: str = ""
    secret: str = ""


def signature(secret: str, moment: str, body: bytes) -> str:
    """HMAC-SHA256 over the moment, a point and the body, as hex."""
    return hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()


def is_signed(secret: str, moment: str, body: bytes, said: str, *, now: float) -> bool:
    """Whether somebody who knows the secret signed this body within the last five minutes."""
    if not secret or not moment.isdecimal() or len(moment) > 12 or abs(now - int(moment)) > AGE:
        return False
    return hmac.compare_digest(signature(secret, moment, body).encode(), said.encode("utf-8", "replace"))


def post_signed(address: Address, data: Mapping[str, Any], *, once: str) -> dict[str, Any]:
    """Hand over JSON under the idempotency key ``once``; returns the answer. Raises Unavailable or Rejected.

    409 is the carrier's word that it knows this key already: then it was taken before.
    """
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    moment = str(int(time.time()))
    headers = {
        KEY: address.key,
        TIME: moment,
        SIGNATURE: signature(address.secret, moment, body),
        "Idempotency-Key": once,
    }
    status, answer = post(address.url, body, headers)
    if status < 300 or status == 409:
        return answer
    said = str(answer.get("error") or f"HTTP {status}")[:200]
    if status in (400, 404, 410, 413, 422):
        raise Rejected(said)
    raise Unavailable(said)


def post(url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
    """Status and JSON of the answer; an answer that is no JSON is an empty one. Raises Unavailable."""
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = _connection(parts.scheme, parts.hostname or "", parts.port)
    sent = False
    try:
        connection.connect()
        sent = True
        connection.request("POST", path, body, {"Content-Type": "application/json", **headers})
        answer = connection.getresponse()
        return answer.status, _json(answer.read(LARGEST_ANSWER))
    except (OSError, http.client.HTTPException) as fault:
        raise Unavailable(f"{type(fault).__name__}: {fault}", uncertain=sent) from fault
    finally:
        connection.close()


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=SECONDS, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=SECONDS)


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
