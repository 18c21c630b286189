"""The kitchen: supplies, samples, hygiene, cooks and their duties."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.canteens.limits import meal_name, terms
from songhe.areas.canteens.models.common import OfCanteen


class Unit(models.TextChoices):
    """In what a supply is counted; the smallest unit is stored."""

    GRAM = "g", _("Kilograms")
    MILLILITRE = "ml", _("Litres")
    PIECE = "piece", _("Pieces")


class Supply(OfCanteen):
    """Something bought, or given in kind where it cost nothing. ``amount`` is in grams, millilitres or pieces."""

    on = models.DateField(_("Bought on"))
    item = models.CharField(_("Item bought"), max_length=80)
    amount = models.IntegerField(_("Quantity"))
    unit = models.CharField(_("Unit"), max_length=5, choices=Unit)
    fen = models.BigIntegerField(_("Amount paid"))
    supplier = models.CharField(_("Supplier"), max_length=120, blank=True)
    receipt_id = models.UUIDField(null=True)
    voided_at = models.DateTimeField(_("Voided at"), null=True)
    reason = models.CharField(_("Reason"), max_length=200, blank=True)
    by = models.CharField(_("Entered by"), max_length=80)
    at = models.DateTimeField(_("Entered at"))

    class Meta(OfCanteen.Meta):
        verbose_name = _("Supply")
        indexes = [models.Index(fields=["canteen", "on"], name="supply_by_day")]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0, fen__gte=0), name="supply_is_something"),
        ]

    def __str__(self) -> str:
        return self.item

    @property
    def amount_text(self) -> str:
        """The amount as people say it."""
        if self.unit == Unit.PIECE:
            return f"{self.amount:,}"
        whole, rest = divmod(self.amount, 1000)
        shown = f"{whole:,}.{rest:03d}".rstrip("0").rstrip(".")
        return f"{shown} {'kg' if self.unit == Unit.GRAM else 'L'}"


class Sample(OfCanteen):
    """Food of one dish kept for the case that somebody falls ill."""

    on = models.DateField(_("Day"))
    meal = models.CharField(_("Meal"), max_length=12)
    dish = models.CharField(_("Dish"), max_length=80)
    grams = models.SmallIntegerField(_("Grams"))
    taken_at = models.DateTimeField(_("Sample taken at"))
    taken_by = models.CharField(_("Sample kept by"), max_length=80)
    keep_until = models.DateTimeField(_("Keep until"))
    discarded_at = models.DateTimeField(_("Sample discarded at"), null=True)
    discarded_by = models.CharField(_("Discarded by"), max_length=80, blank=True)

    class Meta(OfCanteen.Meta):
        verbose_name = _("Food sample")
        indexes = [models.Index(fields=["canteen", "keep_until"], name="sample_by_end")]
        constraints = [
            models.CheckConstraint(
                condition=Q(grams__gt=0, keep_until__gt=F("taken_at"))
                & (Q(discarded_at=None) | Q(discarded_at__gte=F("keep_until"))),
                name="sample_kept_long_enough",
            ),
            models.UniqueConstraint(fields=["canteen", "on", "meal", "dish"], name="one_sample_of_a_dish"),
        ]

    def __str__(self) -> str:
        return self.dish

    def state_at(self, at: datetime) -> str:
        """Kept, to be discarded, or discarded."""
        if self.discarded_at is not None:
            return "discarded"
        return "kept" if at < self.keep_until else "overdue"

    @property
    def is_short(self) -> bool:
        """Whether less was kept than there should be."""
        return self.grams < terms().sample_grams


class HygieneDay(OfCanteen):
    """The kitchen's checklist of one day: what was in order. What was not has a word on what was done about it."""

    on = models.DateField(_("Day"))
    done: models.JSONField[list[str], list[str]] = models.JSONField(_("In order"), default=list)
    missing: models.JSONField[list[str], list[str]] = models.JSONField(_("Not in order"), default=list)
    note = models.CharField(_("What was done about it"), max_length=400, blank=True)
    by = models.CharField(_("Entered by"), max_length=80)
    at = models.DateTimeField(_("Entered at"))

    class Meta(OfCanteen.Meta):
        verbose_name = _("Hygiene log")
        constraints = [
            models.UniqueConstraint(fields=["canteen", "on"], name="one_hygiene_of_a_day"),
            models.CheckConstraint(condition=Q(missing=[]) | ~Q(note=""), name="fault_has_its_measure"),
        ]

    def __str__(self) -> str:
        return f"{self.on}"


class Cook(OfCanteen):
    """Somebody who cooks, paid or as a volunteer, with the health certificate that lets them."""

    class Kind(models.TextChoices):
        PAID = "paid", _("Paid staff")
        VOLUNTEER = "volunteer", _("Volunteer")

    name = models.CharField(_("Name"), max_length=60)
    kind = models.CharField(_("Kind"), max_length=9, choices=Kind)
    certificate_no = models.CharField(_("Health certificate"), max_length=60, blank=True)
    certificate_until = models.DateField(_("Valid until"), null=True)
    since = models.DateField(_("From"))
    until = models.DateField(_("Until"), null=True)

    class Meta(OfCanteen.Meta):
        verbose_name = _("Cook")
        indexes = [models.Index(fields=["canteen", "certificate_until"], name="cook_by_certificate")]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="cook_leaves_after"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def certified(self, on: date) -> bool:
        """Whether the health certificate is valid on a day. Without one nobody cooks."""
        return (
            bool(self.certificate_no) and self.certificate_until is not None and on <= self.certificate_until
        )

    def serves(self, on: date) -> bool:
        """Whether still with the canteen on a day."""
        return self.since <= on and (self.until is None or on <= self.until)


class Duty(OfCanteen):
    """Who cooks on which day."""

    cook = models.ForeignKey(Cook, models.PROTECT, related_name="+", verbose_name=_("Cook"))
    on = models.DateField(_("Day"))
    meal = models.CharField(_("Meal"), max_length=12)
    by = models.CharField(_("Entered by"), max_length=80)
    at = models.DateTimeField(_("Entered at"))

    if TYPE_CHECKING:
        cook_id: UUID

    class Meta(OfCanteen.Meta):
        verbose_name = _("Cook's duty")
        indexes = [models.Index(fields=["canteen", "on"], name="duty_by_day")]
        constraints = [models.UniqueConstraint(fields=["cook", "on", "meal"], name="one_duty_of_a_meal")]

    def __str__(self) -> str:
        return f"{self.on} {meal_name(self.meal)}"
