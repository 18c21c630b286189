"""Stays in institutions: admission to discharge, the beds lived in, leave between, and the one care setting of a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.assessment.api import Level
from songhe.areas.stays.models.beds import Bed
from songhe.areas.stays.rules import Fen, month_fee
from songhe.engines.access.api import KinLines, Lines, Scope, Scoped
from songhe.engines.regions.fields import region_field

KEPT = KinLines(holders=("organisation_id", "facility_id"))
"""A facility and its organisation, offices of the facility's region, and kin; nobody else who serves the person."""


@dataclass(frozen=True, slots=True)
class HomeLines(KinLines):
    """The same, and the offices of the region that the person comes from."""

    def allows(self, scope: Scope) -> Q:
        """The first lock."""
        seen = KinLines.allows(self, scope)
        for low, high in scope.areas:
            seen |= Q(home_id__gte=low, home_id__lt=high)
        return seen

    def policy(self) -> str:
        """The second lock."""
        areas = "(SELECT nullif(current_setting('songhe.areas', true), '')::int8multirange)"
        return f"({KinLines.policy(self)}) OR home_id <@ {areas}"


COMES = HomeLines(holders=("organisation_id", "facility_id"))


class StayState(models.TextChoices):
    """Where a stay stands."""

    LIVING = "living", _("Living here")
    AWAY = "away", _("On leave")
    ENDED = "ended", _("Left the facility")


class Ending(models.TextChoices):
    """Where somebody went."""

    HOME = "home", _("Returned home")
    HOSPITAL = "hospital", _("Hospital")
    OTHER_HOME = "other_home", _("Another facility")
    DIED = "died", _("Deceased")


class Stay(Scoped):
    """One person's time in an institution. ``until`` is the day of leaving; ``region`` is the facility's.

    ``level`` is the ability level in force at admission; without one, ``without_why`` says why it could not wait.
    ``home`` is where the person lived when admitted.
    """

    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    facility = models.ForeignKey(
        "providers.Facility", models.PROTECT, related_name="+", verbose_name=_("Facility")
    )
    organisation_id = models.UUIDField()
    region = region_field(verbose_name=_("Region"))
    home = region_field(verbose_name=_("Previous residence"))
    contract_no = models.CharField(_("Contract number"), max_length=40)
    state = models.CharField(_("State"), max_length=8, choices=StayState, default=StayState.LIVING)
    since = models.DateField(_("Admitted on"))
    due_on = models.DateField(_("Planned until"), null=True)
    until = models.DateField(_("Left on"), null=True)
    ending = models.CharField(_("Went to"), max_length=10, choices=Ending, blank=True)
    level = models.SmallIntegerField(_("Level"), null=True, choices=Level)
    without_why = models.CharField(_("Why without an assessment"), max_length=200, blank=True)
    guardian = models.CharField(_("Guardian or contact"), max_length=60)
    guardian_phone_sealed = models.BinaryField(default=b"")
    guardian_phone_masked = models.CharField(_("Telephone"), max_length=24, blank=True)
    bed_fen = models.IntegerField(_("Bed (yuan a month)"), default=0)
    care_fen = models.IntegerField(_("Care (yuan a month)"), default=0)
    meals_fen = models.IntegerField(_("Meals (yuan a month)"), default=0)
    admitted_by = models.CharField(_("Entered by"), max_length=80)
    admitted_at = models.DateTimeField(_("Entered at"))
    reason = models.CharField(_("Reason"), max_length=200, blank=True)
    death_id = models.UUIDField(null=True)

    scope_by: ClassVar[Lines] = COMES
    protected: ClassVar[tuple[str, ...]] = ("guardian_phone_sealed",)
    if TYPE_CHECKING:
        person_id: UUID
        facility_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Stay")
        indexes = [
            models.Index(fields=["region", "state"], name="stay_by_region"),
            models.Index(fields=["facility", "state"], name="stay_by_facility"),
            models.Index(fields=["person", "since"], name="stay_by_person"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="stay_in_order"),
            models.CheckConstraint(
                condition=Q(state="ended", until__isnull=False) | (~Q(state="ended") & Q(until=None)),
                name="stay_ends_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(bed_fen__gte=0, care_fen__gte=0, meals_fen__gte=0), name="stay_costs_something"
            ),
            models.CheckConstraint(
                condition=Q(level__isnull=False) | ~Q(without_why=""), name="stay_assessed_or_why"
            ),
        ]

    def __str__(self) -> str:
        return self.contract_no

    @property
    def month_fen(self) -> Fen:
        """What a month costs in all."""
        return month_fee(Fen(self.bed_fen), Fen(self.care_fen), Fen(self.meals_fen))


class Occupancy(Scoped):
    """Days that a stay has a bed. No two of one bed overlap, and no two of one person."""

    stay = models.ForeignKey(Stay, models.PROTECT, related_name="beds")
    bed = models.ForeignKey(Bed, models.PROTECT, related_name="+", verbose_name=_("Bed"))
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    facility_id = models.UUIDField()
    organisation_id = models.UUIDField()
    region = region_field()
    since = models.DateField(_("From"))
    until = models.DateField(_("Until"), null=True)

    scope_by: ClassVar[Lines] = KEPT
    if TYPE_CHECKING:
        stay_id: UUID
        bed_id: UUID
        person_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Occupied bed")
        indexes = [
            models.Index(fields=["facility_id"], condition=Q(until=None), name="occupied_by_facility"),
            models.Index(fields=["stay", "since"], name="occupancy_by_stay"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="occupancy_in_order"
            )
        ]

    def __str__(self) -> str:
        return f"{self.since} – {self.until or ''}"


class LeaveKind(models.TextChoices):
    """Why somebody is away."""

    HOSPITAL = "hospital", _("In hospital")
    HOME = "home", _("Home leave")
    OTHER = "other", _("Elsewhere")


class Leave(Scoped):
    """Days away during a stay. ``back_on`` is when they are expected; from ``frees_on`` on the bed is others'."""

    stay = models.ForeignKey(Stay, models.PROTECT, related_name="leaves")
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    facility_id = models.UUIDField()
    organisation_id = models.UUIDField()
    region = region_field()
    kind = models.CharField(_("Why"), max_length=8, choices=LeaveKind)
    since = models.DateField(_("From"))
    back_on = models.DateField(_("Expected back"), null=True)
    until = models.DateField(_("Back in the facility on"), null=True)
    frees_on = models.DateField(_("Bed held until"), null=True)
    entered_by = models.CharField(_("Entered by"), max_length=80)

    scope_by: ClassVar[Lines] = KEPT
    if TYPE_CHECKING:
        stay_id: UUID
        person_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Leave from a stay")
        indexes = [models.Index(fields=["frees_on"], condition=Q(until=None), name="leave_frees_bed")]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="stay_leave_in_order"
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class SettingKind(models.TextChoices):
    """Where a person is cared for; one at a time."""

    STAY = "stay", _("In an institution")
    HOME_BED = "home_bed", _("Family care bed")


class Setting(Scoped):
    """Days of a person in one care setting. Those of one person never overlap, whoever keeps them."""

    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    kind = models.CharField(_("Kind"), max_length=8, choices=SettingKind)
    organisation_id = models.UUIDField()
    facility_id = models.UUIDField(null=True)
    region = region_field()
    since = models.DateField(_("From"))
    until = models.DateField(_("Until"), null=True)
    source_id = models.UUIDField(db_index=True)

    scope_by: ClassVar[Lines] = KEPT
    if TYPE_CHECKING:
        person_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Care setting")
        indexes = [models.Index(fields=["person", "since"], name="setting_by_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="setting_in_order"
            )
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())
