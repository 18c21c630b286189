"""Complaints: what was wrong, until when it has to be answered, who answers for it, and what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.hotline.models.calls import Call, unsealed
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field


class Finding(models.TextChoices):
    """What the investigation found."""

    FOUNDED = "founded", _("Upheld")
    PARTLY = "partly", _("Partly upheld")
    UNFOUNDED = "unfounded", _("Not upheld")


class Complaint(Scoped):
    """What somebody complains about, by telephone (``call``) or in writing (``by_id``); its state is that of its case."""

    class State(models.TextChoices):
        RECEIVED = "received", _("To take up")
        IN_HAND = "in_hand", _("In hand")
        ANSWERED = "answered", _("Answered")
        CLOSED = "closed", _("Closed")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    case = models.OneToOneField("cases.Case", models.PROTECT, related_name="+")
    number = models.CharField(_("Number"), max_length=24, unique=True)
    state = models.CharField(_("State"), max_length=10, choices=State, default=State.RECEIVED)
    region = region_field(verbose_name=_("Region"))
    call = models.ForeignKey(Call, models.PROTECT, null=True, related_name="+", verbose_name=_("Call"))
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(_("Complainant"), max_length=80, blank=True)
    order = models.ForeignKey(
        "visits.Order", models.PROTECT, null=True, related_name="+", verbose_name=_("Order")
    )
    person = models.ForeignKey(
        "registry.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("Person")
    )
    owner_id = models.UUIDField()
    words_sealed = models.BinaryField()
    answer_sealed = models.BinaryField(default=b"")
    opened_at = models.DateTimeField(_("Received"))
    klass = models.CharField(_("Class"), max_length=20, blank=True, default="", db_default="")
    matter = models.CharField(_("Matter"), max_length=40, blank=True, default="", db_default="")
    due_at = models.DateTimeField(_("Answer due"), null=True)
    answered_at = models.DateTimeField(_("Answered on"), null=True)
    organisation = models.ForeignKey(
        "providers.Organisation",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("Responsible organisation"),
    )
    finding = models.CharField(
        _("Finding of the investigation"),
        max_length=10,
        choices=Finding,
        blank=True,
        default="",
        db_default="",
    )
    findings_sealed = models.BinaryField(default=b"", db_default=b"")
    found_by_id = models.UUIDField(null=True)
    found_by = models.CharField(_("Investigated by"), max_length=80, blank=True, default="", db_default="")
    consequence = models.CharField(_("Consequence"), max_length=20, blank=True, default="", db_default="")
    deduction_fen = models.IntegerField(_("Deduction"), default=0, db_default=0)
    decided_by_id = models.UUIDField(null=True)
    decided_by = models.CharField(_("Decided by"), max_length=80, blank=True, default="", db_default="")
    decided_at = models.DateTimeField(_("Decided at"), null=True)
    ended_at = models.DateTimeField(_("Ended at"), null=True)
    reopened = models.SmallIntegerField(_("Re-opened"), default=0, db_default=0)
    level = models.SmallIntegerField(_("Escalated to level"), default=0, db_default=0)
    overdue_at = models.DateTimeField(_("Overdue since"), null=True)

    scope_by: ClassVar[Lines] = Lines(holders=("by_id",))
    protected: ClassVar[tuple[str, ...]] = ("words_sealed", "answer_sealed", "findings_sealed")
    if TYPE_CHECKING:
        case_id: UUID
        call_id: UUID | None
        order_id: UUID | None
        person_id: UUID | None
        organisation_id: UUID | None

    class Meta(Scoped.Meta):
        verbose_name = _("Complaint")
        indexes = [
            models.Index(fields=["region", "state"], name="complaint_by_region"),
            models.Index(fields=["by_id"], condition=Q(by_id__isnull=False), name="complaint_by_writer"),
            models.Index(
                fields=["organisation"],
                condition=Q(organisation__isnull=False),
                name="complaint_by_organisation",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(call__isnull=False) | Q(by_id__isnull=False), name="somebody_complains"
            ),
            models.CheckConstraint(condition=Q(deduction_fen__gte=0), name="deduction_is_no_gift"),
            models.CheckConstraint(
                condition=Q(decided_by_id=None) | ~Q(decided_by_id=models.F("found_by_id")),
                name="consequence_by_another",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) ^ Q(state__in=["closed", "withdrawn"]), name="complaint_ended_at"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def words(self) -> str:
        """What was said."""
        return unsealed(self.owner_id, self.words_sealed)

    @property
    def answer(self) -> str:
        """What was answered."""
        return unsealed(self.owner_id, self.answer_sealed)

    @property
    def findings(self) -> str:
        """What the investigation found, in words."""
        return unsealed(self.owner_id, self.findings_sealed)

    @property
    def is_open(self) -> bool:
        """Whether somebody has still to do something."""
        return self.state in (self.State.RECEIVED, self.State.IN_HAND, self.State.ANSWERED)

    def late_at(self, at: datetime) -> bool:
        """Whether the answer came, or is still to come, after its day."""
        return (
            self.due_at is not None and (self.answered_at or at) > self.due_at and self.state != "withdrawn"
        )
