"""The secret by which a device shows that it is itself. It is long and random, so that its plain hash is enough."""

from __future__ import annotations

from hashlib import sha256
from hmac import compare_digest


def hash_of(secret: str) -> bytes:
    """What is kept of a secret."""
    return sha256(secret.encode()).digest()


def matches(secret: str, kept: bytes | memoryview | None) -> bool:
    """Whether a secret is the one that is kept, in a time that tells nothing about it."""
    return kept is not None and compare_digest(hash_of(secret), bytes(kept))
