"""Calls, and the complaints that came out of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
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
    PASSED_ON = "passed_on", _("Passed on (120, 119, 110, family)")
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


class Call(Scoped):
    """One call. ``owner_id`` is whose key sealed number and note: the person's, or the call's own."""

    class Direction(models.TextChoices):
        IN = "in", _("Incoming")
        OUT = "out", _("Outgoing")

    region = region_field(verbose_name=_("Region"))
    direction = models.CharField(_("Direction"), max_length=4, choices=Direction, default=Direction.IN)
    owner_id = models.UUIDField()
    number_sealed = models.BinaryField(default=b"")
    number_masked = models.CharField(_("Number"), max_length=24, blank=True)
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

    scope_by: ClassVar[Lines] = Lines(holders=("agent_id",))
    protected: ClassVar[tuple[str, ...]] = ("number_sealed", "note_sealed")
    if TYPE_CHECKING:
        person_id: UUID | None
        order_id: UUID | None

    class Meta(Scoped.Meta):
        verbose_name = _("Call")
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")), name="call_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | ~Q(outcome=""), name="ended_call_has_outcome"
            ),
        ]
        indexes = [
            models.Index(fields=["region", "started_at"], name="call_by_region"),
            models.Index(fields=["order"], condition=Q(order__isnull=False), name="call_by_order"),
            models.Index(fields=["agent_id"], condition=Q(ended_at=None), name="call_open"),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.started_at):%m-%d %H:%M} {self.number_masked}".strip()

    @property
    def number(self) -> str:
        """The full number; none where its key was destroyed."""
        return self._opened(self.number_sealed)

    @property
    def note(self) -> str:
        """What the agent wrote."""
        return self._opened(self.note_sealed)

    @property
    def is_open(self) -> bool:
        """Whether the caller is still on the line."""
        return self.ended_at is None

    def _opened(self, blob: bytes | memoryview) -> str:
        keys = open_keys([self.owner_id]) if blob else {}
        return reveal_with(keys[self.owner_id], self.owner_id, blob) if self.owner_id in keys else ""


class Complaint(Scoped):
    """What somebody complains about, by telephone (``call``) or in writing (``by_id``); its state is that of its case."""

    class State(models.TextChoices):
        RECEIVED = "received", _("To take up")
        IN_HAND = "in_hand", _("In hand")
        ANSWERED = "answered", _("Answered")
        CLOSED = "closed", _("Closed")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    case = models.OneToOneField("cases.Case", models.PROTECT, related_name="+")
    number = models.CharField(_("Number"), max_length=24, unique=True)
    state = models.CharField(_("State"), max_length=10, choices=State, default=State.RECEIVED)
    region = region_field(verbose_name=_("Region"))
    call = models.ForeignKey(Call, models.PROTECT, null=True, related_name="+", verbose_name=_("Call"))
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(_("Who complains"), max_length=80, blank=True)
    order = models.ForeignKey(
        "visits.Order", models.PROTECT, null=True, related_name="+", verbose_name=_("Order")
    )
    person = models.ForeignKey(
        "registry.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("Person")
    )
    owner_id = models.UUIDField()
    words_sealed = models.BinaryField()
    answer_sealed = models.BinaryField(default=b"")
    opened_at = models.DateTimeField(_("Received"))

    scope_by: ClassVar[Lines] = Lines(holders=("by_id",))
    protected: ClassVar[tuple[str, ...]] = ("words_sealed", "answer_sealed")
    if TYPE_CHECKING:
        case_id: UUID
        call_id: UUID | None
        order_id: UUID | None
        person_id: UUID | None

    class Meta(Scoped.Meta):
        verbose_name = _("Complaint")
        indexes = [
            models.Index(fields=["region", "state"], name="complaint_by_region"),
            models.Index(fields=["by_id"], condition=Q(by_id__isnull=False), name="complaint_by_writer"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(call__isnull=False) | Q(by_id__isnull=False), name="somebody_complains"
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def words(self) -> str:
        """What was said."""
        return self._opened(self.words_sealed)

    @property
    def answer(self) -> str:
        """What was answered."""
        return self._opened(self.answer_sealed)

    def _opened(self, blob: bytes | memoryview) -> str:
        keys = open_keys([self.owner_id]) if blob else {}
        return reveal_with(keys[self.owner_id], self.owner_id, blob) if self.owner_id in keys else ""
