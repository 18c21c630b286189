"""What is due to a person, the batches that pay it, and their lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.finance.api import Fund
from songhe.areas.payments.models.holders import LINES, Held, held_by
from songhe.areas.payments.models.payees import Payee
from songhe.areas.payments.models.runs import Cause, Run
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.ledger.api import Journal
from songhe.engines.regions.fields import CodeField, region_field


class BatchState(models.TextChoices):
    """Where a batch stands."""

    PREPARED = "prepared", _("Prepared")
    APPROVED = "approved", _("Approved")
    RELEASED = "released", _("At the bank")
    DONE = "done", _("Settled")
    RETURNED = "returned", _("Returned")


class LineState(models.TextChoices):
    """Where a line stands."""

    READY = "ready", _("To be paid")
    HELD = "held", _("Doubtful")
    OUT = "out", _("Taken out")
    PAID = "paid", _("Paid")
    FAILED = "failed", _("Failed")


class Batch(Scoped):
    """Payments of one benefit from one fund, prepared, approved and sent to the bank together.

    ``hash`` is over its lines as they were approved. ``parts`` says from which level of the budget how much came; of
    what failed, its part is given back.
    """

    region = region_field(verbose_name=_("Paying region"))
    fund = models.ForeignKey(Fund, models.PROTECT, related_name="+", verbose_name=_("Fund"))
    benefit = models.CharField(_("Benefit"), max_length=60)
    number = models.CharField(_("Number"), max_length=40, unique=True)
    state = models.CharField(_("State"), max_length=10, choices=BatchState, default=BatchState.PREPARED)
    lines = models.IntegerField(_("Rows"), default=0)
    fen = models.BigIntegerField(_("Amount"), default=0)
    withheld_fen = models.BigIntegerField(_("Withheld"), default=0)
    paid_fen = models.BigIntegerField(_("Paid"), default=0)
    failed_fen = models.BigIntegerField(_("Failed"), default=0)
    hash = models.CharField(_("Hash of its rows"), max_length=64, blank=True)
    file_hash = models.CharField(_("Hash of the file"), max_length=64, blank=True)
    parts: models.JSONField[Any, Any] = models.JSONField(default=dict)
    sample = models.IntegerField(_("Lines sampled"), default=0)
    sample_said = models.CharField(_("Explained"), max_length=400, blank=True)
    prepared_by_id = models.UUIDField()
    prepared_by = models.CharField(_("Prepared by"), max_length=80)
    prepared_at = models.DateTimeField(_("Prepared at"))
    approved_by_id = models.UUIDField(null=True)
    approved_by = models.CharField(_("Approved by"), max_length=80, blank=True)
    second_by_id = models.UUIDField(null=True)
    second_by = models.CharField(_("Second approval by"), max_length=80, blank=True)
    approved_at = models.DateTimeField(_("Approved at"), null=True)
    released_by = models.CharField(_("Released by"), max_length=80, blank=True)
    released_at = models.DateTimeField(_("Released at"), null=True)
    note = models.CharField(_("Note"), max_length=400, blank=True)
    journal = models.ForeignKey(
        Journal, models.PROTECT, null=True, related_name="+", verbose_name=_("Journal")
    )
    if TYPE_CHECKING:
        fund_id: UUID

    scope_by: ClassVar[Lines] = Lines()

    class Meta(Scoped.Meta):
        verbose_name = _("Payment batch")
        indexes = [models.Index(fields=["region", "state"], name="batch_by_region")]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "benefit"], condition=Q(state="prepared"), name="one_open_batch"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["prepared", "returned"]) | Q(journal__isnull=False),
                name="batch_is_posted",
            ),
            models.CheckConstraint(
                condition=(Q(approved_by_id__isnull=True) | ~Q(approved_by_id=F("prepared_by_id")))
                & (
                    Q(second_by_id__isnull=True)
                    | (~Q(second_by_id=F("prepared_by_id")) & ~Q(second_by_id=F("approved_by_id")))
                ),
                name="batch_by_several",
            ),
            models.CheckConstraint(
                condition=Q(paid_fen__gte=0, failed_fen__gte=0, fen__gte=F("paid_fen") + F("failed_fen")),
                name="batch_sums",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class PayLine(Held, Scoped):
    """One payment of a batch: to whom, how much, and to which account, as they were when it was prepared.

    ``gross_fen`` is what posted runs owe, ``withheld_fen`` what is kept back for an earlier overpayment. ``doubts``
    are codes of what must be decided before it is paid. ``household`` freezes who lived together then.
    """

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="+", verbose_name=_("Payment batch"))
    seq = models.IntegerField(_("No."))
    number = models.CharField(_("Row number"), max_length=50, unique=True)
    person = models.ForeignKey(
        "registry.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("Person")
    )
    region = region_field(verbose_name=_("Region"))
    benefit = models.CharField(_("Benefit"), max_length=60)
    first_month = models.DateField(_("From month"))
    last_month = models.DateField(_("To month"))
    gross_fen = models.BigIntegerField(_("Gross amount"))
    withheld_fen = models.BigIntegerField(_("Withheld"), default=0)
    fen = models.BigIntegerField(_("Amount"))
    payee = models.ForeignKey(
        Payee, models.PROTECT, null=True, related_name="+", verbose_name=_("Payee account")
    )
    holder = models.CharField(_("Account holder"), max_length=120, blank=True)
    bank = models.CharField(_("Bank"), max_length=20, blank=True)
    last_four = models.CharField(_("Last digits"), max_length=4, blank=True)
    household: models.JSONField[Any, Any] = models.JSONField(default=dict)
    state = models.CharField(_("State"), max_length=8, choices=LineState, default=LineState.READY)
    doubts: models.JSONField[Any, Any] = models.JSONField(default=list)
    said = models.CharField(_("Decision taken"), max_length=400, blank=True)
    said_by = models.CharField(_("Decided by"), max_length=80, blank=True)
    said_by_id = models.UUIDField(null=True)
    said_at = models.DateTimeField(_("Decided at"), null=True)
    before = models.CharField(_("Failed before"), max_length=20, blank=True)
    reason = models.CharField(_("Bank's reason"), max_length=20, blank=True)
    paid_on = models.DateField(_("Paid on"), null=True)
    if TYPE_CHECKING:
        batch_id: UUID
        person_id: UUID | None
        payee_id: UUID | None

    scope_by: ClassVar[Lines] = LINES

    class Meta(Scoped.Meta):
        verbose_name = _("Payment")
        constraints = [
            models.UniqueConstraint(fields=["batch", "person"], name="one_line_a_person"),
            models.UniqueConstraint(fields=["batch", "holder_id"], name="one_line_a_body"),
            held_by("line_has_a_holder"),
            models.CheckConstraint(
                condition=Q(fen__gt=0, withheld_fen__gte=0, gross_fen=F("fen") + F("withheld_fen")),
                name="line_pays",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["ready", "paid", "failed"]) | Q(payee__isnull=False),
                name="line_has_payee",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Due(Held, Scoped):
    """What a run owes a person or a body for one benefit (or takes back), as long as it is not paid.

    All dues of a run add up to what the run posted. ``covered``: money of a budget line is set aside. A due is paid by
    a line, was ``netted`` with another, or is taken back by a receivable, and nothing twice.
    """

    id = models.BigAutoField(primary_key=True)  # type: ignore[assignment]  # written by the hundred thousand
    run = models.ForeignKey(Run, models.PROTECT, related_name="+", verbose_name=_("Payment run"))
    person = models.ForeignKey(
        "registry.Person",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("Person"),
        db_index=False,
    )
    region = region_field(verbose_name=_("Region"), db_index=False)
    benefit = models.CharField(_("Benefit"), max_length=60)
    purchaser = CodeField()
    year = models.SmallIntegerField()
    first_month = models.DateField(_("From month"))
    last_month = models.DateField(_("To month"))
    cause = models.CharField(_("Cause"), max_length=8, choices=Cause)
    fen = models.BigIntegerField(_("Amount"))
    covered = models.BooleanField(default=False)
    netted = models.BooleanField(default=False)
    failed = models.CharField(max_length=20, blank=True)
    line = models.ForeignKey(PayLine, models.PROTECT, null=True, related_name="+")
    receivable_id = models.UUIDField(null=True)
    if TYPE_CHECKING:
        run_id: UUID
        person_id: UUID | None
        line_id: UUID | None

    scope_by: ClassVar[Lines] = LINES

    class Meta(Scoped.Meta):
        verbose_name = _("Amount due")
        indexes = [
            models.Index(fields=["person", "benefit"], name="due_by_person"),
            models.Index(
                fields=["holder_id", "benefit"], condition=Q(holder_id__isnull=False), name="due_by_body"
            ),
            models.Index(
                fields=["purchaser", "benefit", "year"],
                condition=Q(line__isnull=True, netted=False, receivable_id__isnull=True),
                name="due_waiting",
            ),
        ]
        constraints = [
            held_by("due_has_a_holder"),
            models.CheckConstraint(condition=~Q(fen=0), name="due_is_something"),
            models.CheckConstraint(
                condition=Q(netted=True) | Q(fen__gt=0) | Q(receivable_id__isnull=False),
                name="due_back_is_netted_or_owed",
            ),
            models.CheckConstraint(
                condition=Q(line__isnull=True)
                | Q(covered=True, netted=False, receivable_id__isnull=True, fen__gt=0),
                name="due_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.benefit} {self.fen:+d}"
