"""Canteens, their menus and head counts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.canteens.limits import allergen_choices, meal_name
from songhe.areas.canteens.models.common import KITCHEN, OfCanteen
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field


class Counting(models.TextChoices):
    """Who is expected when nothing was said."""

    ENROLLED = "enrolled", _("Every diner who has not cancelled")
    ORDERED = "ordered", _("Only those who ordered")


class Serving(models.TextChoices):
    """How meals are entered."""

    ROLL = "roll", _("Printed weekly attendance sheet")
    CARD = "card", _("Card or code")


class OpenDays(models.TextChoices):
    """On which days meals are served."""

    DAILY = "daily", _("Every day")
    WORKING = "working", _("Working days")


class PaperKind(models.TextChoices):
    """By which paper the kitchen may cook: a permit, or a filing where a table is small."""

    PERMIT = "permit", _("Food permit")
    FILING = "filing", _("Food filing")


class Canteen(Scoped):
    """How a facility of the register serves meals. Its name, address and whether it operates are the facility's."""

    facility = models.OneToOneField(
        "providers.Facility", models.PROTECT, related_name="+", verbose_name=_("Facility")
    )
    organisation_id = models.UUIDField(_("Organisation"))
    region = region_field(verbose_name=_("Region"))
    name = models.CharField(_("Canteen name"), max_length=120)
    serving = models.CharField(
        _("How meals are entered"), max_length=8, choices=Serving, default=Serving.ROLL
    )
    counting = models.CharField(
        _("Who is expected"), max_length=8, choices=Counting, default=Counting.ENROLLED
    )
    open_days = models.CharField(_("Days open"), max_length=8, choices=OpenDays, default=OpenDays.DAILY)
    meals: models.JSONField[list[str], list[str]] = models.JSONField(_("Meals served"), default=list)
    seats = models.SmallIntegerField(_("Seats"), null=True)
    paper_kind = models.CharField(_("Food permit or filing"), max_length=6, choices=PaperKind, blank=True)
    paper_no = models.CharField(_("Permit or filing number"), max_length=60, blank=True)
    paper_until = models.DateField(_("Valid until"), null=True)
    since = models.DateField(_("Serving since"))

    scope_by: ClassVar[Lines] = KITCHEN
    if TYPE_CHECKING:
        facility_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Canteen")
        indexes = [models.Index(fields=["region", "name"], name="canteen_by_region")]
        constraints = [
            models.CheckConstraint(condition=Q(seats=None) | Q(seats__gt=0), name="canteen_has_seats"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def meal_names(self) -> str:
        """Its meals in words."""
        return " · ".join(meal_name(code) for code in self.meals)

    def paper_holds(self, on: date) -> bool:
        """Whether the kitchen has a paper that is valid on a day."""
        return bool(self.paper_no) and (self.paper_until is None or on <= self.paper_until)


class MenuDay(OfCanteen):
    """What is cooked for one meal of one day."""

    on = models.DateField(_("Day"))
    meal = models.CharField(_("Meal"), max_length=12)
    dishes: models.JSONField[list[str], list[str]] = models.JSONField(_("Dishes"), default=list)
    allergens: models.JSONField[list[str], list[str]] = models.JSONField(_("Allergens"), default=list)
    by = models.CharField(_("Entered by"), max_length=80)
    at = models.DateTimeField(_("Entered at"))

    class Meta(OfCanteen.Meta):
        verbose_name = _("Menu of a meal")
        constraints = [
            models.UniqueConstraint(fields=["canteen", "on", "meal"], name="one_menu_of_a_meal"),
        ]

    def __str__(self) -> str:
        return f"{self.on} {meal_name(self.meal)}"

    @property
    def dish_names(self) -> str:
        """The dishes in one line."""
        return "、".join(self.dishes)

    @property
    def allergen_names(self) -> str:
        """The allergens in words."""
        known = dict(allergen_choices())
        return " · ".join(known.get(code, code) for code in self.allergens)


class HeadCount(OfCanteen):
    """How many meals were to be cooked, confirmed before the kitchen begins. ``late``: after the hour that is set."""

    on = models.DateField(_("Day"))
    meal = models.CharField(_("Meal"), max_length=12)
    expected = models.IntegerField(_("Expected"))
    counted = models.IntegerField(_("Head count"))
    delivered = models.IntegerField(_("Meals to deliver"), default=0)
    late = models.BooleanField(_("Confirmed late"), default=False)
    by = models.CharField(_("Confirmed by (name)"), max_length=80)
    at = models.DateTimeField(_("Confirmed at"))

    class Meta(OfCanteen.Meta):
        verbose_name = _("Head count")
        constraints = [
            models.UniqueConstraint(fields=["canteen", "on", "meal"], name="one_count_of_a_meal"),
            models.CheckConstraint(
                condition=Q(expected__gte=0, counted__gte=0, delivered__gte=0), name="count_counts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {meal_name(self.meal)}"
