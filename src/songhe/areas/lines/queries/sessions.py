"""One call on the line as the desk and its areas see it, and the calls of one number or agent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from songhe.areas.lines.limits import terms
from songhe.areas.lines.models import LINE_STATES, Exchange, LineState, Seat, Session, TextLine
from songhe.areas.lines.queries.hashes import number_hashes
from songhe.engines.access.api import Scope, asked, elevated
from songhe.engines.vault.api import open_keys, reveal_with

Opener = Callable[[UUID], str]
_OPENERS: list[Opener] = []


@dataclass(frozen=True, slots=True)
class OnLine:
    """What the desk needs to know of a session. ``number`` is in full: showing it is the desk's act."""

    id: UUID
    number: str
    number_masked: str
    direction: str
    media: str
    state: str
    queue: str
    agent_id: UUID | None
    agent_name: str
    began_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    region_id: int
    call_id: UUID | None
    for_key: str

    @property
    def is_open(self) -> bool:
        """Whether somebody is still on the line."""
        return self.state in LINE_STATES


def session(session_id: UUID, scope: Scope) -> OnLine | None:
    """A session of a scope by its key; None where there is none."""
    row = Session.objects.within(scope).filter(pk=session_id).first()
    return _facts(row) if row is not None else None


def own_session(session_id: UUID, agent_id: UUID) -> OnLine | None:
    """A session of an agent, wherever the exchange stands."""
    with elevated():
        return next(map(_facts, _own(session_id, agent_id)), None)


@asked
def _own(session: UUID, agent: UUID) -> QuerySet[Session]:
    return Session.everywhere.filter(pk=session, agent_id=agent)


def _facts(row: Session) -> OnLine:
    return OnLine(
        id=row.pk, number=row.number, number_masked=row.number_masked, direction=row.direction, media=row.media,
        state=row.state, queue=row.queue, agent_id=row.agent_id, agent_name=row.agent_name, began_at=row.began_at,
        answered_at=row.answered_at, ended_at=row.ended_at, region_id=row.region_id, call_id=row.call_id,
        for_key=row.for_key,
    )  # fmt: skip


def opener(opens: Opener) -> Opener:
    """Let the desk say at which address a session is opened."""
    _OPENERS[:] = [opens]
    return opens


def address_of(session_id: UUID) -> str:
    """Where a session is opened at the desk; empty where there is none."""
    return _OPENERS[0](session_id) if _OPENERS else ""


def seat_of(agent_id: UUID) -> Seat | None:
    """An agent's seat; None where they have none."""
    return next(iter(_seats(agent_id)), None)


@asked
def _seats(agent_id: UUID) -> QuerySet[Seat]:
    return Seat.everywhere.filter(agent_id=agent_id, enabled=True)


@asked
def enabled(code: str) -> QuerySet[Exchange]:
    """The exchange of a code, if events are taken from it."""
    return Exchange.everywhere.filter(code=code, enabled=True)


def ringing_for(agent_id: UUID) -> Session | None:
    """The call that rings at an agent's seat, or in which the agent is."""
    return next(iter(_ringing(agent_id)), None)


@asked
def _ringing(agent_id: UUID) -> QuerySet[Session]:
    rows = Session.everywhere.filter(agent_id=agent_id, state__in=LINE_STATES, media=Session.Medium.VOICE)
    return rows.order_by("-last_at", "-id")[:1]


def calls_of(agent_id: UUID, *, most: int = 12) -> list[Session]:
    """An agent's latest calls."""
    return list(Session.everywhere.filter(agent_id=agent_id).order_by("-began_at", "-id")[:most])


def not_opened(agent_id: UUID, since: datetime) -> QuerySet[Session]:
    """Calls that an agent answered and for which no call was opened at the desk."""
    rows = Session.everywhere.filter(
        agent_id=agent_id, direction=Session.Way.IN, answered_at__gte=since, call_id=None
    )
    return rows.order_by("-answered_at", "id")


def in_writing(scope: Scope) -> QuerySet[Session]:
    """Sessions in writing that are not over, the longest waiting first."""
    rows: QuerySet[Session] = Session.objects.within(scope).filter(
        media=Session.Medium.TEXT, state__in=LINE_STATES
    )
    return rows.order_by("answered_at", "began_at", "id")


def written(row: Session) -> list[tuple[TextLine, str]]:
    """What was written in a session, in order."""
    lines = list(TextLine.everywhere.filter(session=row).order_by("at", "id"))
    keys = open_keys([row.pk])
    if row.pk not in keys:
        return []
    return [(line, reveal_with(keys[row.pk], row.pk, line.words_sealed)) for line in lines]


def waiting(scope: Scope) -> QuerySet[Session]:
    """Callers who wait for an answer, the longest waiting first."""
    rows: QuerySet[Session] = Session.objects.within(scope).filter(
        state__in=[LineState.RINGING, LineState.QUEUED], direction=Session.Way.IN
    )
    return rows.order_by("began_at", "id")


def silent(at: datetime, *, most: int = 500) -> QuerySet[Session]:
    """Calls that are not over and of which nothing was told for hours. Who wrote and was not answered still waits."""
    since = at - timedelta(hours=terms().silent_hours)
    rows = Session.everywhere.filter(state__in=LINE_STATES, last_at__lt=since).select_related("exchange")
    return rows.exclude(media=Session.Medium.TEXT, answered_at=None).order_by("last_at", "id")[:most]


def to_call_back(scope: Scope, at: datetime) -> QuerySet[Session]:
    """Calls of the last day that nobody answered, with a number that was not reached since, neither by us nor by another call
    of theirs."""
    since = at - timedelta(hours=terms().call_back_hours)
    later = Session.everywhere.filter(
        number_hash=OuterRef("number_hash"), began_at__gt=OuterRef("began_at"), answered_at__isnull=False
    )
    rows: QuerySet[Session] = Session.objects.within(scope).filter(
        state__in=[LineState.ABANDONED, LineState.UNTOLD], direction=Session.Way.IN, media=Session.Medium.VOICE,
        answered_at=None, number_hash__isnull=False, began_at__gte=since,
    )  # fmt: skip
    return rows.filter(~Exists(later)).order_by("began_at", "id")


def of_number(number: str, scope: Scope, *, most: int = 10) -> list[Session]:
    """The latest calls of a number."""
    rows = Session.objects.within(scope).filter(number_hash__in=number_hashes(number))
    return list(rows.order_by("-began_at", "-id")[:most])
