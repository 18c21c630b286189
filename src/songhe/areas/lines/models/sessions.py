"""Sessions, the events they are derived from, and what was written to and fro in them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.lines.rules import Direction, Kind, Leg, Media, Turn
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field
from songhe.engines.vault.api import open_keys, reveal_with


class LineState(models.TextChoices):
    """Where a call on the line stands."""

    ASKED = "asked", _("Being dialled")
    RINGING = "ringing", _("Ringing")
    QUEUED = "queued", _("In the queue")
    TALKING = "talking", _("On a call")
    HELD = "held", _("On hold")
    ENDED = "ended", _("Hung up")
    ABANDONED = "abandoned", _("Abandoned")
    FAILED = "failed", _("Not connected")
    UNTOLD = "untold", _("End not reported")


LINE_STATES = (LineState.ASKED, LineState.RINGING, LineState.QUEUED, LineState.TALKING, LineState.HELD)
"""States in which a call is not over."""
OWN = Lines(holders=("agent_id",))


class Session(Scoped):
    """One call as the exchange sees it; everything but its origin is derived from its events.

    ``legs`` is the course as JSON. ``number_hash`` finds calls of the same number. ``call_id`` is the call of the desk that
    was opened for it. ``for_key`` says what a call of ours is about (a follow-up, an alarm), as whoever dialled it named it.
    """

    class Way(models.TextChoices):
        IN = Direction.IN.value, _("Incoming")
        OUT = Direction.OUT.value, _("Outgoing")

    class Medium(models.TextChoices):
        VOICE = Media.VOICE.value, _("Voice")
        TEXT = Media.TEXT.value, _("Text chat")

    exchange = models.ForeignKey(
        "lines.Exchange", models.PROTECT, related_name="+", verbose_name=_("Exchange")
    )
    ref = models.CharField(_("Reference of the exchange"), max_length=80)
    region = region_field(verbose_name=_("Region"))
    direction = models.CharField(_("Direction"), max_length=3, choices=Way, default=Way.IN)
    media = models.CharField(_("Medium"), max_length=5, choices=Medium, default=Medium.VOICE)
    state = models.CharField(_("State"), max_length=9, choices=LineState, default=LineState.RINGING)
    number_sealed = models.BinaryField(default=b"")
    number_masked = models.CharField(_("Telephone number"), max_length=24, blank=True)
    number_hash = models.BinaryField(null=True, max_length=16)
    queue = models.CharField(_("Queue"), max_length=20, blank=True)
    agent_id = models.UUIDField(null=True)
    agent_name = models.CharField(_("Agent"), max_length=80, blank=True)
    began_at = models.DateTimeField(_("Began"))
    answered_at = models.DateTimeField(_("Call answered"), null=True)
    ended_at = models.DateTimeField(_("Ended"), null=True)
    last_at = models.DateTimeField(_("Last event"))
    legs: models.JSONField[list[Any], list[Any]] = models.JSONField(default=list)
    recordings = models.SmallIntegerField(_("Recordings"), default=0)
    recordings_sealed = models.BinaryField(default=b"")
    late = models.IntegerField(_("Late events"), default=0)
    clock_moved = models.BooleanField(_("The exchange's clock was set back"), default=False)
    call_id = models.UUIDField(null=True)
    linked_at = models.DateTimeField(_("Opened at the desk"), null=True)
    for_key = models.CharField(_("About"), max_length=80, blank=True)

    scope_by: ClassVar[Lines] = OWN
    protected: ClassVar[tuple[str, ...]] = ("number_sealed", "recordings_sealed")
    if TYPE_CHECKING:
        exchange_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Call on the line")
        constraints = [models.UniqueConstraint(fields=["exchange", "ref"], name="one_session_of_a_reference")]
        indexes = [
            models.Index(fields=["region", "began_at"], name="session_by_region"),
            models.Index(fields=["region", "last_at"], name="session_by_last"),
            models.Index(fields=["number_hash"], name="session_by_number"),
            models.Index(fields=["agent_id", "-began_at"], name="session_by_agent"),
            models.Index(
                fields=["region"],
                condition=models.Q(state__in=["asked", "ringing", "queued", "talking", "held"]),
                name="session_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.began_at):%m-%d %H:%M} {self.number_masked}".strip()

    @property
    def number(self) -> str:
        """The full number; empty where it is hidden."""
        return self._opened(self.number_sealed)

    @property
    def is_open(self) -> bool:
        """Whether it is not over."""
        return self.state in LINE_STATES

    @property
    def course(self) -> list[Leg]:
        """The legs as values."""
        return [read_leg(row, Direction(self.direction), Media(self.media)) for row in self.legs]

    def _opened(self, blob: bytes | memoryview) -> str:
        keys = open_keys([self.pk]) if blob else {}
        return reveal_with(keys[self.pk], self.pk, blob) if self.pk in keys else ""


class LineEvent(Scoped):
    """One event as it was received; it is never changed. ``digest`` is of its content, to tell a repeat from a clash."""

    exchange = models.ForeignKey("lines.Exchange", models.PROTECT, related_name="+")
    session = models.ForeignKey(Session, models.PROTECT, related_name="events")
    key = models.CharField(_("Number"), max_length=80)
    kind = models.CharField(_("Event"), max_length=12, choices=[(kind.value, kind.value) for kind in Kind])
    at = models.DateTimeField(_("Happened"))
    seq = models.IntegerField(null=True)
    agent_id = models.UUIDField(null=True)
    queue = models.CharField(_("Queue"), max_length=20, blank=True)
    note_sealed = models.BinaryField(default=b"")
    body_sealed = models.BinaryField()
    digest = models.BinaryField(max_length=32)
    received_at = models.DateTimeField(_("Received"))
    region = region_field()

    scope_by: ClassVar[Lines] = Lines()
    protected: ClassVar[tuple[str, ...]] = ("note_sealed", "body_sealed")
    if TYPE_CHECKING:
        session_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Line event")
        constraints = [models.UniqueConstraint(fields=["exchange", "key"], name="one_line_event_of_a_key")]
        indexes = [
            models.Index(fields=["session", "at"], name="line_event_by_session"),
            models.Index(
                fields=["agent_id", "at"], condition=Q(agent_id__isnull=False), name="line_event_by_agent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {timezone.localtime(self.at):%H:%M:%S}"


class TextLine(Scoped):
    """One message of a session in writing, sealed with the session's key."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="lines")
    from_desk = models.BooleanField(_("From the desk"), default=False)
    words_sealed = models.BinaryField()
    by_name = models.CharField(_("Agent"), max_length=80, blank=True)
    at = models.DateTimeField(_("At"))
    region = region_field()

    scope_by: ClassVar[Lines] = Lines()
    protected: ClassVar[tuple[str, ...]] = ("words_sealed",)

    class Meta(Scoped.Meta):
        verbose_name = _("Chat message")
        indexes = [models.Index(fields=["session", "at"], name="text_line_by_session")]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.at):%H:%M}"


def write_leg(leg: Leg) -> list[Any]:
    """A leg as JSON: received, queued, answered, ended, turns, missed, and a mark where its end was not told."""
    return [
        *(_iso(at) for at in (leg.received, leg.queued, leg.answered, leg.ended)),
        [[turn.agent, _iso(turn.since), _iso(turn.until), turn.held_seconds] for turn in leg.turns],
        [[agent, _iso(at)] for agent, at in leg.missed],
        *[True] * leg.untold,
    ]


def read_leg(row: list[Any], direction: Direction, media: Media) -> Leg:
    """The other way."""
    received, queued, answered, ended, turns, missed, *untold = row
    began = _at(received)
    assert began is not None
    return Leg(
        direction, media, began, _at(queued), _at(answered), _at(ended),
        tuple(Turn(agent, datetime.fromisoformat(since), _at(until), held) for agent, since, until, held in turns),
        tuple((agent, datetime.fromisoformat(at)) for agent, at in missed),
        bool(untold),
    )  # fmt: skip


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _at(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
