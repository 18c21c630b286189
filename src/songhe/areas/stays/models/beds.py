"""Rooms and beds of facilities, and when a bed is out of order."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field

OWN = Lines(holders=("organisation_id", "facility_id"))


class BedKind(models.TextChoices):
    """What a bed is for."""

    NURSING = "nursing", _("Nursing bed")
    ORDINARY = "ordinary", _("Ordinary bed")
    SHORT = "short", _("Short-stay bed")
    DAY = "day", _("Day bed")


class Room(Scoped):
    """One room of a facility's building."""

    facility = models.ForeignKey(
        "providers.Facility", models.PROTECT, related_name="+", verbose_name=_("Facility")
    )
    organisation_id = models.UUIDField()
    region = region_field(verbose_name=_("Region"))
    building = models.CharField(_("Building"), max_length=20, blank=True)
    floor = models.SmallIntegerField(_("Floor"), default=1)
    number = models.CharField(_("Room"), max_length=12)

    scope_by: ClassVar[Lines] = OWN
    if TYPE_CHECKING:
        facility_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Room")
        constraints = [
            models.UniqueConstraint(fields=["facility", "building", "number"], name="one_room_of_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.building} {self.number}".strip()


class Bed(Scoped):
    """One bed. From ``until`` on it is taken away; what was in it stays known."""

    room = models.ForeignKey(Room, models.PROTECT, related_name="beds", verbose_name=_("Room"))
    facility = models.ForeignKey(
        "providers.Facility", models.PROTECT, related_name="+", verbose_name=_("Facility")
    )
    organisation_id = models.UUIDField()
    region = region_field(verbose_name=_("Region"))
    label = models.CharField(_("Bed"), max_length=20)
    kind = models.CharField(_("Kind"), max_length=8, choices=BedKind)
    since = models.DateField(_("From"))
    until = models.DateField(_("Bed removed on"), null=True)

    scope_by: ClassVar[Lines] = OWN
    if TYPE_CHECKING:
        facility_id: UUID
        room_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Bed")
        indexes = [
            models.Index(fields=["facility", "kind"], name="bed_by_facility"),
            models.Index(fields=["region", "kind"], name="bed_by_region"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["room", "label"], name="one_bed_of_a_label"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="bed_in_order"),
        ]

    def __str__(self) -> str:
        return self.label


class Closure(Scoped):
    """A bed is out of order from a day until before another, or until further notice."""

    bed = models.ForeignKey(Bed, models.CASCADE, related_name="+", verbose_name=_("Bed"))
    facility_id = models.UUIDField()
    organisation_id = models.UUIDField()
    region = region_field()
    since = models.DateField(_("From"))
    until = models.DateField(_("Back in service on"), null=True)
    reason = models.CharField(_("Reason"), max_length=200)
    entered_by = models.CharField(_("Entered by"), max_length=80)

    scope_by: ClassVar[Lines] = OWN
    if TYPE_CHECKING:
        bed_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Out of service")
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="closure_in_order"
            )
        ]

    def __str__(self) -> str:
        return f"{self.since} – {self.until or ''}"
