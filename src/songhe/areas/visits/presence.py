"""Ways of proving to be at a home beside the phone's place: a tag there, or a code that the person is told.

A tag's token is random and works without network: the phone keeps what it scanned and the server judges it later. The
code of six digits is worked out from the person's own key and the visit, so that nothing has to be stored or sent.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from songhe.areas.visits.models import ArrivalBy, HomeTag, Visit
from songhe.core.refusal import Refused
from songhe.core.visiting import SIGNS, read_code, read_token, short_code
from songhe.engines.access.api import elevated
from songhe.engines.vault.api import open_keys, reveal

LENGTH = 26


def new_token() -> str:
    """130 random bits in signs that nobody mixes up."""
    return "".join(secrets.choice(SIGNS) for _sign in range(LENGTH))


def digest_of(token: str) -> bytes:
    """By which a token is found; it is random enough to need no key."""
    return hashlib.sha256(token.encode()).digest()


def door_code(person_id: UUID, visit_id: UUID) -> str:
    """Six digits for one visit, from the person's key; empty where the person's data was erased."""
    key = open_keys([person_id]).get(person_id)
    if key is None:
        return ""
    found = hmac.new(key.secret, b"songhe door code " + visit_id.bytes, hashlib.sha256).digest()
    return f"{int.from_bytes(found[:8], 'big') % 10**6:06d}"


@dataclass(frozen=True, slots=True)
class Shown:
    """What was shown at the door: by which way, which tag, and what is wrong with it ("" or a flag)."""

    by: ArrivalBy | None = None
    tag_id: UUID | None = None
    fault: str = ""


def shown(visit: Visit, *, tag: str, code: str, replayed: bool) -> Shown:
    """Judge a tag or a code for one visit.

    A wrong tag is refused while the worker is there to try again, and flagged where a phone sends it later. A wrong
    code is always flagged: a second guess would be one too many.
    """
    if tag.strip():
        found = _tag_of(visit, read_token(tag))
        if found is not None:
            return Shown(ArrivalBy.TAG, found.pk)
        if not replayed:
            raise Refused(
                "wrong_tag",
                "This is not the tag of this home, or it was replaced. Scan it again, or check in by place.",
                field="tag",
            )
        return Shown(fault="wrong_tag")
    if code.strip():
        good = hmac.compare_digest(read_code(code), door_code(visit.person_id, visit.pk) or "-")
        return Shown(ArrivalBy.CODE) if good else Shown(fault="wrong_code")
    return Shown()


def tag_digests(persons: Iterable[UUID]) -> dict[UUID, str]:
    """The beginnings of the digests of the tags in force, by which a phone without network knows its stop."""
    with elevated():
        rows = HomeTag.everywhere.filter(person_id__in=list(persons), revoked_at=None)
        return {
            person: bytes(digest).hex()[:16] for person, digest in rows.values_list("person_id", "digest")
        }


def _tag_of(visit: Visit, said: str) -> HomeTag | None:
    with elevated():  # the tag is the person's, to whom the worker is tied today
        found = HomeTag.everywhere.filter(person_id=visit.person_id, revoked_at=None).first()
        if found is None:
            return None
        if hmac.compare_digest(bytes(found.digest), digest_of(said)):
            return found
        known = short_code(reveal(found.person_id, found.token_sealed))
    return found if hmac.compare_digest(known, said) else None
