"""One command to one device."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songhe.engines.access.lines import Lines
from songhe.engines.access.scoped import Scoped
from songhe.engines.regions.fields import region_field


class Command(Scoped):
    """From queued to acknowledged, or to expired."""

    class Kind(models.TextChoices):
        LOCATE = "locate", _("Locate now")
        RING = "ring", _("Ring")
        SOS_NUMBER = "sos_number", _("Set the SOS number")
        TEST = "test", _("Test mode")

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        SENT = "sent", _("Sent to the device")
        ACKNOWLEDGED = "acknowledged", _("Received by the device")
        EXPIRED = "expired", _("Expired")

    device_id = models.UUIDField()
    region = region_field(db_index=False)
    kind = models.CharField(_("Command"), max_length=16, choices=Kind)
    owner_id = models.UUIDField(null=True)
    sealed = models.BinaryField(default=b"")
    key = models.CharField(max_length=80)
    state = models.CharField(_("State"), max_length=12, choices=State, default=State.QUEUED)
    queued_at = models.DateTimeField(_("Queued at"))
    expires_at = models.DateTimeField(_("Expires at"))
    sent_at = models.DateTimeField(_("Sent at"), null=True)
    sent_times = models.SmallIntegerField(_("Times sent"), default=0)
    acknowledged_at = models.DateTimeField(_("Acknowledged at"), null=True)

    scope_by: ClassVar[Lines] = Lines()

    class Meta(Scoped.Meta):
        verbose_name = _("Command to a device")
        constraints = [
            models.UniqueConstraint(fields=["device_id", "key"], name="one_command_per_key"),
        ]
        indexes = [
            models.Index(
                fields=["device_id", "id"], condition=Q(state__in=["queued", "sent"]), name="command_open"
            ),
            models.Index(
                fields=["expires_at"], condition=Q(state__in=["queued", "sent"]), name="command_by_end"
            ),
            models.Index(fields=["region", "queued_at"], name="command_by_region"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
