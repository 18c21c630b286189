"""Messages, what became of them on each channel, their steps, the in-box; providers and tallies beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songhe.engines.access.lines import Lines
from songhe.engines.access.scoped import Scoped
from songhe.engines.regions.fields import region_field


class Channel(models.TextChoices):
    """The ways by which somebody is reached."""

    IN_APP = "in_app", _("Inbox")
    SMS = "sms", _("Text message")
    VOICE = "voice", _("Voice call")
    ROBOT = "robot", _("Group robot")


class State(models.TextChoices):
    """How far a message is."""

    WAITING = "waiting", _("To be sent")
    SENT = "sent", _("Accepted by the provider")
    DELIVERED = "delivered", _("Message delivered")
    READ = "read", _("Has been read")
    ANSWERED = "answered", _("Acknowledged")
    FAILED = "failed", _("Not delivered")
    EXPIRED = "expired", _("Lapsed")
    WITHHELD = "withheld", _("Not sent")
    STOPPED = "stopped", _("Stopped")


class Why(models.TextChoices):
    """Why a message did not go the way it should."""

    CONSENT = "consent", _("Consent to messages was withdrawn")
    NO_WAY = "no_way", _("No account and no usable number")
    NO_PROVIDER = "no_provider", _("No provider is set up")
    UNREACHABLE = "unreachable", _("No provider could be reached")
    LIMIT = "limit", _("Too many to this number")
    REJECTED = "rejected", _("Refused by the provider")
    UNDELIVERED = "undelivered", _("Reported as not delivered")
    SILENT = "silent", _("No receipt came")
    UNANSWERED = "unanswered", _("Nobody read or acknowledged it")
    TOO_LATE = "too_late", _("Expired, no longer sent")
    ERASED = "erased", _("The person's data were erased")
    BY_HAND = "by_hand", _("Stopped by hand")


class Urgency(models.IntegerChoices):
    """What goes first."""

    ORDINARY = 0, _("Ordinary")
    SOON = 1, _("Soon")
    URGENT = 2, _("Urgent")


ENDED = (State.FAILED, State.EXPIRED, State.WITHHELD, State.STOPPED)


class Notice(Scoped):
    """One message to one recipient. ``next_at`` is when something is to be done about it; empty once it has ended.

    ``owner_id`` is whose key sealed number and text: the person it is about, who is written to, or its own.
    """

    template = models.CharField(max_length=48)
    key = models.CharField(max_length=160)
    whom = models.CharField(max_length=48)
    region = region_field(verbose_name=_("Region"), db_index=False)
    holder_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True)
    reader_id = models.UUIDField(null=True)
    to_person_id = models.UUIDField(null=True)
    to_name = models.CharField(_("Recipient of the message"), max_length=60, blank=True)
    robot = models.CharField(max_length=40, blank=True)
    owner_id = models.UUIDField()
    number_masked = models.CharField(_("Telephone"), max_length=30, blank=True)
    number_sealed = models.BinaryField(default=b"")
    number_hash = models.BinaryField(null=True, max_length=16)
    text_sealed = models.BinaryField(default=b"")
    language = models.CharField(max_length=8)
    segments = models.SmallIntegerField(_("Text messages"), default=0)
    url = models.CharField(max_length=200, blank=True)
    channels: models.JSONField[Any, Any] = models.JSONField(default=list)
    rung = models.SmallIntegerField(default=0)
    round = models.SmallIntegerField(default=1)
    urgency = models.SmallIntegerField(_("Urgency"), choices=Urgency, default=Urgency.ORDINARY)
    goal = models.CharField(max_length=10)
    wait_seconds = models.IntegerField(default=0)
    state = models.CharField(_("State"), max_length=10, choices=State, default=State.WAITING)
    why = models.CharField(_("Why"), max_length=12, choices=Why, blank=True)
    told_at = models.DateTimeField(_("Notified at"))
    expires_at = models.DateTimeField(_("Send by"))
    next_at = models.DateTimeField(_("Next step"), null=True)
    lease_until = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(_("Delivered at"), null=True)
    ended_at = models.DateTimeField(_("Ended"), null=True)
    answer = models.CharField(_("Answer"), max_length=40, blank=True)

    scope_by: ClassVar[Lines] = Lines(holders=("holder_id",))
    protected: ClassVar[tuple[str, ...]] = ("number_sealed", "number_hash", "text_sealed")
    names: ClassVar[tuple[str, ...]] = ("to_name",)
    if TYPE_CHECKING:
        id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Message")
        indexes = [
            models.Index(
                fields=["-urgency", "next_at"], condition=Q(next_at__isnull=False), name="message_due"
            ),
            models.Index(
                fields=["lease_until"], condition=Q(lease_until__isnull=False), name="message_leased"
            ),
            models.Index(fields=["region", "told_at"], name="message_by_region"),
            models.Index(fields=["told_at"], name="message_by_age"),
            models.Index(
                fields=["number_hash"], condition=Q(next_at__isnull=False), name="message_open_by_number"
            ),
            models.Index(fields=["person_id", "told_at"], name="message_by_person"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["key", "whom"], name="message_once"),
            models.CheckConstraint(
                condition=Q(next_at__isnull=True) | Q(ended_at__isnull=True), name="message_ended_rests"
            ),
        ]

    def __str__(self) -> str:
        from songhe.engines.notices.book import name_of

        return name_of(self.template)

    @property
    def channel(self) -> str:
        """The channel it is on; empty where there is none."""
        return str(self.channels[self.rung]) if self.rung < len(self.channels) else ""

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.next_at is not None


class Delivery(Scoped):
    """What became of a message on one channel. Its key is the id that the provider is given with every try."""

    class State(models.TextChoices):
        WAITING = "waiting", _("To be sent")
        ACCEPTED = "accepted", _("Accepted by the provider")
        DELIVERED = "delivered", _("Message delivered")
        FAILED = "failed", _("Not delivered")

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="deliveries")
    region = region_field(db_index=False)
    holder_id = models.UUIDField(null=True)
    channel = models.CharField(_("Channel"), max_length=8, choices=Channel)
    round = models.SmallIntegerField(default=1)
    provider = models.CharField(_("Message provider"), max_length=40, blank=True)
    reference = models.CharField(max_length=80, blank=True)
    state = models.CharField(_("State"), max_length=10, choices=State, default=State.WAITING)
    tries = models.SmallIntegerField(_("Attempts"), default=0)
    due_at = models.DateTimeField(_("To be sent at"))
    accepted_at = models.DateTimeField(_("Accepted by the provider at"), null=True)
    delivered_at = models.DateTimeField(_("Delivered at"), null=True)
    segments = models.SmallIntegerField(_("Text messages"), default=0)
    error = models.CharField(max_length=200, blank=True)

    scope_by: ClassVar[Lines] = Lines(holders=("holder_id",))
    if TYPE_CHECKING:
        notice_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Delivery")
        indexes = [
            models.Index(fields=["region", "due_at"], name="delivery_by_region"),
            models.Index(
                fields=["provider", "reference"], condition=~Q(reference=""), name="delivery_by_reference"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel", "round"], name="delivery_once_a_round")
        ]

    def __str__(self) -> str:
        return str(self.get_channel_display())


class Step(Scoped):
    """One thing that happened to a message."""

    class What(models.TextChoices):
        TOLD = "told", _("Written to the outbox")
        PUT = "put", _("Put into the inbox")
        ACCEPTED = "accepted", _("Accepted by the provider")
        TROUBLE = "trouble", _("The provider failed")
        REJECTED = "rejected", _("Refused by the provider")
        DELIVERED = "delivered", _("Message delivered")
        UNDELIVERED = "undelivered", _("Reported as not delivered")
        READ = "read", _("Has been read")
        ANSWERED = "answered", _("Acknowledged")
        NEXT = "next", _("Next channel")
        HELD = "held", _("Deferred")
        AGAIN = "again", _("Sent again by hand")
        ENDED = "ended", _("Has ended")

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="steps")
    region = region_field(db_index=False)
    holder_id = models.UUIDField(null=True)
    at = models.DateTimeField(_("At"))
    what = models.CharField(_("Event"), max_length=12, choices=What)
    channel = models.CharField(max_length=8, blank=True)
    provider = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=200, blank=True)

    scope_by: ClassVar[Lines] = Lines(holders=("holder_id",))

    class Meta(Scoped.Meta):
        verbose_name = _("Step")
        indexes = [models.Index(fields=["notice", "at"], name="message_step")]

    def __str__(self) -> str:
        return str(self.get_what_display())


class Inbox(models.Model):
    """A message in somebody's in-box; the words stand in the message. Read by its reader alone."""

    notice = models.OneToOneField(Notice, models.CASCADE, primary_key=True, related_name="+")
    user_id = models.UUIDField()
    at = models.DateTimeField()
    asks = models.BooleanField(default=False)
    read_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("Inbox")
        indexes = [
            models.Index(fields=["user_id", "at"], name="inbox_by_user"),
            models.Index(fields=["user_id"], condition=Q(read_at__isnull=True), name="inbox_unread"),
            models.Index(fields=["at"], name="inbox_by_age"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Provider(models.Model):
    """How a provider is doing; moved on once for each batch, by whichever worker sent it."""

    code = models.CharField(primary_key=True, max_length=40)
    channel = models.CharField(max_length=8, choices=Channel)
    failures = models.IntegerField(default=0)
    quick = models.IntegerField(default=0)
    slow = models.IntegerField(default=0)
    window_from = models.DateTimeField(null=True)
    resting_until = models.DateTimeField(null=True)
    rests = models.SmallIntegerField(default=0)
    why = models.CharField(max_length=10, blank=True)
    accepted_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("Message provider")

    def __str__(self) -> str:
        return self.code


class Tally(models.Model):
    """How many messages went to one number in one stretch of time; kept until the stretch is over."""

    what = models.BinaryField(primary_key=True, max_length=16)
    count = models.IntegerField()
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("Tally")
