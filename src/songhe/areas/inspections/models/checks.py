"""The check of one facility, what was found, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.inspections.models.campaigns import Campaign
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field
from songhe.kit.words import is_chinese


class State(models.TextChoices):
    """The states of the flow ``inspection``, mirrored for lists."""

    DRAWN = "drawn", _("To be carried out")
    RECTIFY = "rectify", _("To be rectified")
    RECHECK = "recheck", _("To be re-checked")
    ESCALATED = "escalated", _("Measure taken")
    CLEAN = "clean", _("Nothing found")
    CLOSED = "closed", _("Rectified and closed")
    CANCELLED = "cancelled", _("Check cancelled")


FINISHED = (State.RECTIFY, State.RECHECK, State.ESCALATED, State.CLEAN, State.CLOSED)
"""Carried out, whatever came of it."""


class Why(models.TextChoices):
    """How a facility came to be checked."""

    DRAWN = "drawn", _("Randomly sampled")
    COMPLAINT = "complaint", _("After a complaint")
    INCIDENT = "incident", _("After an incident")
    FOLLOW_UP = "follow_up", _("Follow-up inspection")


class Inspection(Scoped):
    """One check. ``told_…`` are empty until it is carried out: until then the facility does not see it.

    ``score_bp`` is the share of the points that could be reached, in basis points.
    """

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, null=True, related_name="inspections", verbose_name=_("Campaign")
    )
    case = models.OneToOneField("cases.Case", models.PROTECT, related_name="+")
    number = models.CharField(_("Number"), max_length=24, unique=True)
    region = region_field(verbose_name=_("Region"))
    facility = models.ForeignKey(
        "providers.Facility", models.PROTECT, related_name="+", verbose_name=_("Facility")
    )
    facility_name = models.CharField(_("Facility"), max_length=120)
    facility_kind = models.CharField(_("Kind of facility"), max_length=20)
    organisation_id = models.UUIDField()
    told_organisation_id = models.UUIDField(null=True)
    told_facility_id = models.UUIDField(null=True)
    why = models.CharField(_("Reason for the check"), max_length=10, choices=Why, default=Why.DRAWN)
    state = models.CharField(_("State"), max_length=9, choices=State, default=State.DRAWN)
    first_id = models.UUIDField()
    second_id = models.UUIDField(null=True)
    officers = models.CharField(_("Officers"), max_length=170)
    due_on = models.DateField(_("Check due by"))
    answers = models.OneToOneField("forms.Answers", models.PROTECT, null=True, related_name="+")
    begun_at = models.DateTimeField(_("Started at"), null=True)
    done_at = models.DateTimeField(_("Carried out at"), null=True)
    score_bp = models.IntegerField(_("Points reached"), null=True)
    level = models.SmallIntegerField(null=True)
    level_en = models.CharField(max_length=80, blank=True)
    level_zh = models.CharField(max_length=80, blank=True)
    words = models.CharField(_("Summary"), max_length=400, blank=True)
    found = models.IntegerField(_("Findings"), default=0)
    left = models.IntegerField(_("Open findings"), default=0)
    next_due = models.DateField(_("Next deadline"), null=True)
    closed_on = models.DateField(_("Inspection closed on"), null=True)
    reason = models.CharField(_("Reason"), max_length=400, blank=True)
    if TYPE_CHECKING:
        campaign_id: UUID | None
        case_id: UUID
        facility_id: UUID
        answers_id: UUID | None

    scope_by: ClassVar[Lines] = Lines(holders=("told_organisation_id", "told_facility_id"))

    class Meta(Scoped.Meta):
        verbose_name = _("Inspection")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "facility"],
                condition=Q(campaign__isnull=False),
                name="drawn_once_in_a_campaign",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["drawn", "cancelled"], told_organisation_id=None, told_facility_id=None
                )
                | Q(
                    ~Q(state__in=["drawn", "cancelled"]),
                    told_organisation_id__isnull=False,
                    told_facility_id__isnull=False,
                    done_at__isnull=False,
                ),
                name="told_when_carried_out",
            ),
            models.CheckConstraint(
                condition=Q(score_bp=None) | Q(score_bp__range=(0, 10_000)), name="inspection_score"
            ),
            models.CheckConstraint(
                condition=Q(found__gte=0, left__gte=0, left__lte=models.F("found")), name="inspection_counts"
            ),
        ]
        indexes = [
            models.Index(fields=["region", "state", "due_on"], name="inspection_by_region"),
            models.Index(fields=["facility", "done_at"], name="inspection_by_facility"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.facility_name}"

    @property
    def level_name(self) -> str:
        """The grade in words."""
        return self.level_zh if is_chinese() else self.level_en

    @property
    def score_text(self) -> str:
        """The share of points reached."""
        return "" if self.score_bp is None else f"{self.score_bp / 100:g} %"

    def is_officer(self, user_id: UUID) -> bool:
        """Whether somebody is one of the two who check."""
        return user_id in (self.first_id, self.second_id)


class Mark(Scoped):
    """What an officer noted at one item; pictures are attached to it."""

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="marks")
    region = region_field()
    item = models.CharField(max_length=40)
    note = models.CharField(_("Note"), max_length=400, blank=True)
    if TYPE_CHECKING:
        inspection_id: UUID

    scope_by: ClassVar[Lines] = Lines()

    class Meta(Scoped.Meta):
        verbose_name = _("Note of an item")
        constraints = [models.UniqueConstraint(fields=["inspection", "item"], name="one_mark_of_an_item")]

    def __str__(self) -> str:
        return self.item


class Severity(models.TextChoices):
    """How bad a finding is."""

    MINOR = "minor", _("Minor")
    SERIOUS = "serious", _("Serious")
    GRAVE = "grave", _("Major")


class FindingState(models.TextChoices):
    """Where a finding stands."""

    OPEN = "open", _("To be rectified")
    ANSWERED = "answered", _("Answered, to be re-checked")
    MENDED = "mended", _("Rectified")


class Finding(Scoped):
    """One item that was not met. ``first_due`` stays; ``due_on`` is the deadline of this round."""

    inspection = models.ForeignKey(
        Inspection, models.PROTECT, related_name="findings", verbose_name=_("Inspection")
    )
    region = region_field(verbose_name=_("Region"))
    organisation_id = models.UUIDField()
    facility = models.ForeignKey(
        "providers.Facility", models.PROTECT, related_name="+", verbose_name=_("Facility")
    )
    facility_name = models.CharField(_("Facility"), max_length=120)
    item = models.CharField(max_length=40)
    name_en = models.CharField(max_length=200)
    name_zh = models.CharField(max_length=200)
    choice_en = models.CharField(max_length=80)
    choice_zh = models.CharField(max_length=80)
    severity = models.CharField(_("Severity"), max_length=7, choices=Severity)
    source = models.CharField(_("Source"), max_length=200, blank=True)
    words = models.CharField(_("What was seen"), max_length=400, blank=True)
    repeated = models.BooleanField(_("Repeat finding"), default=False)
    state = models.CharField(_("State"), max_length=8, choices=FindingState, default=FindingState.OPEN)
    found_on = models.DateField(_("Found on"))
    first_due = models.DateField(_("First deadline"))
    due_on = models.DateField(_("Deadline"))
    rounds = models.SmallIntegerField(_("Times not rectified"), default=0)
    answer = models.CharField(_("Answer of the facility"), max_length=400, blank=True)
    answered_by_id = models.UUIDField(null=True)
    answered_by = models.CharField(_("Answer given by"), max_length=80, blank=True)
    answered_at = models.DateTimeField(_("Answered at"), null=True)
    checked_by = models.CharField(_("Re-checked by"), max_length=80, blank=True)
    checked_at = models.DateTimeField(_("Re-checked at"), null=True)
    check_words = models.CharField(_("Re-check observations"), max_length=400, blank=True)
    mended_on = models.DateField(_("Rectified on"), null=True)
    if TYPE_CHECKING:
        inspection_id: UUID
        facility_id: UUID

    scope_by: ClassVar[Lines] = Lines(holders=("organisation_id", "facility_id"))

    class Meta(Scoped.Meta):
        verbose_name = _("Finding")
        constraints = [
            models.UniqueConstraint(fields=["inspection", "item"], name="one_finding_of_an_item"),
            models.CheckConstraint(
                condition=Q(state="mended", mended_on__isnull=False)
                | (~Q(state="mended") & Q(mended_on=None)),
                name="mended_on_a_day",
            ),
        ]
        indexes = [
            models.Index(fields=["facility", "item", "found_on"], name="check_finding_by_facility"),
            models.Index(fields=["region", "state", "due_on"], name="check_finding_by_region"),
        ]

    def __str__(self) -> str:
        return self.name_zh if is_chinese() else self.name_en

    @property
    def choice(self) -> str:
        """What was ticked."""
        return self.choice_zh if is_chinese() else self.choice_en


class MeasureKind(models.TextChoices):
    """What an office does where nothing is mended."""

    WARNING = "warning", _("Warning")
    SUSPENSION = "suspension", _("Suspension")
    REPORT = "report", _("Refer to another authority")


class Measure(Scoped):
    """One measure against a facility. A row is only ever added."""

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="measures")
    region = region_field()
    organisation_id = models.UUIDField()
    facility_id = models.UUIDField()
    kind = models.CharField(_("Enforcement measure"), max_length=10, choices=MeasureKind)
    to = models.CharField(_("Referred to"), max_length=120, blank=True)
    words = models.CharField(_("Reason"), max_length=400)
    by = models.CharField(_("By"), max_length=80)
    at = models.DateTimeField(_("At"))
    if TYPE_CHECKING:
        inspection_id: UUID

    scope_by: ClassVar[Lines] = Lines(holders=("organisation_id", "facility_id"))

    class Meta(Scoped.Meta):
        verbose_name = _("Enforcement measure")

    def __str__(self) -> str:
        return str(self.get_kind_display())
