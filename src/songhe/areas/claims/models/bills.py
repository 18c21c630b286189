"""What persons pay themselves: consents, bills and receipts. The fund has no part in them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import item_name
from songhe.engines.access.api import KinLines, Lines, Scoped
from songhe.engines.ledger.api import Journal
from songhe.engines.regions.fields import region_field

OWN = KinLines(holders=("organisation_id",))
"""Seen by offices, by the organisation itself and by kin; not by other organisations that serve the same person."""


class PayConsent(Scoped):
    """A person agrees to pay an organisation what goes beyond the grant, for some time."""

    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    organisation = models.ForeignKey(
        "providers.Organisation", models.PROTECT, related_name="+", verbose_name=_("Organisation")
    )
    region = region_field(verbose_name=_("Region"))
    since = models.DateField(_("From"))
    until = models.DateField(_("Until"), null=True)
    given_by = models.CharField(_("Given by"), max_length=80)
    document = models.CharField(_("Document"), max_length=120)
    by = models.CharField(_("Entered by"), max_length=80)
    at = models.DateTimeField(_("Entered at"))

    scope_by: ClassVar[Lines] = OWN
    if TYPE_CHECKING:
        person_id: UUID
        organisation_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Consent to pay")
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="pay_consent_in_order"
            ),
            models.UniqueConstraint(
                fields=["person", "organisation"], condition=Q(until=None), name="one_open_pay_consent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.since}"

    def holds(self, on: date) -> bool:
        """Whether it was given by a day and not ended before it."""
        return self.since <= on and (self.until is None or on <= self.until)


class BillState(models.TextChoices):
    """Whether a bill is paid."""

    OPEN = "open", _("To pay")
    PAID = "paid", _("Paid")


class Bill(Scoped):
    """What a person owes an organisation for a month. Sums are in fen."""

    number = models.CharField(_("Number"), max_length=40, unique=True)
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    organisation = models.ForeignKey(
        "providers.Organisation", models.PROTECT, related_name="+", verbose_name=_("Organisation")
    )
    region = region_field(verbose_name=_("Region"))
    month = models.DateField(_("Month"))
    fen = models.BigIntegerField(_("Amount"))
    paid_fen = models.BigIntegerField(_("Paid so far"), default=0)
    state = models.CharField(_("State"), max_length=4, choices=BillState, default=BillState.OPEN)
    made_by = models.CharField(_("Drawn up by"), max_length=80)
    made_at = models.DateTimeField(_("Drawn up at"))
    journal = models.ForeignKey(Journal, models.PROTECT, related_name="+", verbose_name=_("Journal"))

    scope_by: ClassVar[Lines] = OWN
    if TYPE_CHECKING:
        person_id: UUID
        organisation_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Person's bill")
        indexes = [
            models.Index(fields=["organisation", "state"], name="bill_by_organisation"),
            models.Index(fields=["person", "month"], name="bill_by_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(fen__gt=0, paid_fen__gte=0, paid_fen__lte=F("fen")), name="bill_sums"
            ),
            models.CheckConstraint(
                condition=Q(state="paid", paid_fen=F("fen")) | Q(state="open", paid_fen__lt=F("fen")),
                name="paid_when_paid",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def open_fen(self) -> int:
        """What is still owed."""
        return self.fen - self.paid_fen


class BillKind(models.TextChoices):
    """Why a person pays."""

    SELF = "self", _("Ordered at the person's own cost")
    SHARE = "share", _("The person's share")
    BEYOND = "beyond", _("Beyond the grant, as agreed")


class BillLine(Scoped):
    """One visit on a bill."""

    bill = models.ForeignKey(Bill, models.PROTECT, related_name="lines")
    visit_id = models.UUIDField()
    person_id = models.UUIDField()
    organisation_id = models.UUIDField()
    region = region_field(verbose_name=_("Region"))
    item = models.CharField(_("Service"), max_length=12)
    on = models.DateField(_("Date of service"))
    minutes = models.IntegerField(_("Service time"))
    kind = models.CharField(_("Why"), max_length=6, choices=BillKind)
    fen = models.BigIntegerField(_("Amount"))

    scope_by: ClassVar[Lines] = OWN

    class Meta(Scoped.Meta):
        verbose_name = _("Bill line")
        constraints = [
            models.UniqueConstraint(fields=["visit_id", "kind"], name="visit_billed_once"),
            models.CheckConstraint(condition=Q(fen__gt=0), name="bill_line_is_something"),
        ]

    def __str__(self) -> str:
        return f"{self.on} {item_name(self.item)}"


class Receipt(Scoped):
    """Money that a person paid on a bill."""

    bill = models.ForeignKey(Bill, models.PROTECT, related_name="receipts")
    person_id = models.UUIDField()
    organisation_id = models.UUIDField()
    region = region_field()
    fen = models.BigIntegerField(_("Amount"))
    on = models.DateField(_("Paid on"))
    reference = models.CharField(_("Receipt number"), max_length=80)
    by = models.CharField(_("Entered by"), max_length=80)
    at = models.DateTimeField(_("Entered at"))

    scope_by: ClassVar[Lines] = OWN

    class Meta(Scoped.Meta):
        verbose_name = _("Money received")
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "reference"], name="one_receipt_of_a_number"),
            models.CheckConstraint(condition=Q(fen__gt=0), name="receipt_is_something"),
        ]

    def __str__(self) -> str:
        return self.reference
