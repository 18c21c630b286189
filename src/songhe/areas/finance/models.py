"""Funds, settlements and their lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.engines.access.api import Lines, Scoped
from songhe.engines.ledger.api import Journal
from songhe.engines.regions.fields import region_field


class State(models.TextChoices):
    """Where a settlement stands."""

    PREPARED = "prepared", _("Prepared")
    APPROVED = "approved", _("Approved")
    RETURNED = "returned", _("Returned")
    PAID = "paid", _("Paid")


class Reason(models.TextChoices):
    """Why a visit is paid less than it was given."""

    FULL = "", _("Paid in full")
    OVER_GRANT = "over_grant", _("Beyond the month's grant")
    NO_GRANT = "no_grant", _("Grant used up")
    NO_PRICE = "no_price", _("No price in the catalogue")
    BEYOND_CONTRACT = "contract", _("Beyond the contract's ceiling")


class Fund(Scoped):
    """A purchaser's budget for one year; its money is on the ledger."""

    region = region_field(verbose_name=_("Purchaser"))
    name = models.CharField(_("Fund name"), max_length=120)
    year = models.SmallIntegerField(_("Year"))
    source = models.CharField(_("Budget document"), max_length=200, blank=True)

    scope_by: ClassVar[Lines] = Lines()

    class Meta(Scoped.Meta):
        verbose_name = _("Fund")
        constraints = [models.UniqueConstraint(fields=["region", "year"], name="one_fund_a_year")]

    def __str__(self) -> str:
        return f"{self.name} {self.year}"


class Settlement(Scoped):
    """What one organisation is to be paid by one purchaser for one month. Sums are in minutes and fen.

    ``fen`` is what is paid, ``deducted_fen`` what was kept back of it before, ``returned_fen`` what of it was kept back of
    an earlier one and is given back beside the visits. ``source_id``: the claim it was made from.
    """

    organisation = models.ForeignKey(
        "providers.Organisation", models.PROTECT, related_name="+", verbose_name=_("Organisation")
    )
    region = region_field(verbose_name=_("Purchaser"))
    fund = models.ForeignKey(Fund, models.PROTECT, related_name="+", verbose_name=_("Fund"))
    month = models.DateField(_("Month"))
    number = models.CharField(_("Number"), max_length=40, unique=True)
    state = models.CharField(_("State"), max_length=10, choices=State, default=State.PREPARED)
    visits = models.IntegerField(_("Number of visits"))
    minutes = models.IntegerField(_("Service time"))
    payable_minutes = models.IntegerField(_("Time payable"))
    fen = models.BigIntegerField(_("Amount"))
    deducted_fen = models.BigIntegerField(_("Deducted"), default=0, db_default=0)
    returned_fen = models.BigIntegerField(_("Deductions refunded"), default=0, db_default=0)
    source_id = models.UUIDField(null=True)
    prepared_by_id = models.UUIDField()
    prepared_by = models.CharField(_("Prepared by"), max_length=80)
    prepared_at = models.DateTimeField(_("Prepared at"))
    decided_by = models.CharField(_("Decided by"), max_length=80, blank=True)
    decided_at = models.DateTimeField(_("Decided at"), null=True)
    confirmed_at = models.DateTimeField(_("Confirmed by the organisation"), null=True)
    paid_on = models.DateField(_("Paid on"), null=True)
    reference = models.CharField(_("Payment reference"), max_length=80, blank=True)
    reason = models.CharField(_("Reason"), max_length=400, blank=True)
    journal = models.ForeignKey(
        Journal, models.PROTECT, null=True, related_name="+", verbose_name=_("Journal")
    )
    if TYPE_CHECKING:
        organisation_id: UUID
        fund_id: UUID
        journal_id: UUID | None

    scope_by: ClassVar[Lines] = Lines(holders=("organisation_id",))

    class Meta(Scoped.Meta):
        verbose_name = _("Settlement")
        indexes = [models.Index(fields=["region", "month"], name="settlement_by_region")]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    payable_minutes__gte=0,
                    fen__gte=F("returned_fen"),
                    deducted_fen__gte=0,
                    returned_fen__gte=0,
                ),
                name="settlement_sums",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["prepared", "returned"]) | Q(journal__isnull=False),
                name="approved_is_posted",
            ),
            models.UniqueConstraint(
                fields=["organisation", "region", "month"],
                condition=Q(state="prepared", source_id=None),
                name="one_open_settlement",
            ),
            models.UniqueConstraint(
                fields=["source_id"], condition=~Q(state="returned"), name="one_settlement_of_a_source"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Line(Scoped):
    """One visit in a settlement. A returned settlement's lines are no longer active, so its visits are free again.

    Under a contract its price holds, and ``payable_minutes`` are those it charges to the grant. ``fen`` is what is paid.
    """

    settlement = models.ForeignKey(Settlement, models.PROTECT, related_name="+")
    visit_id = models.UUIDField()
    person_id = models.UUIDField()
    organisation_id = models.UUIDField()
    region = region_field(verbose_name=_("Region"))
    item = models.CharField(_("Service"), max_length=12)
    on = models.DateField(_("Date of service"))
    minutes = models.IntegerField(_("Service time"))
    payable_minutes = models.IntegerField(_("Time payable"))
    unit_fen = models.IntegerField(_("Unit price"))
    fen = models.BigIntegerField(_("Amount"))
    deducted_fen = models.BigIntegerField(_("Deducted"), default=0, db_default=0)
    reason = models.CharField(_("Remark"), max_length=12, choices=Reason, blank=True)
    contract = models.ForeignKey(
        "contracts.Contract", models.PROTECT, null=True, related_name="+", verbose_name=_("Contract")
    )
    active = models.BooleanField(default=True)
    if TYPE_CHECKING:
        contract_id: UUID | None

    scope_by: ClassVar[Lines] = Lines(holders=("organisation_id",), person="person_id")

    class Meta(Scoped.Meta):
        verbose_name = _("Settlement line")
        indexes = [models.Index(fields=["settlement", "on"], name="line_by_settlement")]
        constraints = [
            models.UniqueConstraint(fields=["visit_id"], condition=Q(active=True), name="visit_paid_once"),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.on}"
