"""Diners, what they ordered, the weekly rolls, and the meals that were eaten."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.canteens.limits import meal_name
from songhe.areas.canteens.models.common import TABLE, OfCanteen
from songhe.areas.canteens.rules.days import week
from songhe.areas.canteens.rules.money import Split
from songhe.engines.access.api import Lines


class Way(models.TextChoices):
    """How somebody gets the meal."""

    DINE_IN = "dine_in", _("Eats there")
    COLLECT = "collect", _("Collects it")
    DELIVERED = "delivered", _("Delivered by a neighbour")


class Diner(OfCanteen):
    """A person enrolled at a canteen from a day on; ``until`` is the first day on which it is over.

    No two enrolments of a person overlap: the database keeps that. The diet note is health data and sealed with the
    person's key, as is the neighbour's telephone and the token of the card.
    """

    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    since = models.DateField(_("From"))
    until = models.DateField(_("Until"), null=True)
    why_left = models.CharField(_("Reason for stopping meals"), max_length=200, blank=True)
    way = models.CharField(_("How the meal is taken"), max_length=10, choices=Way, default=Way.DINE_IN)
    meals: models.JSONField[list[str], list[str]] = models.JSONField(_("Which meals"), default=list)
    neighbour = models.CharField(_("Neighbour"), max_length=60, blank=True)
    neighbour_phone_sealed = models.BinaryField(default=b"")
    neighbour_phone_masked = models.CharField(_("Neighbour's telephone"), max_length=24, blank=True)
    diet_sealed = models.BinaryField(default=b"")
    has_diet = models.BooleanField(_("Diet note"), default=False)
    card_digest = models.BinaryField(max_length=32, null=True, unique=True)
    card_short = models.BinaryField(max_length=32, null=True)
    card_sealed = models.BinaryField(default=b"")
    card_at = models.DateTimeField(_("Card issued"), null=True)

    scope_by: ClassVar[Lines] = TABLE
    protected: ClassVar[tuple[str, ...]] = (
        "neighbour_phone_sealed", "diet_sealed", "card_digest", "card_short", "card_sealed",
    )  # fmt: skip
    if TYPE_CHECKING:
        person_id: UUID

    class Meta(OfCanteen.Meta):
        verbose_name = _("Diner")
        indexes = [
            models.Index(fields=["canteen", "until"], name="diner_by_canteen"),
            models.Index(fields=["person", "since"], name="diner_by_person"),
            models.Index(fields=["canteen", "card_short"], name="diner_by_card"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")), name="diner_leaves_after"
            ),
            models.CheckConstraint(
                condition=~Q(way="delivered") | ~Q(neighbour=""), name="delivery_names_a_neighbour"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.since}"

    def eats_on(self, on: date) -> bool:
        """Whether enrolled on a day."""
        return self.since <= on and (self.until is None or on < self.until)

    @property
    def meal_names(self) -> str:
        """The meals in words."""
        return " · ".join(meal_name(code) for code in self.meals)


class Booking(OfCanteen):
    """What was told of one meal ahead: that somebody comes, or that not."""

    diner = models.ForeignKey(Diner, models.PROTECT, related_name="+", verbose_name=_("Diner"))
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    on = models.DateField(_("Day"))
    meal = models.CharField(_("Meal"), max_length=12)
    comes = models.BooleanField(_("Comes"))
    by = models.CharField(_("Notified by"), max_length=80)
    at = models.DateTimeField(_("Notified at"))

    scope_by: ClassVar[Lines] = TABLE

    class Meta(OfCanteen.Meta):
        verbose_name = _("Meal ordered or cancelled")
        constraints = [models.UniqueConstraint(fields=["diner", "on", "meal"], name="one_word_of_a_meal")]
        indexes = [models.Index(fields=["canteen", "on"], name="booking_by_day")]

    def __str__(self) -> str:
        return f"{self.on} {meal_name(self.meal)}"


class RollState(models.TextChoices):
    """How far a roll has come."""

    PRINTED = "printed", _("Printed")
    PARTLY = "partly", _("Entered in part")
    ENTERED = "entered", _("Entered")


class Roll(OfCanteen):
    """The printed sheet of one week: whose names stand on it, in this order. ``revision`` counts its entries."""

    number = models.CharField(_("Number"), max_length=24, unique=True)
    monday = models.DateField(_("Week starting"))
    meals: models.JSONField[list[str], list[str]] = models.JSONField(_("Which meals"), default=list)
    diners: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    revision = models.IntegerField(default=0)
    state = models.CharField(_("State"), max_length=8, choices=RollState, default=RollState.PRINTED)
    photo_id = models.UUIDField(null=True)
    printed_by = models.CharField(_("Printed by"), max_length=80)
    printed_at = models.DateTimeField(_("Printed"))
    entered_by = models.CharField(_("Entered by"), max_length=80, blank=True)
    entered_at = models.DateTimeField(_("Entered at"), null=True)

    class Meta(OfCanteen.Meta):
        verbose_name = _("Weekly attendance sheet")
        indexes = [models.Index(fields=["canteen", "monday"], name="roll_by_week")]
        constraints = [models.CheckConstraint(condition=Q(monday__week_day=2), name="roll_begins_on_monday")]

    def __str__(self) -> str:
        return self.number

    @property
    def days(self) -> list[date]:
        """The seven days."""
        return week(self.monday)

    @property
    def last(self) -> date:
        """The Sunday."""
        return self.days[-1]


class Source(models.TextChoices):
    """By what a meal was entered."""

    ROLL = "roll", _("Attendance sheet")
    CARD = "card", _("Card")
    HAND = "hand", _("By hand")


class Meal(OfCanteen):
    """One meal of one person, with who pays it in fen. A meal that was entered by mistake is voided, never removed.

    A person has each meal of a day once, wherever. ``policy_id`` is the version that said the price; ``assumed``: it rests
    on amounts that no published text names. ``grant_rule``: what grants the person this meal, where it is free.
    """

    diner = models.ForeignKey(Diner, models.PROTECT, related_name="+", verbose_name=_("Diner"))
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    on = models.DateField(_("Day"))
    meal = models.CharField(_("Meal"), max_length=12)
    way = models.CharField(_("How the meal is taken"), max_length=10, choices=Way)
    source = models.CharField(_("Entered from"), max_length=4, choices=Source)
    roll = models.ForeignKey(
        Roll, models.PROTECT, null=True, related_name="+", verbose_name=_("Weekly attendance sheet")
    )
    price_fen = models.IntegerField(_("Price of a meal"))
    subsidy_fen = models.IntegerField(_("From the budget"))
    village_fen = models.IntegerField(_("From the village"))
    donation_fen = models.IntegerField(_("From donations"))
    diner_fen = models.IntegerField(_("From the diner"))
    grant_rule = models.CharField(max_length=60, blank=True)
    policy_id = models.UUIDField()
    assumed = models.BooleanField(_("Assumed amounts"), default=False)
    served_by = models.CharField(_("Entered by"), max_length=80)
    served_at = models.DateTimeField(_("Entered at"))
    voided_at = models.DateTimeField(_("Voided at"), null=True)
    voided_by = models.CharField(_("Voided by"), max_length=80, blank=True)
    reason = models.CharField(_("Reason"), max_length=200, blank=True)

    scope_by: ClassVar[Lines] = TABLE
    if TYPE_CHECKING:
        person_id: UUID
        diner_id: UUID
        roll_id: UUID | None

    class Meta(OfCanteen.Meta):
        verbose_name = _("Meal")
        indexes = [
            models.Index(fields=["canteen", "on"], name="meal_by_day"),
            models.Index(fields=["person", "on"], name="meal_by_person"),
            models.Index(fields=["region", "on"], name="meal_by_region"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "on", "meal"], condition=Q(voided_at=None), name="one_meal_of_a_person"
            ),
            models.CheckConstraint(
                condition=Q(
                    price_fen=F("subsidy_fen") + F("village_fen") + F("donation_fen") + F("diner_fen"),
                    subsidy_fen__gte=0, village_fen__gte=0, donation_fen__gte=0, diner_fen__gte=0,
                ),
                name="parts_of_a_meal_add_up",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.on} {meal_name(self.meal)}"

    @property
    def is_granted(self) -> bool:
        """Whether a policy grants it."""
        return bool(self.grant_rule)

    @property
    def split(self) -> Split:
        """Who pays which part."""
        return Split(self.price_fen, self.subsidy_fen, self.village_fen, self.donation_fen, self.diner_fen)
