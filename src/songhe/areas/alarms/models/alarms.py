"""An alarm: one home's cry for help until somebody has seen to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.alarms.models.lines import HomeLines
from songhe.areas.registry.api import Person
from songhe.engines.access.api import Scope, Scoped, current
from songhe.engines.cases.api import Priority
from songhe.engines.regions.fields import region_field
from songhe.engines.vault.api import open_keys, reveal_with


class AlarmState(models.TextChoices):
    """The states of the flow ``alarm``."""

    RAISED = "raised", _("To be answered")
    TAKEN = "taken", _("Being verified")
    SENT = "sent", _("Help is sent")
    ARRIVED = "arrived", _("Help on site")
    RESOLVED = "resolved", _("Resolved")
    FALSE_ALARM = "false_alarm", _("False alarm")
    TEST = "test", _("Test")
    NO_CONTACT = "no_contact", _("Nobody reached")
    DUPLICATE = "duplicate", _("Duplicate")
    REVIEWED = "reviewed", _("Reviewed")


OPEN = (AlarmState.RAISED, AlarmState.TAKEN, AlarmState.SENT, AlarmState.ARRIVED)


class Source(models.TextChoices):
    """Who or what raised it."""

    DEVICE = "device", _("Device")
    CALL = "call", _("Telephone call")
    WORKER = "worker", _("Worker")
    VISIT = "visit", _("Visit")
    FINDER = "finder", _("Finder")


class Alarm(Scoped):
    """One alarm. ``home_id`` is the household, else the person, else the device: it has one open alarm at a time.

    ``worker_id`` is the worker who called for help, ``about_id`` the row of another area that raised it: a worker's call or an
    incident. ``rings_from`` is set while it rings, ``rung`` and ``rung_at`` say how far up; ``seen_at`` is the last sign of the page of
    the agent who holds it and ``acted_at`` the last deed; ``due_at`` is when the clock acts next. Moments of the course are
    copies of what the steps say, kept here for lists. ``owner_id`` is whose key sealed the words: the person's, else its own,
    which it keeps when the person is named later; then ``sounds_as`` is what called: what sounds so joins it.
    Kin of whoever lives there see that the home called for help, why, and how it goes on; who called and what was written
    down only the kin of that person.
    """

    number = models.CharField(_("Number"), max_length=24, unique=True)
    region = region_field(verbose_name=_("Region"))
    person = models.ForeignKey(
        "registry.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("Person")
    )
    home_id = models.UUIDField()
    device_id = models.UUIDField(null=True)
    worker_id = models.UUIDField(null=True)
    about_id = models.UUIDField(null=True)
    sounds_as = models.UUIDField(null=True)
    source = models.CharField(_("Raised by"), max_length=8, choices=Source, default=Source.DEVICE)
    kind = models.CharField(_("Signal"), max_length=20)
    provisional = models.BooleanField(_("Device user unknown"), default=False)
    priority = models.SmallIntegerField(_("Priority"), choices=Priority, default=Priority.HIGH)
    state = models.CharField(_("State"), max_length=12, choices=AlarmState, default=AlarmState.RAISED)
    outcome = models.CharField(_("Outcome"), max_length=12, choices=AlarmState, blank=True)
    reason = models.CharField(_("Reason"), max_length=20, blank=True)
    owner_id = models.UUIDField()
    words_sealed = models.BinaryField(default=b"")
    review_sealed = models.BinaryField(default=b"")
    verdict = models.CharField(_("Conclusion"), max_length=12, blank=True)
    same_as = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", verbose_name=_("Same as")
    )

    raised_at = models.DateTimeField(_("Raised"))
    pressed_at = models.DateTimeField(_("By the device's clock"), null=True)
    shown_at = models.DateTimeField(_("On screen"), null=True)
    taken_at = models.DateTimeField(_("Taken by an agent"), null=True)
    reached_at = models.DateTimeField(_("Reached at"), null=True)
    helped_at = models.DateTimeField(_("Help sent"), null=True)
    arrived_at = models.DateTimeField(_("Help arrived"), null=True)
    closed_at = models.DateTimeField(_("Ended"), null=True)
    reviewed_at = models.DateTimeField(_("Reviewed"), null=True)
    signals = models.IntegerField(_("Signals"), default=1)
    signalled_at = models.DateTimeField(_("Last signal"))

    agent_id = models.UUIDField(null=True)
    agent_name = models.CharField(_("Agent"), max_length=80, blank=True)
    seen_at = models.DateTimeField(null=True)
    acted_at = models.DateTimeField(null=True)
    closed_by_id = models.UUIDField(null=True)
    closed_by_name = models.CharField(_("Closed by"), max_length=80, blank=True)
    reviewed_by_name = models.CharField(_("Reviewed by"), max_length=80, blank=True)
    rings_from = models.DateTimeField(null=True)
    rung = models.SmallIntegerField(default=0)
    rung_at = models.DateTimeField(null=True)
    level = models.CharField(_("Level"), max_length=20, blank=True)
    tries = models.SmallIntegerField(default=0)
    due_at = models.DateTimeField(_("Next timed action"), null=True)

    scope_by: ClassVar[HomeLines] = HomeLines()
    busy: ClassVar[bool] = True
    own_key: ClassVar[bool] = True
    protected: ClassVar[tuple[str, ...]] = ("words_sealed", "review_sealed")
    if TYPE_CHECKING:
        person_id: UUID | None
        same_as_id: UUID | None

    class Meta(Scoped.Meta):
        verbose_name = _("Alarm")
        indexes = [
            models.Index(fields=["region", "raised_at"], name="alarm_by_region"),
            models.Index(fields=["due_at"], condition=Q(closed_at=None), name="alarm_due"),
            models.Index(fields=["region"], condition=Q(closed_at=None), name="alarm_open"),
            models.Index(fields=["agent_id"], condition=Q(closed_at=None), name="alarm_held"),
            models.Index(fields=["person", "raised_at"], name="alarm_by_person"),
            models.Index(fields=["device_id", "raised_at"], name="alarm_by_device"),
            models.Index(
                fields=["sounds_as"],
                condition=Q(closed_at=None, sounds_as__isnull=False),
                name="alarm_sounds_as",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["home_id"], condition=Q(closed_at=None), name="one_open_alarm_of_a_home"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, state__in=OPEN, due_at__isnull=False)
                | (Q(closed_at__isnull=False, due_at=None, rings_from=None) & ~Q(state__in=OPEN)),
                name="open_alarm_is_watched",
            ),
            models.CheckConstraint(
                condition=Q(rings_from__isnull=False) | Q(agent_id__isnull=False) | Q(closed_at__isnull=False),
                name="open_alarm_rings_or_is_held",
            ),
            models.CheckConstraint(
                condition=Q(agent_id=None) | Q(seen_at__isnull=False, acted_at__isnull=False),
                name="holder_of_alarm_is_watched",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to see to it."""
        return self.closed_at is None

    @property
    def words(self) -> str:
        """What was written down at its end."""
        return self._opened(self.words_sealed)

    @property
    def review_words(self) -> str:
        """What the review wrote down."""
        return self._opened(self.review_sealed)

    @property
    def kind_label(self) -> str:
        """What the signal said, in the language of the page."""
        from songhe.areas.alarms.limits import terms

        return terms().kind(self.kind).label.in_language(get_language() or "zh")

    @property
    def whom(self) -> str:
        """The person's name, where the reader may know it."""
        if self.person_id is None:
            return ""
        return self.person.name if self.person else gettext("Somebody in this home")

    def tells_whom(self, scope: Scope) -> bool:
        """Whether a reader sees whom it is about: offices of the region and that person's kin."""
        if self.person_id is None or scope.holds(self.region_id):
            return True
        return bool(Person.objects.within(scope).filter(pk=self.person_id).exists())

    def _opened(self, blob: bytes | memoryview) -> str:
        keys = open_keys([self.owner_id]) if blob and self.tells_whom(current()) else {}
        return reveal_with(keys[self.owner_id], self.owner_id, blob) if self.owner_id in keys else ""
