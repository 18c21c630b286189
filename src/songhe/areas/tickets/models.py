"""The city's line, its cases, every message to and fro, what waits to be sent, and extensions."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field
from songhe.engines.vault.api import open_keys, reveal, reveal_with


class CityLine(Scoped):
    """The platform of 12345, with its own secret. ``url``: where it takes what we send."""

    class Way(models.TextChoices):
        SIMULATED = "simulated", _("Simulated")
        SIGNED = "signed", _("Signed HTTP")
        FILES = "files", _("Files only")

    code = models.SlugField(_("Code"), max_length=40, unique=True)
    name = models.CharField(_("Platform name"), max_length=80)
    region = region_field(verbose_name=_("Region"))
    way = models.CharField(_("Kind"), max_length=10, choices=Way, default=Way.SIGNED)
    url = models.CharField(_("Address"), max_length=200, blank=True)
    secret_sealed = models.BinaryField()
    enabled = models.BooleanField(_("Enabled"), default=True)
    made_at = models.DateTimeField(_("Created at"))

    scope_by: ClassVar[Lines] = Lines()
    protected: ClassVar[tuple[str, ...]] = ("secret_sealed",)

    class Meta(Scoped.Meta):
        verbose_name = _("City line")

    def __str__(self) -> str:
        return self.name

    @property
    def secret(self) -> str:
        """What both sides sign with."""
        return reveal(self.pk, self.secret_sealed)


class CaseState(models.TextChoices):
    """Where a case of 12345 stands; the states of the flow ``city_case``."""

    RECEIVED = "received", _("To take up")
    IN_HAND = "in_hand", _("In hand")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", _("Closed")
    SENT_BACK = "sent_back", _("Sent back as not ours")
    WITHDRAWN = "withdrawn", _("Withdrawn by 12345")


OPEN = (CaseState.RECEIVED, CaseState.IN_HAND)
"""States in which the next step is ours."""
RUNNING = (*OPEN, CaseState.ANSWERED)
OVER = (CaseState.SENT_BACK, CaseState.WITHDRAWN)
"""States in which it is nobody's here, until 12345 sends it again."""


