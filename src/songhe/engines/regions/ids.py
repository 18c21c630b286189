"""Primary keys that sort by time and can be made anywhere."""

from __future__ import annotations

from uuid import UUID

import uuid_utils.compat


def uuid7() -> UUID:
    """A UUID version 7 (RFC 9562)."""
    return uuid_utils.compat.uuid7()


def uuid7_bytes() -> bytes:
    """The 16 bytes of another one, for rows by the thousand."""
    return uuid_utils.uuid7().bytes
