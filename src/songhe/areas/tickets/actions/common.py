"""What several verbs of city cases share."""

from __future__ import annotations

import hashlib
from datetime import datetime

from songhe.areas.tickets.models import CaseState, CityCase, CityMessage
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor, elevated
from songhe.engines.cases.api import Case, move_case
from songhe.engines.regions.ids import uuid7
from songhe.engines.vault.api import seal

MOST = 2000


def said(text: str, field: str, *, most: int = MOST) -> str:
    """Words that must not be missing, ready to be stored."""
    clean = normalise(text, lines=True, field=field)
    if not clean:
        raise Refused("empty", "This must not be empty. Fill it in.", field=field)
    if len(clean) > most:
        raise Refused(
            "too_long", "At most {most} characters are kept here. Shorten it.", field=field, most=most
        )
    return clean


def moved(row: CityCase, code: str, *, actor: Actor, at: datetime, note: str = "") -> CityCase:
    """Move the case of a row and mirror its state; the caller saves."""
    with elevated():  # whoever may act on the row acts on its case
        case = move_case(Case.everywhere.get(pk=row.case_id), code, actor=actor, at=at, note=note)
    row.state = CaseState(case.state)
    return row


def kept(
    row: CityCase, key: str, kind: str, words: str, *, at: datetime, by: str = "", body: bytes = b""
) -> CityMessage:
    """Write one message down as it came."""
    message = CityMessage(
        id=uuid7(), line_id=row.line_id, case=row, key=key, kind=kind, words_sealed=seal(row.pk, words), by_name=by[:80],
        digest=hashlib.sha256(body).digest(), at=at, region_id=row.region_id,
    )  # fmt: skip
    message.save(force_insert=True)
    return message
