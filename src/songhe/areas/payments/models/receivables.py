"""What was paid too much and is owed back, and how it comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.payments.models.batches import PayLine
from songhe.areas.payments.models.holders import LINES, Held, held_by
from songhe.areas.payments.models.runs import Cause, Run
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.ledger.api import Journal
from songhe.engines.regions.fields import CodeField, region_field


class OwedState(models.TextChoices):
    """Where a receivable stands."""

    OPEN = "open", _("Still owed")
    ESTATE = "estate", _("Owed by the estate")
    ASKED = "asked", _("Write-off requested")
    SETTLED = "settled", _("Cleared in full")
    WRITTEN_OFF = "written_off", _("Written off")


class Way(models.TextChoices):
    """How something comes back."""

    WITHHELD = "withheld", _("Withheld from a payment")
    UNDONE = "undone", _("Withholding reversed")
    CASH = "cash", _("Repaid")
    WRITTEN_OFF = "written_off", _("Written off")


class Receivable(Held, Scoped):
    """What a person or a body was paid too much of one benefit. ``cap_bp``: the most that is withheld of a later payment."""

    person = models.ForeignKey(
        "registry.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("Person")
    )
    region = region_field(verbose_name=_("Region"))
    purchaser = CodeField()
    run = models.ForeignKey(Run, models.PROTECT, related_name="+", verbose_name=_("Payment run"))
    benefit = models.CharField(_("Benefit"), max_length=60)
    cause = models.CharField(_("Cause"), max_length=8, choices=Cause)
    first_month = models.DateField(_("From month"))
    last_month = models.DateField(_("To month"))
    fen = models.BigIntegerField(_("Amount"))
    back_fen = models.BigIntegerField(_("Recovered"), default=0)
    cap_bp = models.IntegerField(_("Maximum share of a payment"))
    state = models.CharField(_("State"), max_length=12, choices=OwedState, default=OwedState.OPEN)
    made_at = models.DateTimeField(_("Owed since"))
    asked_by_id = models.UUIDField(null=True)
    asked_by = models.CharField(_("Write-off requested by"), max_length=80, blank=True)
    reason = models.CharField(_("Reason"), max_length=400, blank=True)
    decided_by_id = models.UUIDField(null=True)
    decided_by = models.CharField(_("Decided by"), max_length=80, blank=True)
    decided_at = models.DateTimeField(_("Decided at"), null=True)
    if TYPE_CHECKING:
        person_id: UUID | None

    scope_by: ClassVar[Lines] = LINES
    follows_person: ClassVar[bool] = True

    class Meta(Scoped.Meta):
        verbose_name = _("Overpayment")
        indexes = [
            models.Index(fields=["person"], condition=Q(state="open"), name="receivable_open"),
            models.Index(fields=["holder_id"], condition=Q(state="open"), name="body_receivable_open"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["run", "person", "benefit"], name="one_receivable_a_run"),
            models.UniqueConstraint(fields=["run", "holder_id", "benefit"], name="one_body_receivable_a_run"),
            held_by("receivable_has_a_holder"),
            models.CheckConstraint(
                condition=Q(fen__gt=0, back_fen__gte=0, back_fen__lte=F("fen")), name="receivable_sums"
            ),
            models.CheckConstraint(
                condition=~Q(state="written_off")
                | (
                    Q(asked_by_id__isnull=False, decided_by_id__isnull=False)
                    & ~Q(asked_by_id=F("decided_by_id"))
                ),
                name="written_off_by_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run} {self.fen}"

    @property
    def open_fen(self) -> int:
        """What is still owed."""
        return self.fen - self.back_fen


class Recovery(Held, Scoped):
    """One step by which an overpayment comes back; undone by a row of its own."""

    receivable = models.ForeignKey(Receivable, models.PROTECT, related_name="+")
    person_id = models.UUIDField(null=True)
    region = region_field()
    way = models.CharField(_("How"), max_length=12, choices=Way)
    fen = models.BigIntegerField(_("Amount"))
    line = models.ForeignKey(PayLine, models.PROTECT, null=True, related_name="+", verbose_name=_("Payment"))
    on = models.DateField(_("On"))
    reference = models.CharField(_("Reference"), max_length=80, blank=True)
    at = models.DateTimeField(_("At"))
    by = models.CharField(_("By"), max_length=80)
    journal = models.ForeignKey(Journal, models.PROTECT, null=True, related_name="+")

    scope_by: ClassVar[Lines] = LINES

    class Meta(Scoped.Meta):
        verbose_name = _("Recovery")
        constraints = [models.CheckConstraint(condition=~Q(fen=0), name="recovery_is_something")]

    def __str__(self) -> str:
        return f"{self.way} {self.fen}"
