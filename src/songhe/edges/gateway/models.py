"""Who may hand in messages for many devices, and the messages that could not be understood."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field


class Source(Scoped):
    """A vendor's platform or a Traccar server that forwards the messages of its devices over HTTP."""

    class Kind(models.TextChoices):
        SIGNED = "signed", _("Signed messages")
        TRACCAR = "traccar", _("Traccar server")

    code = models.SlugField(_("Code"), max_length=40, unique=True)
    kind = models.CharField(_("Kind"), max_length=8, choices=Kind)
    region = region_field()
    secret = models.BinaryField()  # sealed with the source's own data key
    enabled = models.BooleanField(_("Enabled"), default=True)
    made_at = models.DateTimeField(_("Created at"))

    scope_by: ClassVar[Lines] = Lines()
    protected: ClassVar[tuple[str, ...]] = ("secret",)

    class Meta(Scoped.Meta):
        verbose_name = _("Source of device messages")

    def __str__(self) -> str:
        return self.code


class Quarantined(Scoped):
    """A message that was received, acknowledged and not understood; the same message again is the same row."""

    class Road(models.TextChoices):
        MQTT = "mqtt", "MQTT"
        HTTP = "http", "HTTP"
        TRACCAR = "traccar", "Traccar"
        BRIDGE = "bridge", _("Bridge")

    region = region_field()
    road = models.CharField(_("Access type"), max_length=8, choices=Road)
    device = models.CharField(_("Device"), max_length=80)
    digest = models.BinaryField()
    reason = models.CharField(_("Reason"), max_length=200)
    body = models.BinaryField()  # sealed with the row's own data key: it may hold a place or a number
    urgent = models.BooleanField(_("Urgent"), default=False)
    at = models.DateTimeField(_("At"))

    scope_by: ClassVar[Lines] = Lines()
    protected: ClassVar[tuple[str, ...]] = ("body",)

    class Meta(Scoped.Meta):
        verbose_name = _("Unrecognised message")
        constraints = [
            models.UniqueConstraint(fields=["device", "digest"], name="one_quarantined_message"),
        ]
        indexes = [models.Index(fields=["at"], name="quarantined_by_age")]

    def __str__(self) -> str:
        return self.reason
