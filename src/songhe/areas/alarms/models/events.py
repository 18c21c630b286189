"""What happened with an alarm: signals, steps, calls that were tried, a door that was forced. Rows are only ever added,
but for a call that is still going on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from songhe.areas.alarms.models.alarms import Alarm
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field
from songhe.engines.vault.api import open_keys, reveal_with


class Signal(Scoped):
    """One message that made or joined an alarm; ``person_id`` is whose it was, who may be another one of the home."""

    alarm = models.ForeignKey(Alarm, models.PROTECT, related_name="+", verbose_name=_("Alarm"))
    region = region_field(db_index=False)
    device_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True)
    key = models.CharField(max_length=120, blank=True)
    kind = models.CharField(_("Signal"), max_length=20)
    at = models.DateTimeField(_("Received"))
    sent_at = models.DateTimeField(_("By the device's clock"), null=True)
    battery = models.SmallIntegerField(_("Battery"), null=True)

    scope_by: ClassVar[Lines] = Lines()
    if TYPE_CHECKING:
        alarm_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Signal")
        indexes = [models.Index(fields=["alarm", "at"], name="alarm_signal_by_alarm")]

    def __str__(self) -> str:
        return self.kind


class Step(Scoped):
    """One move or deed of the course: by whom, when, and when it was due where the clock did it."""

    alarm = models.ForeignKey(Alarm, models.PROTECT, related_name="+", verbose_name=_("Alarm"))
    region = region_field(db_index=False)
    what = models.CharField(_("What"), max_length=20)
    source = models.CharField(_("From state"), max_length=12, blank=True)
    target = models.CharField(_("To"), max_length=12)
    at = models.DateTimeField(_("At"))
    due_at = models.DateTimeField(_("Due"), null=True)
    actor_id = models.UUIDField()
    actor_name = models.CharField(_("By"), max_length=80)
    detail = models.CharField(_("Detail"), max_length=80, blank=True)

    scope_by: ClassVar[Lines] = Lines()
    if TYPE_CHECKING:
        alarm_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Step")
        indexes = [models.Index(fields=["alarm", "at"], name="alarm_step_by_alarm")]

    def __str__(self) -> str:
        return self.what


class Attempt(Scoped):
    """One call of the verification: whom, who called, when it began, what came of it."""

    alarm = models.ForeignKey(Alarm, models.PROTECT, related_name="+", verbose_name=_("Alarm"))
    region = region_field(db_index=False)
    rung = models.CharField(_("Who was called"), max_length=12)
    contact_id = models.UUIDField(null=True)
    name = models.CharField(_("Name"), max_length=80, blank=True)
    answer = models.CharField(_("What came of it"), max_length=12)
    reached = models.BooleanField(_("Somebody reached"), default=False)
    at = models.DateTimeField(_("At"))
    by_id = models.UUIDField()
    by_name = models.CharField(_("By"), max_length=80)
    owner_id = models.UUIDField()
    words_sealed = models.BinaryField(default=b"")

    scope_by: ClassVar[Lines] = Lines()
    protected: ClassVar[tuple[str, ...]] = ("words_sealed",)
    if TYPE_CHECKING:
        alarm_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Verification call")
        indexes = [models.Index(fields=["alarm", "at"], name="attempt_by_alarm")]

    def __str__(self) -> str:
        return self.name or self.rung

    @property
    def words(self) -> str:
        """What was said."""
        keys = open_keys([self.owner_id]) if self.words_sealed else {}
        return reveal_with(keys[self.owner_id], self.owner_id, self.words_sealed) if keys else ""


class Entry(Scoped):
    """A door that was forced: why and who stood by, sealed. ``entered_at``: when the home was entered, where that was told."""

    alarm = models.ForeignKey(Alarm, models.PROTECT, related_name="+", verbose_name=_("Alarm"))
    region = region_field(db_index=False)
    at = models.DateTimeField(_("At"))
    owner_id = models.UUIDField()
    sealed = models.BinaryField(default=b"")
    witnesses = models.SmallIntegerField(_("Witnesses"))
    by_id = models.UUIDField()
    by_name = models.CharField(_("By"), max_length=80)
    entered_at = models.DateTimeField(_("Entered at"), null=True)

    scope_by: ClassVar[Lines] = Lines()
    protected: ClassVar[tuple[str, ...]] = ("sealed",)
    if TYPE_CHECKING:
        alarm_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Forced entry")
        constraints = [
            models.CheckConstraint(
                condition=Q(entered_at=None) | Q(entered_at__gte=F("at")), name="forced_before_entered"
            )
        ]

    def __str__(self) -> str:
        return str(_("Forced entry"))

    @property
    def why(self) -> str:
        """Why it was forced."""
        return str(self._opened.get("why", ""))

    @property
    def stood_by(self) -> list[str]:
        """Who stood by."""
        return list(self._opened.get("witnesses", ()))

    @cached_property
    def _opened(self) -> Mapping[str, Any]:
        keys = open_keys([self.owner_id])
        return json.loads(reveal_with(keys[self.owner_id], self.owner_id, self.sealed)) if keys else {}
