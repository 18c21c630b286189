"""Rural upgrade projects and their milestones."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.premises.limits import kind_name, terms
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field


class UpgradeState(models.TextChoices):
    """The states of the flow ``upgrade``, mirrored for lists."""

    DRAFT = "draft", _("Draft")
    UNDER_WAY = "under_way", _("In progress")
    FINISHED = "finished", _("Completed")
    DROPPED = "dropped", _("Dropped")


class Upgrade(Scoped):
    """One project: a township nursing home made better, a happiness home built. Money and beds before and after."""

    region = region_field(verbose_name=_("Region"))
    case = models.OneToOneField("cases.Case", models.PROTECT, related_name="+")
    number = models.CharField(_("Number"), max_length=24, unique=True)
    name = models.CharField(_("Project"), max_length=120)
    kind = models.CharField(_("Kind"), max_length=40)
    facility = models.ForeignKey(
        "providers.Facility", models.PROTECT, null=True, related_name="+", verbose_name=_("Facility")
    )
    state = models.CharField(_("State"), max_length=9, choices=UpgradeState, default=UpgradeState.DRAFT)
    due = models.DateField(_("To be finished by"))
    planned_fen = models.BigIntegerField(_("Money planned"))
    beds_before = models.IntegerField(_("Beds before"), default=0)
    nursing_before = models.IntegerField(_("Nursing beds before"), default=0)
    beds_planned = models.IntegerField(_("Beds planned"), default=0)
    nursing_planned = models.IntegerField(_("Nursing beds planned"), default=0)
    beds_after = models.IntegerField(_("Beds after"), null=True)
    nursing_after = models.IntegerField(_("Nursing beds after"), null=True)
    prepared_by_id = models.UUIDField()
    prepared_by = models.CharField(_("Prepared by"), max_length=80)
    prepared_at = models.DateTimeField(_("Prepared at"))
    approved_by_id = models.UUIDField(null=True)
    approved_by = models.CharField(_("Approved by"), max_length=80, blank=True)
    approved_at = models.DateTimeField(_("Approved at"), null=True)
    finished_on = models.DateField(_("Finished on"), null=True)
    reason = models.CharField(_("Reason"), max_length=400, blank=True)
    if TYPE_CHECKING:
        case_id: UUID
        facility_id: UUID | None

    scope_by: ClassVar[Lines] = Lines()

    class Meta(Scoped.Meta):
        verbose_name = _("Upgrade project")
        constraints = [
            models.CheckConstraint(
                condition=Q(planned_fen__gte=0, beds_before__gte=0, beds_planned__gte=0)
                & Q(nursing_before__gte=0, nursing_before__lte=F("beds_before"))
                & Q(nursing_planned__gte=0, nursing_planned__lte=F("beds_planned"))
                & (Q(nursing_after=None) | Q(nursing_after__gte=0, nursing_after__lte=F("beds_after"))),
                name="upgrade_counts",
            ),
            models.CheckConstraint(
                condition=Q(approved_by_id=None) | ~Q(approved_by_id=F("prepared_by_id")),
                name="upgrade_approved_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state="finished") | Q(finished_on__isnull=False, beds_after__isnull=False),
                name="upgrade_finished_is_told",
            ),
        ]
        indexes = [models.Index(fields=["region", "state", "due"], name="upgrade_by_region")]

    def __str__(self) -> str:
        return self.name

    @property
    def kind_label(self) -> str:
        """Its kind in words."""
        return kind_name(self.kind, terms().projects)


class Milestone(Scoped):
    """One milestone of a project: when it was to be reached and was, what it was to cost and cost."""

    upgrade = models.ForeignKey(Upgrade, models.CASCADE, related_name="milestones", verbose_name=_("Project"))
    region = region_field()
    kind = models.CharField(_("Milestone"), max_length=40)
    planned_on = models.DateField(_("Planned for"))
    done_on = models.DateField(_("Reached on"), null=True)
    planned_fen = models.BigIntegerField(_("Money planned"), default=0)
    spent_fen = models.BigIntegerField(_("Money spent"), default=0)
    note = models.CharField(_("Note"), max_length=400, blank=True)
    by = models.CharField(_("By"), max_length=80, blank=True)
    if TYPE_CHECKING:
        upgrade_id: UUID

    scope_by: ClassVar[Lines] = Lines()

    class Meta(Scoped.Meta):
        verbose_name = _("Milestone")
        constraints = [
            models.UniqueConstraint(fields=["upgrade", "kind"], name="one_milestone_of_a_kind"),
            models.CheckConstraint(
                condition=Q(planned_fen__gte=0, spent_fen__gte=0), name="milestone_counts"
            ),
        ]
        indexes = [models.Index(fields=["planned_on"], condition=Q(done_on=None), name="milestone_open")]

    def __str__(self) -> str:
        return kind_name(self.kind, terms().milestones)

    def is_late(self, on: date) -> bool:
        """Whether its day is over and it is not reached."""
        return self.done_on is None and self.planned_on < on
