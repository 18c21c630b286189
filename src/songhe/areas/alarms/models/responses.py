"""Who was sent: a neighbour, a grid worker, an organisation; or an emergency service that was told."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.alarms.models.alarms import Alarm
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field
from songhe.engines.vault.api import open_keys, reveal_with


class Service(models.TextChoices):
    """Whether somebody of the network goes, or an emergency service."""

    NETWORK = "network", _("Network responder")
    RELAY = "relay", _("Emergency service")


class Response(Scoped):
    """One errand. Sent, accepted, on the way, arrived and left are times of their own; ``due_at`` is the next of them that is
    waited for. ``user_id`` is the log-in of the responder, ``helper_id`` the entry in the grid, to which a log-in may be tied:
    each sees this row and no other. ``contact_id`` is the entry among the person's contacts."""

    alarm = models.ForeignKey(Alarm, models.PROTECT, related_name="+", verbose_name=_("Alarm"))
    region = region_field(verbose_name=_("Region"))
    service = models.CharField(_("Service"), max_length=8, choices=Service, default=Service.NETWORK)
    kind = models.CharField(_("Kind"), max_length=20)
    name = models.CharField(_("Assigned to"), max_length=80)
    user_id = models.UUIDField(null=True)
    organisation_id = models.UUIDField(null=True)
    helper_id = models.UUIDField(null=True)
    contact_id = models.UUIDField(null=True)
    metres = models.IntegerField(_("Distance (m)"), null=True)
    owner_id = models.UUIDField()
    phone_sealed = models.BinaryField(default=b"")
    sent_at = models.DateTimeField(_("Errand sent at"))
    sent_by_id = models.UUIDField()
    sent_by_name = models.CharField(_("Sent by"), max_length=80)
    due_at = models.DateTimeField(_("Wait until"), null=True)
    accepted_at = models.DateTimeField(_("Accepted"), null=True)
    refused_at = models.DateTimeField(_("Refused"), null=True)
    refusal = models.CharField(_("Reason"), max_length=12, blank=True)
    lapsed_at = models.DateTimeField(_("Did not answer"), null=True)
    started_at = models.DateTimeField(_("On the way"), null=True)
    late_at = models.DateTimeField(_("Not on site in time"), null=True)
    arrived_at = models.DateTimeField(_("Arrived"), null=True)
    place_sealed = models.BinaryField(default=b"")
    accuracy = models.IntegerField(_("Accuracy (m)"), null=True)
    left_at = models.DateTimeField(_("Left"), null=True)
    needs_120 = models.BooleanField(_("Needs 120"), default=False)
    found_sealed = models.BinaryField(default=b"")
    officer = models.CharField(_("Receiving officer"), max_length=60, blank=True)
    case_number = models.CharField(_("External case number"), max_length=60, blank=True)
    stayed = models.BooleanField(_("Stayed on the line"), default=False)

    scope_by: ClassVar[Lines] = Lines(holders=("user_id", "organisation_id", "helper_id"))
    busy: ClassVar[bool] = True
    protected: ClassVar[tuple[str, ...]] = ("phone_sealed", "place_sealed", "found_sealed")
    if TYPE_CHECKING:
        alarm_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Call-out")
        indexes = [
            models.Index(fields=["alarm", "sent_at"], name="response_by_alarm"),
            models.Index(fields=["user_id", "sent_at"], name="response_by_user"),
            models.Index(fields=["organisation_id", "sent_at"], name="response_by_organisation"),
            models.Index(fields=["helper_id", "sent_at"], name="response_by_helper"),
            models.Index(fields=["region", "sent_at"], name="response_by_region"),
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="response_due"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_at=None) | Q(refused_at=None, lapsed_at=None, arrived_at=None, left_at=None),
                name="waits_for_those_who_may_come",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether somebody is still expected or there."""
        return self.refused_at is None and self.lapsed_at is None and self.left_at is None

    @property
    def state(self) -> str:
        """How far it has come."""
        order = ("left", "arrived", "lapsed", "refused", "started", "accepted")
        return next((name for name in order if getattr(self, f"{name}_at")), "sent")

    @property
    def found(self) -> str:
        """What was found on the spot."""
        return self._opened(self.found_sealed)

    @property
    def phone(self) -> str:
        """The number of the responder."""
        return self._opened(self.phone_sealed)

    def _opened(self, blob: bytes | memoryview) -> str:
        keys = open_keys([self.owner_id]) if blob else {}
        return reveal_with(keys[self.owner_id], self.owner_id, blob) if self.owner_id in keys else ""
