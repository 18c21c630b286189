"""Hearing 12345: new cases, and what it says about those we have. Each message has its key and one effect."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from songhe.areas.tickets.actions.common import kept, moved
from songhe.areas.tickets.limits import terms
from songhe.areas.tickets.models import (
    OVER,
    RUNNING,
    CaseExtension,
    CaseState,
    CityCase,
    CityLine,
    CityMessage,
)
from songhe.areas.tickets.rules import due
from songhe.core.codes import parse_phone
from songhe.core.refusal import Refused
from songhe.engines.access.api import SYSTEM
from songhe.engines.acts.api import record_write
from songhe.engines.cases.api import Priority, calendar, open_case
from songhe.engines.regions.ids import uuid7
from songhe.engines.regions.models import Region
from songhe.engines.vault.api import make_key, seal

STORED, KNOWN, CLASH, UNKNOWN = "stored", "known", "clash", "unknown number"
TOPIC = "tickets"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One message of 12345, read and bounded."""

    key: str
    number: str
    what: str
    words: str = ""
    kind: str = "request"
    level: str = "ordinary"
    title: str = ""
    caller: str = ""
    region: int = 0
    due_at: datetime | None = None
    score: int | None = None
    body: bytes = b""


NEWS = ("new", "remind", "supervise", "extended", "not_extended", "reject", "withdraw", "satisfied", "closed")


def hear(line: CityLine, told: Told, *, at: datetime) -> str:
    """Take one message in the caller's transaction; says whether it was stored, known, clashes, or is about nothing we have."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 12345))", [f"{line.pk}:{told.number}"]
        )
    first = CityMessage.everywhere.filter(line=line, key=told.key).first()
    if first is not None:
        return KNOWN if bytes(first.digest) == hashlib.sha256(told.body).digest() else CLASH
    found = CityCase.everywhere.select_for_update(no_key=True).filter(line=line, number=told.number)
    row = found.first()
    if told.what == "new" and row is not None:
        if row.state not in OVER:
            kept(row, told.key, "new", told.words, at=at, body=told.body)
            return KNOWN
        _again(row, told, due(row.kind, row.level, at, told.due_at, terms=terms(), calendar=calendar()), at)
    elif told.what == "new":
        row = _new(line, told, at)
    elif row is None:
        return UNKNOWN
    else:
        _about(row, told, at)
    kept(row, told.key, told.what, told.words, at=at, body=told.body)
    record_write(
        f"tickets.heard_{told.what}", row, actor=SYSTEM, at=at, after={"state": row.state, "level": row.level}
    )
    return STORED


def _new(line: CityLine, told: Told, at: datetime) -> CityCase:
    wanted = told.region if line.region.code <= told.region < line.region.upper else line.region_id
    region = wanted if Region.objects.filter(code=wanted).exists() else line.region_id
    priority = Priority.NORMAL if told.level == "ordinary" else Priority.URGENT
    case = open_case("city_case", region_id=region, actor=SYSTEM, at=at, priority=priority)
    until = due(told.kind, told.level, at, told.due_at, terms=terms(), calendar=calendar())
    row = CityCase(
        id=uuid7(), line=line, number=told.number, case=case, kind=told.kind, level=told.level, title=told.title,
        region_id=region, received_at=at, due_at=until, first_due_at=until,
    )  # fmt: skip
    make_key(row.pk)
    row.words_sealed = seal(row.pk, told.words)
    if told.caller:
        try:
            phone = parse_phone(told.caller)
            row.caller_sealed, row.number_masked = seal(row.pk, phone.dialled), phone.masked
        except Refused:
            row.caller_sealed, row.number_masked = seal(row.pk, told.caller), "***"
    row.save(force_insert=True)
    return row


def _again(row: CityCase, told: Told, until: datetime, at: datetime) -> None:
    """12345 does not take back what we sent back, or sends again what it withdrew: somebody has to take it up again."""
    moved(row, "send_again", actor=SYSTEM, at=at, note=told.words[:400])
    row.due_at, row.closed_at, row.warned_at = until, None, None
    row.handler_id, row.handler = None, ""
    row.save()


def _about(row: CityCase, told: Told, at: datetime) -> None:
    """What 12345 says about a case that we have. What comes after its end changes nothing but is kept."""
    running = row.state in RUNNING
    if told.what == "satisfied" and told.score is not None:
        row.score = told.score
    elif told.what == "remind":
        row.reminders += running
    elif told.what == "supervise" and running:
        row.level = CityCase.Level.SUPERVISED
        row.due_at = min(row.due_at, told.due_at) if told.due_at else row.due_at
    elif told.what in ("extended", "not_extended") and running:
        _extended(row, told, at)
    elif told.what == "reject" and row.state == CaseState.ANSWERED:
        moved(row, "reject", actor=SYSTEM, at=at, note=told.words[:400])
        if row.late_at(at):
            row.overdue_at = row.overdue_at or row.due_at
        row.returns, row.answered_at, row.warned_at = row.returns + 1, None, None
        row.due_at = told.due_at or row.due_at
    elif told.what == "reject" and row.state == CaseState.SENT_BACK:
        _again(row, told, told.due_at or row.due_at, at)
    elif told.what == "withdraw" and running:
        moved(row, "withdraw", actor=SYSTEM, at=at)
        row.closed_at = at
    elif told.what == "closed" and running:
        moved(row, "close", actor=SYSTEM, at=at)
        row.closed_at = at
    row.save()


def _extended(row: CityCase, told: Told, at: datetime) -> None:
    open_ = CaseExtension.everywhere.filter(case=row, state=CaseExtension.State.APPROVED).first()
    granted = told.what == "extended" and told.due_at is not None
    if granted and told.due_at is not None:
        row.due_at, row.warned_at = max(row.due_at, told.due_at), None
    if open_ is not None:
        open_.state = CaseExtension.State.GRANTED if granted else CaseExtension.State.REFUSED
        open_.until = told.due_at if granted else None
        open_.save(update_fields=["state", "until"])
