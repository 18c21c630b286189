"""Days at a centre: who comes on which days, the roll of each day with its record, and activities."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.stays.models.beds import OWN
from songhe.areas.stays.models.living import COMES, KEPT
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field
from songhe.engines.vault.api import open_keys, reveal_with
from songhe.kit.words import WEEKDAYS


class Centre(Scoped):
    """What a facility offers by the day: places on each day it is open, and what a day and a meal cost."""

    facility = models.OneToOneField(
        "providers.Facility", models.PROTECT, related_name="+", verbose_name=_("Facility")
    )
    organisation_id = models.UUIDField()
    region = region_field(verbose_name=_("Region"))
    places = models.SmallIntegerField(_("Places a day"))
    open_days: models.JSONField[list[int], list[int]] = models.JSONField(_("Opening days"), default=list)
    day_fen = models.IntegerField(_("Daily fee (yuan)"), default=0)
    meal_fen = models.IntegerField(_("Meal fee (yuan)"), default=0)

    scope_by: ClassVar[Lines] = OWN
    if TYPE_CHECKING:
        facility_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Day-care offer")
        constraints = [
            models.CheckConstraint(
                condition=Q(places__gt=0, day_fen__gte=0, meal_fen__gte=0), name="centre_has_places"
            )
        ]

    def __str__(self) -> str:
        return str(self.facility)


class DayPlace(Scoped):
    """A person comes to a centre on some days of the week, from a day until before another."""

    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    facility = models.ForeignKey(
        "providers.Facility", models.PROTECT, related_name="+", verbose_name=_("Facility")
    )
    organisation_id = models.UUIDField()
    region = region_field(verbose_name=_("Region"))
    home = region_field(verbose_name=_("Lives in"))
    weekdays: models.JSONField[list[int], list[int]] = models.JSONField(_("Attendance days"), default=list)
    since = models.DateField(_("From"))
    until = models.DateField(_("Until"), null=True)
    entered_by = models.CharField(_("Entered by"), max_length=80)
    entered_at = models.DateTimeField(_("Entered at"))
    reason = models.CharField(_("Reason"), max_length=200, blank=True)
    death_id = models.UUIDField(null=True)

    scope_by: ClassVar[Lines] = COMES
    if TYPE_CHECKING:
        person_id: UUID
        facility_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Place at a day centre")
        indexes = [
            models.Index(fields=["facility", "until"], name="day_place_by_facility"),
            models.Index(fields=["region", "until"], name="day_place_by_region"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "facility"], condition=Q(until=None), name="one_open_day_place"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="day_place_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.day_names

    @property
    def day_names(self) -> str:
        """The days of the week in words."""
        return " · ".join(str(WEEKDAYS[day - 1]) for day in sorted(self.weekdays) if 1 <= day <= 7)


class Coming(models.TextChoices):
    """Whether somebody came."""

    PRESENT = "present", _("Present")
    ABSENT = "absent", _("Absent")


class Condition(models.TextChoices):
    """How somebody was."""

    GOOD = "good", _("Good")
    FAIR = "fair", _("Fair")
    POOR = "poor", _("Poor")


class Attendance(Scoped):
    """One line of a day's roll, with the day's record. ``record_sealed`` holds how the person was: health is sealed."""

    place = models.ForeignKey(DayPlace, models.PROTECT, related_name="+")
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    facility_id = models.UUIDField()
    organisation_id = models.UUIDField()
    region = region_field(verbose_name=_("Region"))
    day = models.DateField(_("Day"))
    coming = models.CharField(_("State"), max_length=8, choices=Coming)
    meals = models.SmallIntegerField(_("Meals"), default=0)
    fee_fen = models.IntegerField(_("Fee"), default=0)
    record_sealed = models.BinaryField(default=b"")
    late_why = models.CharField(_("Why entered late"), max_length=200, blank=True)
    entered_by = models.CharField(_("Entered by"), max_length=80)
    entered_at = models.DateTimeField(_("Entered at"))

    scope_by: ClassVar[Lines] = KEPT
    protected: ClassVar[tuple[str, ...]] = ("record_sealed",)
    if TYPE_CHECKING:
        place_id: UUID
        person_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Attendance")
        indexes = [
            models.Index(fields=["facility_id", "day"], name="attendance_by_facility"),
            models.Index(fields=["region", "day"], name="attendance_by_region"),
            models.Index(fields=["person", "day"], name="attendance_by_person"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["place", "day"], name="one_line_of_a_day"),
            models.CheckConstraint(
                condition=Q(meals__range=(0, 3), fee_fen__gte=0)
                & (Q(coming="present") | Q(meals=0, fee_fen=0)),
                name="absent_costs_nothing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.get_coming_display()}"

    @property
    def record(self) -> dict[str, Any]:
        """Condition, temperature in tenths of a degree, and a note; nothing where none was written."""
        keys = open_keys([self.person_id]) if self.record_sealed else {}
        if self.person_id not in keys:
            return {}
        found: dict[str, Any] = json.loads(
            reveal_with(keys[self.person_id], self.person_id, self.record_sealed)
        )
        return found


class Activity(Scoped):
    """Something that a facility does together on a day; it names nobody."""

    facility = models.ForeignKey(
        "providers.Facility", models.PROTECT, related_name="+", verbose_name=_("Facility")
    )
    organisation_id = models.UUIDField()
    region = region_field(verbose_name=_("Region"))
    name = models.CharField(_("Activity"), max_length=60)
    day = models.DateField(_("Day"))
    starts = models.TimeField(_("Begins"))
    ends = models.TimeField(_("Ends"))
    places = models.SmallIntegerField(_("Places"))
    cancelled = models.BooleanField(_("Cancelled"), default=False)

    scope_by: ClassVar[Lines] = OWN
    if TYPE_CHECKING:
        facility_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Activity")
        indexes = [models.Index(fields=["facility", "day"], name="activity_by_facility")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts"), places__gt=0), name="activity_has_length"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Entry(Scoped):
    """A person takes part in an activity."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="entries")
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    facility_id = models.UUIDField()
    organisation_id = models.UUIDField()
    region = region_field()
    entered_at = models.DateTimeField(_("Entered at"))

    scope_by: ClassVar[Lines] = KEPT
    if TYPE_CHECKING:
        activity_id: UUID
        person_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Activity sign-up")
        constraints = [models.UniqueConstraint(fields=["activity", "person"], name="takes_part_once")]

    def __str__(self) -> str:
        return str(self.activity)
