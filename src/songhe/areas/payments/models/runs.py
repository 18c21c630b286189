"""Runs and what they post."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement.api import Grant
from songhe.areas.payments.models.holders import LINES, Held, held_by
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.policies.api import PolicyVersion
from songhe.engines.regions.fields import region_field


class RunState(models.TextChoices):
    """Where a run stands."""

    COMPUTING = "computing", _("Being calculated")
    READY = "ready", _("To be posted")
    POSTED = "posted", _("Posted")
    DISCARDED = "discarded", _("Discarded")
    FAILED = "failed", _("Not calculated")


class Cause(models.TextChoices):
    """Why a run posts something for a month."""

    MONTH = "month", _("The month")
    LATE = "late", _("Not paid before")
    ARREARS = "arrears", _("Arrears after a suspension")
    FACT = "fact", _("A fact changed")
    POLICY = "policy", _("The policy changed")
    STOPPED = "stopped", _("The grant ended")
    DIED = "died", _("The person died")


class Run(Scoped):
    """What the grants of a county are due for a month, and for the months before as far as they differ now.

    It is worked out from what was known at ``known_at``. ``rules_hash`` and ``snapshot_hash`` (SHA-256) name the
    policies and the snapshot that it can be worked out from again. ``fen`` is the sum of its postings, ``back_fen``
    that of the months before. With ``news_since`` only those were worked out of whom something was recorded since, and
    who lives with them. ``compared`` months were worked out by another evaluator as well.
    """

    region = region_field(verbose_name=_("Paying region"))
    month = models.DateField(_("Month"))
    first_month = models.DateField(_("Retroactive to"))
    number = models.CharField(_("Number"), max_length=40, unique=True)
    state = models.CharField(_("State"), max_length=10, choices=RunState, default=RunState.COMPUTING)
    known_at = models.DateTimeField(_("Data as of"))
    news_since = models.DateTimeField(_("Only people with changes since"), null=True)
    rules_hash = models.CharField(_("Rules"), max_length=64, blank=True)
    snapshot_hash = models.CharField(_("Snapshot"), max_length=64, blank=True)
    grants = models.IntegerField(_("Grants"), default=0)
    postings = models.IntegerField(_("Postings"), default=0)
    pending = models.IntegerField(_("Waiting for a document"), default=0)
    fen = models.BigIntegerField(_("Amount"), default=0)
    back_fen = models.BigIntegerField(_("Of which for earlier months"), default=0)
    compared = models.IntegerField(_("Amounts cross-checked"), default=0)
    job_id = models.UUIDField(null=True)
    prepared_by_id = models.UUIDField()
    prepared_by = models.CharField(_("Prepared by"), max_length=80)
    prepared_at = models.DateTimeField(_("Prepared at"))
    decided_by_id = models.UUIDField(null=True)
    decided_by = models.CharField(_("Decided by"), max_length=80, blank=True)
    decided_at = models.DateTimeField(_("Decided at"), null=True)
    note = models.CharField(_("Note"), max_length=400, blank=True)

    scope_by: ClassVar[Lines] = Lines()

    class Meta(Scoped.Meta):
        verbose_name = _("Payment run")
        indexes = [models.Index(fields=["region", "month"], name="run_by_region")]
        constraints = [
            models.UniqueConstraint(
                fields=["region"], condition=Q(state__in=["computing", "ready"]), name="one_open_run"
            ),
            models.CheckConstraint(
                condition=Q(month__day=1, first_month__day=1, first_month__lte=models.F("month")),
                name="run_by_months",
            ),
            models.CheckConstraint(
                condition=~Q(state="posted")
                | (Q(decided_by_id__isnull=False) & ~Q(decided_by_id=models.F("prepared_by_id"))),
                name="run_posted_by_another",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Snapshot(Scoped):
    """The facts that a run was worked out from, compressed and sealed with a key of its own."""

    run = models.OneToOneField(Run, models.CASCADE, related_name="snapshot")
    region = region_field()
    size_bytes = models.IntegerField()
    body_sealed = models.BinaryField()

    scope_by: ClassVar[Lines] = Lines()
    protected: ClassVar[tuple[str, ...]] = ("body_sealed",)

    class Meta(Scoped.Meta):
        verbose_name = _("Snapshot")

    def __str__(self) -> str:
        return str(self.run)


class Posting(Held, Scoped):
    """By how much a run changes what a grant is due for one month: ``due`` is the amount after it, ``fen`` the change.

    Counts once its run is posted; the changes of all posted runs add up to what is due. ``case`` is the place of the
    rule's case that decided.

    Nothing here checks that the rows it names exist: each check would cost as much as the row, runs read what they
    write in the same transaction, and none of those rows is ever deleted.
    """

    id = models.BigAutoField(primary_key=True)  # type: ignore[assignment]  # written by the hundred thousand
    run = models.ForeignKey(
        Run, models.PROTECT, related_name="+", verbose_name=_("Payment run"), db_constraint=False
    )
    grant = models.ForeignKey(
        Grant,
        models.PROTECT,
        related_name="+",
        verbose_name=_("Benefit grant"),
        db_index=False,
        db_constraint=False,
    )
    person = models.ForeignKey(
        "registry.Person",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("Person"),
        db_index=False,
        db_constraint=False,
    )
    region = region_field(verbose_name=_("Region"), db_index=False, db_constraint=False)
    benefit = models.CharField(_("Benefit"), max_length=60)
    policy = models.ForeignKey(
        PolicyVersion,
        models.PROTECT,
        related_name="+",
        verbose_name=_("Policy"),
        db_index=False,
        db_constraint=False,
    )
    month = models.DateField(_("For the month"))
    fen = models.BigIntegerField(_("Amount"))
    due = models.BigIntegerField(_("Due after adjustment"))
    case = models.SmallIntegerField(default=0)
    cause = models.CharField(_("Why it changes"), max_length=8, choices=Cause)
    if TYPE_CHECKING:
        run_id: UUID
        grant_id: UUID
        person_id: UUID | None
        policy_id: UUID

    scope_by: ClassVar[Lines] = LINES

    class Meta(Scoped.Meta):
        verbose_name = _("Posting")
        constraints = [
            models.UniqueConstraint(fields=["grant", "month", "run"], name="one_posting_a_month"),
            held_by("posting_has_a_holder"),
            models.CheckConstraint(condition=~Q(fen=0) & Q(due__gte=0), name="posting_changes"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.fen:+d}"
