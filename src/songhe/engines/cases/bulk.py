"""Opening many cases at once, in a few statements for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from songhe.engines.access.actor import Actor
from songhe.engines.access.bulk import insert_many, update_many
from songhe.engines.cases.flows import flow
from songhe.engines.cases.models import Case, CaseStep, Priority
from songhe.engines.regions.ids import uuid7

CASE = (
    "id", "number", "flow_code", "state", "kind", "priority", "holder_id", "about_kind", "about_id", "region",
    "opened_at", "entered_at", "due_at",
)  # fmt: skip
STEP = (
    "id", "case", "move", "source", "target", "at", "actor_id", "actor_name", "note", "escalates", "region", "holder_id",
    "due_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ToOpen:
    """One case to open: about what, where, whose, and until when somebody has to act."""

    about_id: UUID
    region_id: int
    holder_id: UUID | None
    due_at: datetime


def open_cases(
    flow_code: str, rows: Sequence[ToOpen], *, about_kind: str, actor: Actor, at: datetime
) -> list[tuple[UUID, str]]:
    """The key and number of a new case for each row, in their order.

    They are opened ahead of time, so each is due on its own day and not a while after now, and nobody is called for
    one that has not come to its day: no escalation is set.
    """
    way = flow(flow_code)
    first = way.state(way.start)
    made = [(uuid7(), f"{way.prefix}-{number:06d}") for number in _numbers(len(rows))]
    name = actor.name[:80]
    insert_many(
        Case,
        CASE,
        [
            (
                key, number, flow_code, first.code, first.kind.value, Priority.NORMAL, row.holder_id, about_kind,
                row.about_id, row.region_id, at, at, row.due_at,
            )
            for (key, number), row in zip(made, rows, strict=True)
        ],
    )  # fmt: skip
    insert_many(
        CaseStep,
        STEP,
        [
            (
                uuid7(), key, "open", "", first.code, at, actor.id, name, "", False, row.region_id, row.holder_id,
                row.due_at,
            )
            for (key, _number), row in zip(made, rows, strict=True)
        ],
    )  # fmt: skip
    return made


def put_off(rows: Sequence[tuple[UUID, datetime]]) -> None:
    """Cases that were opened ahead of time, by key, are due at other moments."""
    update_many(Case, ("id", "due_at"), rows)


def _numbers(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('cases_number') FROM generate_series(1, %s)", [count])
        return [int(number) for (number,) in cursor.fetchall()]
