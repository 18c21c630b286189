"""Calls, what was ordered in them, and what was written to and fro in them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field
from songhe.engines.vault.api import open_keys, reveal_with


class Purpose(models.TextChoices):
    """What a call was about."""

    ORDER = "order", _("Service")
    ENQUIRY = "enquiry", _("Enquiry")
    EMERGENCY = "emergency", _("Emergency")
    COMPLAINT = "complaint", _("Complaint")
    FOLLOW_UP = "follow_up", _("Follow-up")
    OTHER = "other", _("Something else")


class Outcome(models.TextChoices):
    """What came of a call."""

    ORDERED = "ordered", _("Order taken")
    ANSWERED = "answered", _("Answered")
    PASSED_ON = "passed_on", _("Transferred (120, 119, 110, family)")
    RATED = "rated", _("Rated")
    COMPLAINED = "complained", _("Complaint taken")
    NO_CONTACT = "no_contact", _("Nobody reached")
    WRONG_NUMBER = "wrong_number", _("Wrong number or silent")


class Relation(models.TextChoices):
    """Who calls."""

    SELF = "self", _("The person")
    FAMILY = "family", _("Family")
    NEIGHBOUR = "neighbour", _("Neighbour")
    OFFICER = "officer", _("Village or community")
    OTHER = "other", _("Somebody else")


class Channel(models.TextChoices):
    """How somebody turned to the desk."""

    PHONE = "phone", _("Telephone")
    TEXT = "text", _("Text chat, cannot hear or speak")


class Urgency(models.TextChoices):
    """What the questions of the triage led to."""

    NOW = "now", _("Help now")
    URGENT = "urgent", _("Urgent visit")
    ORDINARY = "ordinary", _("Ordinary")
    ADVICE = "advice", _("Advice")


class Consent(models.TextChoices):
    """How somebody who orders for another knows that the other agrees."""

    BESIDE = "beside", _("The person is present and agrees")
    ASKED = "asked", _("The person was called and agrees")
    GUARDIAN = "guardian", _("Guardian by law")
    STANDING = "standing", _("Standing consent on file")
    EMERGENCY = "emergency", _("Danger to life: no consent needed")


class Call(Scoped):
    """One call. ``owner_id`` is whose key sealed number and note: the person's, or the call's own.

    ``line_id`` is the session of the telephone exchange where there is one. ``number_hash`` finds earlier calls of the
    same number. ``triage_sealed`` keeps the questions, answers and reasons of the triage as they were.
    """

    class Direction(models.TextChoices):
        IN = "in", _("Incoming")
        OUT = "out", _("Outgoing")

    region = region_field(verbose_name=_("Region"))
    direction = models.CharField(_("Direction"), max_length=4, choices=Direction, default=Direction.IN)
    owner_id = models.UUIDField()
    number_sealed = models.BinaryField(default=b"")
    number_masked = models.CharField(_("Telephone number"), max_length=24, blank=True)
    person = models.ForeignKey(
        "registry.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("Person")
    )
    relation = models.CharField(_("Caller"), max_length=10, choices=Relation, blank=True)
    purpose = models.CharField(_("Matter"), max_length=10, choices=Purpose, blank=True)
    outcome = models.CharField(_("Outcome"), max_length=12, choices=Outcome, blank=True)
    note_sealed = models.BinaryField(default=b"")
    order = models.ForeignKey(
        "visits.Order", models.PROTECT, null=True, related_name="+", verbose_name=_("Order")
    )
    agent_id = models.UUIDField()
    agent_name = models.CharField(_("Agent"), max_length=80)
    started_at = models.DateTimeField(_("Started"))
    ended_at = models.DateTimeField(_("Ended"), null=True)
    line_id = models.UUIDField(null=True)
    channel = models.CharField(
        _("Method"), max_length=6, choices=Channel, default=Channel.PHONE, db_default=Channel.PHONE
    )
    number_hash = models.BinaryField(null=True, max_length=16)
    caller_sealed = models.BinaryField(default=b"", db_default=b"")
    matter = models.CharField(
        _("Branch of the call tree"), max_length=40, blank=True, default="", db_default=""
    )
    urgency = models.CharField(
        _("Urgency"), max_length=10, choices=Urgency, blank=True, default="", db_default=""
    )
    triage_sealed = models.BinaryField(default=b"", db_default=b"")
    consent = models.CharField(
        _("How the person agrees"), max_length=10, choices=Consent, blank=True, default="", db_default=""
    )
    attempt = models.CharField(
        _("Call attempt outcome"), max_length=20, blank=True, default="", db_default=""
    )
    passed_from = models.CharField(_("Transferred by"), max_length=80, blank=True, default="", db_default="")
    passed_at = models.DateTimeField(_("Transferred at"), null=True)
    alarm = models.ForeignKey(
        "alarms.Alarm", models.PROTECT, null=True, related_name="+", verbose_name=_("Alarm"), db_index=False
    )

    scope_by: ClassVar[Lines] = Lines(holders=("agent_id",))
    protected: ClassVar[tuple[str, ...]] = (
        "number_sealed", "number_hash", "note_sealed", "caller_sealed", "triage_sealed",
    )  # fmt: skip
    if TYPE_CHECKING:
        person_id: UUID | None
        order_id: UUID | None
        alarm_id: UUID | None

    class Meta(Scoped.Meta):
        verbose_name = _("Call")
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")), name="call_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | ~Q(outcome=""), name="ended_call_has_outcome"
            ),
            models.UniqueConstraint(
                fields=["line_id"], condition=Q(line_id__isnull=False), name="one_call_of_a_line_session"
            ),
        ]
        indexes = [
            models.Index(fields=["region", "started_at"], name="call_by_region"),
            models.Index(fields=["order"], condition=Q(order__isnull=False), name="call_by_order"),
            models.Index(fields=["agent_id"], condition=Q(ended_at=None), name="call_open"),
            models.Index(
                fields=["number_hash", "-started_at"],
                condition=Q(number_hash__isnull=False),
                name="call_by_number",
            ),
            models.Index(
                fields=["person", "-started_at"], condition=Q(person__isnull=False), name="call_by_person"
            ),
            models.Index(fields=["alarm"], condition=Q(alarm__isnull=False), name="call_by_alarm"),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.started_at):%m-%d %H:%M} {self.number_masked}".strip()

    @property
    def number(self) -> str:
        """The full number; none where its key was destroyed."""
        return unsealed(self.owner_id, self.number_sealed)

    @property
    def note(self) -> str:
        """What the agent wrote."""
        return unsealed(self.owner_id, self.note_sealed)

    @property
    def caller(self) -> str:
        """What somebody who calls for another is called."""
        return unsealed(self.owner_id, self.caller_sealed)

    @property
    def triage(self) -> dict[str, Any]:
        """The questions, answers and reasons of the triage as they were; empty where none was made."""
        text = unsealed(self.owner_id, self.triage_sealed)
        return dict(json.loads(text)) if text else {}

    @property
    def is_open(self) -> bool:
        """Whether the caller is still on the line."""
        return self.ended_at is None


def unsealed(owner_id: UUID, blob: bytes | memoryview) -> str:
    """A sealed text; none where its key was destroyed."""
    keys = open_keys([owner_id]) if blob else {}
    return reveal_with(keys[owner_id], owner_id, blob) if owner_id in keys else ""


class CallOrder(Scoped):
    """One order that came out of a call; a call may bring several, for several persons."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="orders", verbose_name=_("Call"))
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field(verbose_name=_("Region"))
    order = models.ForeignKey("visits.Order", models.PROTECT, related_name="+", verbose_name=_("Order"))
    agent_id = models.UUIDField()
    relation = models.CharField(_("Caller"), max_length=10, choices=Relation, blank=True)
    consent = models.CharField(_("How the person agrees"), max_length=10, choices=Consent, blank=True)
    at = models.DateTimeField(_("Ordered at"))

    scope_by: ClassVar[Lines] = Lines(holders=("agent_id",))
    follows_person: ClassVar[bool] = True
    if TYPE_CHECKING:
        call_id: UUID
        person_id: UUID
        order_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Order of a call")
        constraints = [models.UniqueConstraint(fields=["order"], name="order_of_one_call")]

    def __str__(self) -> str:
        return str(self.order)


class TextLine(Scoped):
    """One line of a call in writing. ``key`` is the sender's own, so that what comes twice is kept once."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="lines", verbose_name=_("Call"))
    region = region_field()
    agent_id = models.UUIDField()
    incoming = models.BooleanField(_("From the caller"), default=True)
    owner_id = models.UUIDField()
    words_sealed = models.BinaryField()
    key = models.CharField(max_length=80)
    by_name = models.CharField(_("By"), max_length=80, blank=True)
    at = models.DateTimeField(_("At"))

    scope_by: ClassVar[Lines] = Lines(holders=("agent_id",))
    protected: ClassVar[tuple[str, ...]] = ("words_sealed",)
    if TYPE_CHECKING:
        call_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Chat line")
        constraints = [models.UniqueConstraint(fields=["call", "key"], name="line_in_writing_once")]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.at):%H:%M}"

    @property
    def words(self) -> str:
        """What was written."""
        return unsealed(self.owner_id, self.words_sealed)
