"""Closed days, donations, and the statements of months."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.canteens.models.common import OfCanteen
from songhe.areas.canteens.rules.money import Split
from songhe.engines.ledger.api import Journal

ADDS_UP = Q(
    price_fen=F("subsidy_fen") + F("village_fen") + F("donation_fen") + F("diner_fen"),
    subsidy_fen__gte=0, village_fen__gte=0, donation_fen__gte=0, diner_fen__gte=0, meals__gte=0,
)  # fmt: skip


class Sums(OfCanteen):
    """Meals and who pays them."""

    meals = models.IntegerField(_("Meals"))
    delivered = models.IntegerField(_("Meals delivered"), default=0)
    price_fen = models.BigIntegerField(_("Price of the meals"))
    subsidy_fen = models.BigIntegerField(_("From the budget"))
    village_fen = models.BigIntegerField(_("From the village"))
    donation_fen = models.BigIntegerField(_("From donations"))
    diner_fen = models.BigIntegerField(_("From the diners"))

    class Meta(OfCanteen.Meta):
        abstract = True

    @property
    def split(self) -> Split:
        """Who pays which part."""
        return Split(self.price_fen, self.subsidy_fen, self.village_fen, self.donation_fen, self.diner_fen)


class DayState(models.TextChoices):
    """Whether a closed day still counts."""

    CLOSED = "closed", _("Day closed")
    REVERSED = "reversed", _("Reversed")


class CanteenDay(Sums):
    """A day as it was closed: the meals beside the head count, and the journal that says who owes what.

    What was wrong is reversed with a journal of its own; then the day is closed anew.
    """

    on = models.DateField(_("Day"))
    number = models.SmallIntegerField(_("Closing"), default=1)
    state = models.CharField(_("State"), max_length=8, choices=DayState, default=DayState.CLOSED)
    counted = models.IntegerField(_("Head count"), null=True)
    granted_meals = models.IntegerField(_("Meals granted free"), default=0)
    journal = models.ForeignKey(
        Journal, models.PROTECT, null=True, related_name="+", verbose_name=_("Journal")
    )
    reversal = models.ForeignKey(
        Journal, models.PROTECT, null=True, related_name="+", verbose_name=_("Reversal")
    )
    closed_by = models.CharField(_("Day closed by"), max_length=80)
    closed_at = models.DateTimeField(_("Day closed at"))
    reversed_by = models.CharField(_("Reversed by"), max_length=80, blank=True)
    reversed_at = models.DateTimeField(_("Reversed at"), null=True)
    reason = models.CharField(_("Reason"), max_length=400, blank=True)

    if TYPE_CHECKING:
        journal_id: UUID | None

    class Meta(OfCanteen.Meta):
        verbose_name = _("Canteen day")
        constraints = [
            models.UniqueConstraint(
                fields=["canteen", "on"], condition=Q(state="closed"), name="one_closing_of_a_day"
            ),
            models.UniqueConstraint(fields=["canteen", "on", "number"], name="one_number_of_a_closing"),
            models.CheckConstraint(condition=ADDS_UP, name="parts_of_a_day_add_up"),
            models.CheckConstraint(
                condition=Q(state="closed") | Q(reversed_at__isnull=False), name="reversed_by_somebody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on}"


class Donation(OfCanteen):
    """Money given for a canteen's meals; its reference counts once."""

    donor = models.CharField(_("Donor"), max_length=80)
    on = models.DateField(_("Received on"))
    fen = models.BigIntegerField(_("Amount"))
    reference = models.CharField(_("Receipt number"), max_length=80)
    journal = models.ForeignKey(Journal, models.PROTECT, related_name="+", verbose_name=_("Journal"))
    by = models.CharField(_("Entered by"), max_length=80)
    at = models.DateTimeField(_("Entered at"))

    class Meta(OfCanteen.Meta):
        verbose_name = _("Donation for meals")
        constraints = [
            models.UniqueConstraint(fields=["canteen", "reference"], name="one_meal_donation_of_a_number"),
            models.CheckConstraint(condition=Q(fen__gt=0), name="meal_donation_is_something"),
        ]

    def __str__(self) -> str:
        return self.reference


class MonthState(models.TextChoices):
    """How far a month's statement has come."""

    STATED = "stated", _("For the town to accept")
    ACCEPTED = "accepted", _("Month accepted")
    RETURNED = "returned", _("Returned")


class CanteenMonth(Sums):
    """A canteen's month as it was stated, for the town to accept. What is accepted is owed; paying it is not done here."""

    month = models.DateField(_("Month"))
    number = models.SmallIntegerField(_("Statement number"), default=1)
    state = models.CharField(_("State"), max_length=8, choices=MonthState, default=MonthState.STATED)
    days = models.SmallIntegerField(_("Days served"))
    diners = models.IntegerField(_("Persons who ate"))
    supplies_fen = models.BigIntegerField(_("Supplies"))
    samples_complete = models.BooleanField(_("Samples complete"), default=False)
    hygiene_complete = models.BooleanField(_("Hygiene log complete"), default=False)
    digest = models.CharField(_("Hash"), max_length=64)
    stated_by_id = models.UUIDField()
    stated_by = models.CharField(_("Statement submitted by"), max_length=80)
    stated_at = models.DateTimeField(_("Statement submitted"))
    decided_by_id = models.UUIDField(null=True)
    decided_by = models.CharField(_("Decided by"), max_length=80, blank=True)
    decided_at = models.DateTimeField(_("Decided"), null=True)
    reason = models.CharField(_("Reason"), max_length=400, blank=True)

    class Meta(OfCanteen.Meta):
        verbose_name = _("Canteen monthly statement")
        indexes = [models.Index(fields=["region", "month"], name="canteen_month_by_region")]
        constraints = [
            models.UniqueConstraint(
                fields=["canteen", "month"], condition=~Q(state="returned"), name="one_statement_of_a_month"
            ),
            models.UniqueConstraint(fields=["canteen", "month", "number"], name="one_number_of_a_statement"),
            models.CheckConstraint(
                condition=ADDS_UP & Q(supplies_fen__gte=0), name="parts_of_a_month_add_up"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="canteen_month_begins"),
            models.CheckConstraint(
                condition=Q(state="stated")
                | (
                    Q(decided_by_id__isnull=False)
                    & (Q(state="returned") | ~Q(decided_by_id=F("stated_by_id")))
                ),
                name="month_accepted_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
