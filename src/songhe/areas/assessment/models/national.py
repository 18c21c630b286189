"""Levels of the national platform: what it says of a person, who is not in the registry, where the city differs."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.assessment.models.assessing import Assessment, Level
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field


class Degree(models.IntegerChoices):
    """The levels that the national platform tells. They are its own words and are never turned into a city's level."""

    MODERATE = 2, _("Moderate disability")
    SEVERE = 3, _("Severe disability")
    COMPLETE = 4, _("Complete disability")


class NationalLevel(Scoped):
    """What the national platform says of a person. A row that the platform corrects is replaced, not changed.

    ``valid_until`` is the last day on which the level holds. ``imported_at`` and ``replaced_at`` say when this was
    believed, so that a month can be worked out again as it was known.
    """

    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field(verbose_name=_("Region"))
    level = models.SmallIntegerField(_("National level"), choices=Degree)
    assessed_on = models.DateField(_("Assessed on"))
    assessed_by = models.CharField(_("Assessed by"), max_length=120)
    valid_until = models.DateField(_("Valid until"))
    imported_at = models.DateTimeField(_("Imported at"))
    replaced_at = models.DateTimeField(_("Replaced at"), null=True)
    if TYPE_CHECKING:
        person_id: UUID

    scope_by: ClassVar[Lines] = Lines(person="person_id")
    follows_person: ClassVar[bool] = True

    class Meta(Scoped.Meta):
        verbose_name = _("National level")
        indexes = [models.Index(fields=["person", "assessed_on"], name="national_by_person")]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "assessed_on"], condition=Q(replaced_at=None), name="one_national_of_a_day"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("assessed_on")), name="national_days_in_order"
            ),
            models.CheckConstraint(condition=Q(level__in=[2, 3, 4]), name="national_level_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()} · {self.assessed_on:%Y-%m-%d}"

    def holds(self, on: date) -> bool:
        """Whether the level is valid on a day, as believed now."""
        return self.replaced_at is None and self.assessed_on <= on <= self.valid_until


class Unregistered(Scoped):
    """Somebody of the national list who is not in the registry of the area, with what the list says.

    The identity number is kept as a keyed hash, by which the person is found once registered, sealed, so that the hash can be
    made anew, and masked for reading. Its key is the row's own, and the person's own once there is one.
    """

    region = region_field(verbose_name=_("Region"))
    id_number_hash = models.BinaryField(max_length=16)
    id_number_sealed = models.BinaryField(default=b"", db_default=b"")
    id_number_masked = models.CharField(_("Identity number"), max_length=18)
    level = models.SmallIntegerField(_("National level"), choices=Degree)
    assessed_on = models.DateField(_("Assessed on"))
    assessed_by = models.CharField(_("Assessed by"), max_length=120)
    valid_until = models.DateField(_("Valid until"))
    imported_at = models.DateTimeField(_("Imported at"))
    person = models.ForeignKey(
        "registry.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("Now registered as")
    )
    found_at = models.DateTimeField(_("Found"), null=True)
    if TYPE_CHECKING:
        person_id: UUID | None

    scope_by: ClassVar[Lines] = Lines()
    protected: ClassVar[tuple[str, ...]] = ("id_number_hash", "id_number_sealed")

    class Meta(Scoped.Meta):
        verbose_name = _("Person of the national list")
        constraints = [
            models.UniqueConstraint(
                fields=["region", "id_number_hash", "assessed_on"], name="unregistered_once"
            ),
        ]

    def __str__(self) -> str:
        return self.id_number_masked


class DifferenceState(models.TextChoices):
    """What became of a difference."""

    OPEN = "open", _("To decide")
    STANDS = "stands", _("Both stand")
    AGAIN = "again", _("Assessed again")
    GONE = "gone", _("Settled by itself")


class LevelDifference(Scoped):
    """The city's result and the national level of one person are not the same. Neither is changed by deciding."""

    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field(verbose_name=_("Region"))
    assessment = models.ForeignKey(
        Assessment, models.PROTECT, related_name="+", verbose_name=_("The city's assessment")
    )
    national = models.ForeignKey(
        NationalLevel, models.PROTECT, related_name="+", verbose_name=_("National platform")
    )
    own = models.SmallIntegerField(_("The city's level"), choices=Level)
    other = models.SmallIntegerField(_("National level"), choices=Degree)
    state = models.CharField(_("State"), max_length=8, choices=DifferenceState, default=DifferenceState.OPEN)
    found_at = models.DateTimeField(_("Found"))
    decided_at = models.DateTimeField(_("Decided"), null=True)
    decided_by_id = models.UUIDField(null=True)
    decided_by = models.CharField(_("Decided by"), max_length=80, blank=True)
    note = models.CharField(_("Note"), max_length=400, blank=True)
    if TYPE_CHECKING:
        person_id: UUID
        assessment_id: UUID
        national_id: UUID

    scope_by: ClassVar[Lines] = Lines(person="person_id")
    follows_person: ClassVar[bool] = True

    class Meta(Scoped.Meta):
        verbose_name = _("Different levels")
        indexes = [
            models.Index(fields=["region"], condition=Q(state="open"), name="difference_open"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "national"], name="difference_once"),
            models.CheckConstraint(
                condition=Q(state="open") | Q(decided_at__isnull=False), name="difference_decided"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_own_display()} / {self.get_other_display()}"
