"""Vouchers of the national platform, the bills they paid, and what does not add up."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field


class NationalVoucher(Scoped):
    """One voucher of one person for one natural month. What is not used in the month is gone."""

    number = models.CharField(_("Voucher number"), max_length=40, unique=True)
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field(verbose_name=_("Region"))
    month = models.DateField(_("Month"))
    kind = models.CharField(_("Kind of service"), max_length=12)
    percent = models.SmallIntegerField(_("Share of the bill"))
    most_fen = models.BigIntegerField(_("At most"))
    imported_at = models.DateTimeField(_("Imported at"))
    if TYPE_CHECKING:
        person_id: UUID
        used_fen: int

    scope_by: ClassVar[Lines] = Lines(person="person_id")
    follows_person: ClassVar[bool] = True

    class Meta(Scoped.Meta):
        verbose_name = _("National voucher")
        indexes = [
            models.Index(fields=["person", "month"], name="voucher_by_person"),
            models.Index(fields=["region", "month"], name="voucher_by_region"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="voucher_of_a_month"),
            models.CheckConstraint(
                condition=Q(percent__gt=0, percent__lte=100, most_fen__gt=0), name="voucher_pays_a_share"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Redemption(Scoped):
    """What a voucher paid of one bill, as the platform settled it. Rows are only ever added."""

    voucher = models.ForeignKey(
        NationalVoucher, models.PROTECT, related_name="redemptions", verbose_name=_("National voucher")
    )
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field(verbose_name=_("Region"))
    on = models.DateField(_("Paid on"))
    bill_fen = models.BigIntegerField(_("Bill"))
    deducted_fen = models.BigIntegerField(_("Paid by the voucher"))
    provider = models.CharField(_("Provider"), max_length=120)
    organisation_id = models.UUIDField(null=True)
    receipt = models.CharField(_("Receipt"), max_length=40, blank=True)
    imported_at = models.DateTimeField(_("Imported at"))
    if TYPE_CHECKING:
        person_id: UUID
        voucher_id: UUID

    scope_by: ClassVar[Lines] = Lines(person="person_id")
    follows_person: ClassVar[bool] = True

    class Meta(Scoped.Meta):
        verbose_name = _("Redemption")
        indexes = [models.Index(fields=["person", "on"], name="redemption_by_person")]
        constraints = [
            models.UniqueConstraint(
                fields=["voucher", "on", "provider", "bill_fen", "deducted_fen", "receipt"],
                name="redeemed_once",
            ),
            models.CheckConstraint(
                condition=Q(deducted_fen__gt=0, deducted_fen__lte=F("bill_fen")), name="redeemed_of_a_bill"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.on:%Y-%m-%d}"


class SuspectKind(models.TextChoices):
    """What does not add up."""

    PAID_TWICE = "paid_twice", _("Paid twice: by the voucher and by the city")
    COMPARABLE = "comparable", _("Voucher despite comparable full support")
    AFTER_DEATH = "after_death", _("Used after the death")
    NO_LEVEL = "no_level", _("Used without a valid national level")
    OVER_CAP = "over_cap", _("Over the month's cap")
    OVER_SHARE = "over_share", _("More than its share of the bill")
    OTHER_MONTH = "other_month", _("Used outside its month")


class SuspectState(models.TextChoices):
    """What became of it."""

    OPEN = "open", _("To decide")
    CLAIM = "claim", _("To be recovered")
    IN_ORDER = "in_order", _("In order")
    GONE = "gone", _("Settled by itself")


class VoucherSuspect(Scoped):
    """One thing about one person and month that may have been paid twice or must not have been paid.

    ``sign`` names it within its kind, so that it is listed once. ``detail`` holds both sides as they were found.
    """

    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field(verbose_name=_("Region"))
    month = models.DateField(_("Month"))
    kind = models.CharField(_("Discrepancy"), max_length=12, choices=SuspectKind)
    sign = models.CharField(max_length=80)
    voucher = models.ForeignKey(
        NationalVoucher, models.PROTECT, related_name="+", verbose_name=_("National voucher")
    )
    voucher_fen = models.BigIntegerField(_("Paid by the voucher"))
    city_fen = models.BigIntegerField(_("Paid by the city"))
    detail: models.JSONField[Any, Any] = models.JSONField(default=dict)
    state = models.CharField(_("State"), max_length=8, choices=SuspectState, default=SuspectState.OPEN)
    found_at = models.DateTimeField(_("Found"))
    decided_at = models.DateTimeField(_("Decided"), null=True)
    decided_by_id = models.UUIDField(null=True)
    decided_by = models.CharField(_("Decided by"), max_length=80, blank=True)
    note = models.CharField(_("Note"), max_length=400, blank=True)
    if TYPE_CHECKING:
        person_id: UUID
        voucher_id: UUID

    scope_by: ClassVar[Lines] = Lines(person="person_id")
    follows_person: ClassVar[bool] = True

    class Meta(Scoped.Meta):
        verbose_name = _("Voucher to check")
        indexes = [
            models.Index(fields=["region", "kind"], condition=Q(state="open"), name="voucher_suspect_open")
        ]
        constraints = [
            models.UniqueConstraint(fields=["person", "month", "kind", "sign"], name="voucher_suspect_once"),
            models.CheckConstraint(
                condition=Q(state="open") | Q(decided_at__isnull=False), name="voucher_suspect_decided"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.month:%Y-%m}"


def is_over(month: date, today: date) -> bool:
    """Whether a voucher's month has ended, so that what is left of it is gone."""
    return (month.year, month.month) < (today.year, today.month)
