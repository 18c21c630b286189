"""Cards of diners: a random token in a QR code, found by its digest; its first signs can be typed."""

from __future__ import annotations

import hashlib
import secrets
from uuid import UUID

from songhe.areas.canteens.models import Diner
from songhe.core.refusal import Refused
from songhe.core.visiting import SIGNS, read_token, short_code
from songhe.engines.access.api import elevated

LENGTH = 26
PARAMETER = "tag"
"""What ``read_token`` looks for in an address."""


def new_token() -> str:
    """130 random bits in signs that nobody mixes up."""
    return "".join(secrets.choice(SIGNS) for _sign in range(LENGTH))


def digest_of(token: str) -> bytes:
    """By which a card is found; the token is random enough to need no key."""
    return hashlib.sha256(token.encode()).digest()


def short_digest(canteen_id: UUID, token: str) -> bytes:
    """By which a typed code is found, at its own canteen alone."""
    return hashlib.sha256(f"{canteen_id} {short_code(token)}".encode()).digest()


def diner_of(said: str, canteen_id: UUID | None = None) -> Diner:
    """Whose card was scanned or typed; refused where it is nobody's, or no card any more."""
    token = read_token(said)
    found = None
    with elevated():  # a card of another canteen is told from no card at all
        rows = Diner.everywhere.select_related("person", "canteen")
        if len(token) == LENGTH:
            found = rows.filter(card_digest=digest_of(token)).first()
        elif canteen_id is not None and len(token) == len(short_code("0" * LENGTH)):
            found = rows.filter(canteen_id=canteen_id, card_short=short_digest(canteen_id, token)).first()
    if found is None:
        raise Refused(
            "unknown_card", "No diner has this card or code. Look for the name in the list.", field="said"
        )
    return found