class CityCase(Scoped):
    """One case of 12345. ``due_at`` is its deadline, ``first_due_at`` the one before any extension."""

    class Kind(models.TextChoices):
        ENQUIRY = "enquiry", _("Enquiry")
        REQUEST = "request", _("Request")
        COMPLAINT = "complaint", _("Complaint")
        SUGGESTION = "suggestion", _("Suggestion")
        HELP = "help", _("Call for help")

    class Level(models.TextChoices):
        ORDINARY = "ordinary", _("Ordinary")
        URGENT = "urgent", _("Urgent")
        SUPERVISED = "supervised", _("Supervised")

    line = models.ForeignKey(CityLine, models.PROTECT, related_name="+", verbose_name=_("City line"))
    number = models.CharField(_("12345 case number"), max_length=60)
    case = models.OneToOneField("cases.Case", models.PROTECT, related_name="+")
    state = models.CharField(_("State"), max_length=9, choices=CaseState, default=CaseState.RECEIVED)
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind)
    level = models.CharField(_("Level"), max_length=10, choices=Level, default=Level.ORDINARY)
    title = models.CharField(_("Subject"), max_length=120, blank=True)
    region = region_field(verbose_name=_("Region"))
    words_sealed = models.BinaryField()
    caller_sealed = models.BinaryField(default=b"")
    number_masked = models.CharField(_("Number of the caller"), max_length=24, blank=True)
    answer_sealed = models.BinaryField(default=b"")
    received_at = models.DateTimeField(_("Received"))
    due_at = models.DateTimeField(_("Due"))
    first_due_at = models.DateTimeField(_("First deadline"))
    overdue_at = models.DateTimeField(_("First missed deadline"), null=True)
    answered_at = models.DateTimeField(_("Answered at"), null=True)
    closed_at = models.DateTimeField(_("Closed at"), null=True)
    warned_at = models.DateTimeField(_("Warned at"), null=True)
    reminders = models.SmallIntegerField(_("Reminders"), default=0)
    returns = models.SmallIntegerField(_("Times returned for rework"), default=0)
    handler_id = models.UUIDField(null=True)
    handler = models.CharField(_("Case handler"), max_length=80, blank=True)
    call = models.ForeignKey(
        "hotline.Call", models.PROTECT, null=True, related_name="+", verbose_name=_("Call")
    )
    told = models.CharField(max_length=40, blank=True)
    score = models.SmallIntegerField(_("Satisfaction, 1 to 5"), null=True)

    scope_by: ClassVar[Lines] = Lines(holders=("handler_id",))
    protected: ClassVar[tuple[str, ...]] = ("words_sealed", "caller_sealed", "answer_sealed")
    if TYPE_CHECKING:
        case_id: UUID
        line_id: UUID
        call_id: UUID | None

    class Meta(Scoped.Meta):
        verbose_name = _("12345 case")
        constraints = [
            models.UniqueConstraint(fields=["line", "number"], name="one_case_of_a_city_number"),
            models.CheckConstraint(
                condition=models.Q(score=None) | models.Q(score__range=(1, 5)), name="city_score_is_1_to_5"
            ),
        ]
        indexes = [
            models.Index(fields=["region", "state", "due_at"], name="city_case_by_due"),
            models.Index(fields=["region", "received_at"], name="city_case_by_arrival"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def words(self) -> str:
        """What 12345 wrote."""
        return self._opened(self.words_sealed)

    @property
    def caller(self) -> str:
        """The caller's number."""
        return self._opened(self.caller_sealed)

    @property
    def answer(self) -> str:
        """What we answered."""
        return self._opened(self.answer_sealed)

    def late_at(self, at: object) -> bool:
        """Whether the deadline passed before there was an answer."""
        return (self.answered_at or at) > self.due_at  # type: ignore[operator]

    def _opened(self, blob: bytes | memoryview) -> str:
        keys = open_keys([self.pk]) if blob else {}
        return reveal_with(keys[self.pk], self.pk, blob) if self.pk in keys else ""


class CityMessage(Scoped):
    """One message, in or out, as it was; never changed. What comes again has the same key and no second effect."""

    line = models.ForeignKey(CityLine, models.PROTECT, related_name="+")
    case = models.ForeignKey(CityCase, models.PROTECT, related_name="messages")
    outward = models.BooleanField(_("From us"), default=False)
    key = models.CharField(max_length=80)
    kind = models.CharField(_("Message"), max_length=12)
    words_sealed = models.BinaryField(default=b"")
    digest = models.BinaryField(max_length=32)
    by_name = models.CharField(_("By"), max_length=80, blank=True)
    at = models.DateTimeField(_("At"))
    region = region_field()

    scope_by: ClassVar[Lines] = Lines()
    protected: ClassVar[tuple[str, ...]] = ("words_sealed",)

    class Meta(Scoped.Meta):
        verbose_name = _("Message of the city line")
        constraints = [models.UniqueConstraint(fields=["line", "key"], name="one_city_message_of_a_key")]
        indexes = [models.Index(fields=["case", "at"], name="city_message_by_case")]

    def __str__(self) -> str:
        return f"{self.kind} {timezone.localtime(self.at):%m-%d %H:%M}"


class Outgoing(Scoped):
    """A message of ours that waits to be acknowledged; tried again, later and later."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits")
        DONE = "done", _("Acknowledged")
        FAILED = "failed", _("Refused by 12345")

    message = models.OneToOneField(CityMessage, models.PROTECT, related_name="sending")
    state = models.CharField(_("State"), max_length=7, choices=State, default=State.WAITING)
    body_sealed = models.BinaryField()
    tries = models.SmallIntegerField(_("Attempts"), default=0)
    next_at = models.DateTimeField()
    done_at = models.DateTimeField(_("Acknowledged at"), null=True)
    fault = models.CharField(_("Why not"), max_length=200, blank=True)
    region = region_field()

    scope_by: ClassVar[Lines] = Lines()
    protected: ClassVar[tuple[str, ...]] = ("body_sealed",)

    class Meta(Scoped.Meta):
        verbose_name = _("Message to be sent")
        indexes = [
            models.Index(fields=["next_at"], condition=models.Q(state="waiting"), name="outgoing_waiting")
        ]

    def __str__(self) -> str:
        return self.state


class CaseExtension(Scoped):
    """More time for a case: asked for by one, approved by another, granted by 12345."""

    class State(models.TextChoices):
        ASKED = "asked", _("To be approved")
        APPROVED = "approved", _("Requested from 12345")
        GRANTED = "granted", _("Extension granted")
        REFUSED = "refused", _("Refused")

    case = models.ForeignKey(
        CityCase, models.PROTECT, related_name="extensions", verbose_name=_("12345 case")
    )
    days = models.SmallIntegerField(_("Working days"))
    reason = models.CharField(_("Reason"), max_length=400)
    state = models.CharField(_("State"), max_length=8, choices=State, default=State.ASKED)
    asked_by_id = models.UUIDField()
    asked_by = models.CharField(_("Extension requested by"), max_length=80)
    asked_at = models.DateTimeField(_("Asked at"))
    decided_by_id = models.UUIDField(null=True)
    decided_by = models.CharField(_("Decided by"), max_length=80, blank=True)
    decided_at = models.DateTimeField(_("Decided at"), null=True)
    until = models.DateTimeField(_("New deadline"), null=True)
    region = region_field(verbose_name=_("Region"))

    scope_by: ClassVar[Lines] = Lines(holders=("asked_by_id",))
    if TYPE_CHECKING:
        case_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Deadline extension")
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(state__in=["asked", "approved"]),
                name="one_extension_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by_id=None) | ~models.Q(decided_by_id=models.F("asked_by_id")),
                name="extension_decided_by_another",
            ),
        ]

    def __str__(self) -> str:
        return str(self.days)
