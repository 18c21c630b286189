"""Devices, to whom they are bound, and the movements between stock and wrist."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.devices.limits import kind_name, kind_of
from songhe.areas.devices.rules import Kind
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field

WORN = Lines(holders=("holder_id",), person="person_id")
"""A device is seen by its region, by whose stock it is of, and by those tied to the person who has it."""


class Place(models.TextChoices):
    """Where a device is."""

    STOCK = "stock", _("In stock")
    ISSUED = "issued", _("Given out")
    LOST = "lost", _("Lost")
    BROKEN = "broken", _("Broken")
    REPAIR = "repair", _("In repair")
    RETIRED = "retired", _("Retired")


class Device(Scoped):
    """One device or tag. ``holder`` is the organisation whose stock it is of; without one it is the region's own.

    ``person`` and ``household`` are those of the binding that is open. When it was issued and installed stands here; when
    it first connected and was first used since then stands with its last state.
    """

    code = models.CharField(_("Device number"), max_length=40, unique=True)
    kind = models.CharField(_("Kind"), max_length=24)
    model = models.CharField(_("Model"), max_length=60, blank=True, db_default="")
    region = region_field(verbose_name=_("Region"))
    holder = models.ForeignKey(
        "providers.Organisation", models.PROTECT, null=True, related_name="+", verbose_name=_("Stock owner")
    )
    place = models.CharField(_("Where it is"), max_length=8, choices=Place, default=Place.STOCK, db_default=Place.STOCK)  # fmt: skip
    person = models.ForeignKey(
        "registry.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("Person")
    )
    household = models.ForeignKey(
        "registry.Household", models.PROTECT, null=True, related_name="+", verbose_name=_("Household")
    )
    helper_id = models.UUIDField(null=True)
    helper = models.CharField(_("Responsible helper"), max_length=80, blank=True, db_default="")
    secret_hash = models.BinaryField(null=True, max_length=32)
    secret_at = models.DateTimeField(_("Secret generated"), null=True)
    enabled = models.BooleanField(_("Reporting allowed"), default=True, db_default=True)
    reason = models.CharField(_("Reason"), max_length=400, blank=True, db_default="")
    test_until = models.DateTimeField(_("In test mode until"), null=True)
    registered_at = models.DateTimeField(_("In the register since"))
    issued_at = models.DateTimeField(_("Given out"), null=True)
    installed_at = models.DateTimeField(_("Installed"), null=True)

    scope_by: ClassVar[Lines] = WORN
    protected: ClassVar[tuple[str, ...]] = ("secret_hash",)
    follows_person: ClassVar[bool] = True
    if TYPE_CHECKING:
        holder_id: UUID | None
        person_id: UUID | None
        household_id: UUID | None

    class Meta(Scoped.Meta):
        verbose_name = _("Device")
        indexes = [
            models.Index(fields=["region", "kind", "place"], name="device_by_region"),
            models.Index(fields=["household"], condition=Q(household__isnull=False), name="device_of_household"),
            models.Index(fields=["holder", "place"], condition=Q(holder__isnull=False), name="device_of_holder"),
            models.Index(fields=["helper_id"], condition=Q(helper_id__isnull=False), name="device_of_helper"),
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(
                condition=Q(place__in=["issued", "lost", "broken", "repair"]) | Q(person=None),
                name="device_bound_is_out",
            ),
            models.CheckConstraint(
                condition=Q(household=None) | Q(person__isnull=False), name="device_of_household_has_person"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def kind_label(self) -> str:
        """Its kind in words."""
        return kind_name(self.kind)

    @property
    def terms(self) -> Kind | None:
        """What the data say about its kind."""
        return kind_of(self.kind)

    def tests(self, at: datetime) -> bool:
        """Whether it rests in test mode."""
        return self.test_until is not None and at < self.test_until


class Binding(Scoped):
    """A device with a person, and with the person's household where it serves all members; days are half-open."""

    device = models.ForeignKey(Device, models.PROTECT, related_name="bindings", verbose_name=_("Device"))
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    household = models.ForeignKey(
        "registry.Household", models.PROTECT, null=True, related_name="+", verbose_name=_("Household")
    )
    region = region_field(db_index=False, verbose_name=_("Region"))
    since = models.DateField(_("From"))
    until = models.DateField(_("Until"), null=True)
    is_free = models.BooleanField(_("Issued free"), default=False, db_default=False)
    bound_by = models.CharField(_("Bound by"), max_length=80)
    bound_at = models.DateTimeField(_("Bound at"))
    ended_by = models.CharField(_("Ended by"), max_length=80, blank=True, db_default="")
    reason = models.CharField(_("Reason"), max_length=400, blank=True, db_default="")

    scope_by: ClassVar[Lines] = Lines(person="person_id")
    follows_person: ClassVar[bool] = True
    if TYPE_CHECKING:
        device_id: UUID
        person_id: UUID
        household_id: UUID | None

    class Meta(Scoped.Meta):
        verbose_name = _("Binding")
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="binding_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d} – {self.until or ''}".strip()


class Move(models.TextChoices):
    """How a device comes from one place to another."""

    RECEIVED = "received", _("Received into stock")
    ISSUED = "issued", _("Given out")
    RETURNED = "returned", _("Handed back")
    LOST = "lost", _("Reported lost")
    FOUND = "found", _("Found again")
    BROKEN = "broken", _("Reported broken")
    SENT = "sent", _("Sent for repair")
    REPAIRED = "repaired", _("Repaired")
    HANDED = "handed", _("Transferred to another stock")
    RETIRED = "retired", _("Retired")


class Movement(Scoped):
    """One movement of one device on a day. Rows are only ever added; the stock of any day is their sum."""

    device = models.ForeignKey(Device, models.PROTECT, related_name="movements", verbose_name=_("Device"))
    region = region_field(verbose_name=_("Region"))
    kind = models.CharField(max_length=24)
    move = models.CharField(_("Movement of a device"), max_length=8, choices=Move)
    source = models.CharField(_("From place"), max_length=8, choices=Place, blank=True, db_default="")
    target = models.CharField(_("Moved to"), max_length=8, choices=Place)
    holder_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True)
    on = models.DateField(_("On"))
    at = models.DateTimeField(_("Entered at"))
    by = models.CharField(_("By"), max_length=80)
    note = models.CharField(_("Note"), max_length=400, blank=True, db_default="")

    scope_by: ClassVar[Lines] = Lines(holders=("holder_id",))
    if TYPE_CHECKING:
        device_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Movement of a device")
        indexes = [models.Index(fields=["region", "on"], name="movement_by_region")]

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d} {self.get_move_display()}"
