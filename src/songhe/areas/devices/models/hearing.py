"""The last state of each device, and the signals that are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.devices.limits import signal_name
from songhe.areas.devices.models.devices import WORN, Device
from songhe.areas.devices.rules import Became as _Became
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field


class ClockFault(models.TextChoices):
    """How a device's clock lies."""

    NONE = "", _("Accurate")
    AHEAD = "ahead", _("Fast")
    BEHIND = "behind", _("Slow")
    JUMPING = "jumping", _("Erratic")


class Became(models.TextChoices):
    """What became of a signal that is kept."""

    ALARM = _Became.ALARM, _("Alarm")
    KEPT = _Became.KEPT, _("Kept on record")
    TEST = _Became.TEST, _("Test")
    ASKED = _Became.ASKED, _("Test to query")
    UNBOUND = _Became.UNBOUND, _("From an unassigned device")
    DISABLED = _Became.DISABLED, _("From a disabled device")
    STRANGE = _Became.STRANGE, _("Not recognised")


class Last(Scoped):
    """The last state of a device: one narrow row, rewritten by every signal. The place is sealed with the person's key."""

    device = models.OneToOneField(Device, models.CASCADE, related_name="last", verbose_name=_("Device"))
    region = region_field(db_index=False, verbose_name=_("Region"))
    holder_id = models.UUIDField(null=True)
    person = models.ForeignKey(
        "registry.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("Person")
    )
    connected_at = models.DateTimeField(_("First connected"), null=True)
    first_used_at = models.DateTimeField(_("First used"), null=True)
    heard_at = models.DateTimeField(_("Last signal"), null=True)
    battery = models.SmallIntegerField(_("Battery"), null=True)
    battery_at = models.DateTimeField(_("Battery as of"), null=True)
    battery_low = models.BooleanField(_("Battery low"), default=False, db_default=False)
    clock = models.CharField(
        _("Clock"), max_length=8, choices=ClockFault, blank=True, default="", db_default=""
    )
    clock_off = models.IntegerField(_("Clock offset (s)"), null=True)
    place_sealed = models.BinaryField(default=b"", db_default=b"")
    located_at = models.DateTimeField(_("Location as of"), null=True)
    kept_at = models.DateTimeField(null=True)
    inside = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    used_at = models.DateTimeField(_("Last used"), null=True)
    tested_at = models.DateTimeField(_("Last tested"), null=True)
    asked_at = models.DateTimeField(null=True)

    scope_by: ClassVar[Lines] = WORN
    busy: ClassVar[bool] = True
    protected: ClassVar[tuple[str, ...]] = ("place_sealed",)
    follows_person: ClassVar[bool] = True
    if TYPE_CHECKING:
        device_id: UUID
        person_id: UUID | None

    class Meta(Scoped.Meta):
        verbose_name = _("Last state")

    def __str__(self) -> str:
        return str(self.device_id)


class Signal(Scoped):
    """One signal that is kept: once, however often it comes. What it said beside its kind is sealed, with the key of the person
    where there is one, else with the device's own. ``key`` is the device's own number of it, which may come again for another."""

    # Without foreign keys in the database: whoever writes here holds the row of the device's last state.
    device = models.ForeignKey(
        Device,
        models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name=_("Device"),
    )
    region = region_field(db_index=False, db_constraint=False, verbose_name=_("Region"))
    person = models.ForeignKey(
        "registry.Person", models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False,
        verbose_name=_("Person"),
    )  # fmt: skip
    key = models.CharField(max_length=64)
    kind = models.CharField(_("Reported content"), max_length=24)
    at = models.DateTimeField(_("When"))
    sent_at = models.DateTimeField(_("By the device's clock"), null=True)
    received_at = models.DateTimeField(_("Received"))
    battery = models.SmallIntegerField(_("Battery"), null=True)
    clock = models.CharField(_("Clock"), max_length=8, choices=ClockFault, blank=True, db_default="")
    became = models.CharField(_("Outcome of the signal"), max_length=8, choices=Became)
    owner_id = models.UUIDField()
    body_sealed = models.BinaryField(default=b"", db_default=b"")

    scope_by: ClassVar[Lines] = Lines(person="person_id")
    protected: ClassVar[tuple[str, ...]] = ("body_sealed",)
    follows_person: ClassVar[bool] = True
    if TYPE_CHECKING:
        device_id: UUID
        person_id: UUID | None

    class Meta(Scoped.Meta):
        verbose_name = _("Signal")
        indexes = [
            models.Index(fields=["device", "-at"], name="signal_by_device"),
            models.Index(
                fields=["person", "-at"], condition=Q(person__isnull=False), name="signal_by_person"
            ),
            models.Index(
                fields=["region", "-received_at"],
                condition=Q(became__in=["asked", "unbound", "disabled", "strange"]),
                name="signal_to_look_at",
            ),
            BrinIndex(fields=["received_at"], name="signal_by_receipt", pages_per_range=32),
            models.Index(fields=["device", "key"], name="signal_by_key"),
        ]

    def __str__(self) -> str:
        return self.kind_label

    @property
    def kind_label(self) -> str:
        """What was said, in words."""
        return signal_name(self.kind)


class Stray(Scoped):
    """What came in under a number that no device has: kept, counted, and shown to those who keep the register."""

    code = models.CharField(_("Device number"), max_length=64)
    region = region_field(verbose_name=_("Region"))
    kind = models.CharField(_("Reported content"), max_length=24)
    count = models.IntegerField(_("Times received"), default=1)
    first_at = models.DateTimeField(_("First signal at"))
    last_at = models.DateTimeField(_("Last signal"))
    battery = models.SmallIntegerField(_("Battery"), null=True)
    cleared_at = models.DateTimeField(_("Cleared up"), null=True)
    note = models.CharField(_("Note"), max_length=400, blank=True, db_default="")

    scope_by: ClassVar[Lines] = Lines()

    class Meta(Scoped.Meta):
        verbose_name = _("Unknown device")
        constraints = [
            models.UniqueConstraint(fields=["code", "kind"], name="one_stray_of_a_kind"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def kind_label(self) -> str:
        """What was said, in words."""
        return signal_name(self.kind)


Body = dict[str, Any]
"""What is sealed of a signal: ``place`` [longitude, latitude, accuracy] and ``extra``, as far as there is any."""
