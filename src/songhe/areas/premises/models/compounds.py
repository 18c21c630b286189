"""Residential compounds, their phases, and the four steps of each phase's care premises."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.premises.limits import step_name
from songhe.areas.premises.rules import Fault
from songhe.areas.providers.api import Frame
from songhe.core.codes import Point
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field
from songhe.kit.words import is_chinese


class CompoundKind(models.TextChoices):
    """Whether a compound is built new or stands already."""

    NEW = "new", _("Newly built")
    EXISTING = "existing", _("Existing compound")


class Standing(models.TextChoices):
    """How a compound stands towards what it owes: open before its permit, and while its planning is under way in time."""

    OPEN = "open", _("Not yet judged")
    COMPLIES = "complies", _("Up to standard")
    FAILS = "fails", _("Not in order")
    STRUCK = "struck", _("Struck off")


FAULTS = {
    Fault.MISSING: _("No premises"),
    Fault.TOO_SMALL: _("Too small"),
    Fault.SITE_SMALL: _("Single site too small"),
    Fault.LATE: _("Past due"),
    Fault.LATE_PHASE: _("In too late a phase"),
    Fault.USED_OTHERWISE: _("Diverted to other use"),
}


class Compound(Scoped):
    """One residential compound. What it owes is kept as it was worked out, with the standard that held.

    The square metres are sums over its phases and ``standing`` and ``faults`` are worked out of them, after each change and
    once a day.
    """

    region = region_field(verbose_name=_("Region"))
    name = models.CharField(_("Compound"), max_length=120)
    kind = models.CharField(_("Kind"), max_length=8, choices=CompoundKind)
    developer = models.CharField(_("Developer"), max_length=120, blank=True)
    address = models.CharField(_("Address"), max_length=200, blank=True)
    households = models.IntegerField(_("Households planned"))
    permit_no = models.CharField(_("Planning permit"), max_length=60, blank=True)
    permitted_on = models.DateField(_("Permit date"), null=True)
    lon = models.FloatField(_("Longitude"), null=True)
    lat = models.FloatField(_("Latitude"), null=True)
    frame = models.CharField(_("Coordinate system used"), max_length=8, choices=Frame, default=Frame.WGS84)
    standard = models.CharField(_("Standard"), max_length=40)
    per_100 = models.IntegerField(_("m² per 100 households"))
    least_m2 = models.IntegerField(_("Minimum single site (m²)"), default=0)
    before_half = models.BooleanField(_("Before half of the homes"), default=False)
    certain = models.BooleanField(_("Standard verified"), default=False)
    required_m2 = models.IntegerField(_("Required (m²)"))
    planned_m2 = models.IntegerField(_("Planned (m²)"), default=0)
    built_m2 = models.IntegerField(_("Built (m²)"), default=0)
    accepted_m2 = models.IntegerField(_("Accepted (m²)"), default=0)
    delivered_m2 = models.IntegerField(_("Handed over (m²)"), default=0)
    standing = models.CharField(_("Compliance"), max_length=8, choices=Standing, default=Standing.OPEN)
    faults: models.JSONField[list[str], list[str]] = models.JSONField(_("Reasons"), default=list)
    reason = models.CharField(_("Reason"), max_length=400, blank=True)
    registered_by = models.CharField(_("Entered by"), max_length=80)
    registered_at = models.DateTimeField(_("Entered at"))

    scope_by: ClassVar[Lines] = Lines()

    class Meta(Scoped.Meta):
        verbose_name = _("Compound")
        constraints = [
            models.UniqueConstraint(fields=["region", "name"], name="one_compound_of_a_name"),
            models.CheckConstraint(
                condition=Q(households__gt=0, per_100__gte=0, required_m2__gte=0, least_m2__gte=0),
                name="compound_counts",
            ),
            models.CheckConstraint(
                condition=Q(lon__isnull=True, lat__isnull=True) | Q(lon__isnull=False, lat__isnull=False),
                name="compound_place_is_whole",
            ),
        ]
        indexes = [models.Index(fields=["region", "kind", "standing"], name="compound_by_region")]

    def __str__(self) -> str:
        return self.name

    @property
    def point(self) -> Point | None:
        """Where it stands, in WGS-84."""
        return None if self.lon is None or self.lat is None else Point(self.lon, self.lat)

    @property
    def fault_names(self) -> str:
        """Why it is not in order, in short words."""
        return " · ".join(str(FAULTS[Fault(code)]) for code in self.faults)

    def counts(self, on: date) -> bool:
        """Whether it owes its premises already."""
        return self.permitted_on is not None and self.permitted_on <= on and self.standing != Standing.STRUCK


class PhaseState(models.TextChoices):
    """The states of the flow ``premises``, mirrored for lists; a phase without premises has no case."""

    NONE = "none", _("Without premises")
    PLAN = "plan", _("Planning to prepare")
    PLAN_REVIEW = "plan_review", _("Planning to decide")
    BUILD = "build", _("Construction to prepare")
    BUILD_REVIEW = "build_review", _("Construction to decide")
    ACCEPT = "accept", _("Acceptance to prepare")
    ACCEPT_REVIEW = "accept_review", _("Acceptance to decide")
    DELIVER = "deliver", _("Handover to prepare")
    DELIVER_REVIEW = "deliver_review", _("Handover to decide")
    DONE = "done", _("Handed over")
    DROPPED = "dropped", _("Dropped")


PREPARING = (PhaseState.PLAN, PhaseState.BUILD, PhaseState.ACCEPT, PhaseState.DELIVER)
REVIEWED = (
    PhaseState.PLAN_REVIEW,
    PhaseState.BUILD_REVIEW,
    PhaseState.ACCEPT_REVIEW,
    PhaseState.DELIVER_REVIEW,
)


class Use(models.TextChoices):
    """What premises that were handed over are used for."""

    UNKNOWN = "", _("Not looked at yet")
    CARE = "care", _("Elderly care")
    EMPTY = "empty", _("Vacant")
    OTHER = "other", _("Something else")


class Phase(Scoped):
    """One phase of a compound with the care premises in it. ``asked_m2`` is what its planning proposes."""

    compound = models.ForeignKey(Compound, models.PROTECT, related_name="phases", verbose_name=_("Compound"))
    region = region_field(verbose_name=_("Region"))
    case = models.OneToOneField("cases.Case", models.PROTECT, null=True, related_name="+")
    caption = models.CharField(_("Phase name"), max_length=160)
    number = models.SmallIntegerField(_("Phase"))
    households = models.IntegerField(_("Homes"))
    asked_m2 = models.IntegerField(_("Premises (m²)"), default=0)
    state = models.CharField(_("State"), max_length=14, choices=PhaseState, default=PhaseState.NONE)
    due_on = models.DateField(_("Next step due"), null=True)
    delivered_m2 = models.IntegerField(_("Handed over (m²)"), default=0)
    use = models.CharField(_("Used for"), max_length=5, choices=Use, blank=True, default=Use.UNKNOWN)
    use_words = models.CharField(_("What was seen"), max_length=400, blank=True)
    used_on = models.DateField(_("Looked at on"), null=True)
    facility = models.ForeignKey(
        "providers.Facility", models.PROTECT, null=True, related_name="+", verbose_name=_("Facility")
    )
    reason = models.CharField(_("Reason"), max_length=400, blank=True)
    if TYPE_CHECKING:
        compound_id: UUID
        case_id: UUID | None
        facility_id: UUID | None

    scope_by: ClassVar[Lines] = Lines()

    class Meta(Scoped.Meta):
        verbose_name = _("Premises of a phase")
        constraints = [
            models.UniqueConstraint(fields=["compound", "number"], name="one_phase_of_a_number"),
            models.CheckConstraint(
                condition=Q(households__gte=0, asked_m2__gte=0, delivered_m2__gte=0), name="phase_counts"
            ),
            models.CheckConstraint(
                condition=Q(asked_m2=0, case=None, state="none") | Q(asked_m2__gt=0, case__isnull=False),
                name="phase_with_premises_has_case",
            ),
        ]
        indexes = [models.Index(fields=["region", "state", "due_on"], name="phase_by_region")]

    def __str__(self) -> str:
        return self.caption

    @property
    def step(self) -> str:
        """The step that is under way; empty when none is."""
        return str(self.state).removesuffix("_review") if self.state in (*PREPARING, *REVIEWED) else ""


class StepState(models.TextChoices):
    """Where one step stands."""

    AHEAD = "ahead", _("Not yet started")
    OPEN = "open", _("In preparation")
    HANDED_IN = "handed_in", _("To be decided")
    PASSED = "passed", _("Passed")


class Step(Scoped):
    """One of the four steps of a phase: floor area, day, who decided outside, who prepared and who let it pass.

    A handover in parts has a further row for each part.
    """

    phase = models.ForeignKey(Phase, models.CASCADE, related_name="steps")
    region = region_field()
    kind = models.CharField(_("Premises step"), max_length=8)
    number = models.SmallIntegerField(default=1)
    state = models.CharField(_("State"), max_length=9, choices=StepState, default=StepState.AHEAD)
    due = models.DateField(_("Due"), null=True)
    m2 = models.IntegerField(_("Floor area (m²)"), null=True)
    on = models.DateField(_("Day"), null=True)
    body = models.CharField(_("Decided by (bureau)"), max_length=120, blank=True)
    words = models.CharField(_("Remark"), max_length=400, blank=True)
    returned = models.CharField(_("Returned because"), max_length=400, blank=True)
    prepared_by_id = models.UUIDField(null=True)
    prepared_by = models.CharField(_("Prepared by"), max_length=80, blank=True)
    prepared_at = models.DateTimeField(_("Prepared at"), null=True)
    decided_by_id = models.UUIDField(null=True)
    decided_by = models.CharField(_("Passed by"), max_length=80, blank=True)
    decided_at = models.DateTimeField(_("Passed at"), null=True)
    reason = models.CharField(_("Reason for passing"), max_length=400, blank=True)
    if TYPE_CHECKING:
        phase_id: UUID

    scope_by: ClassVar[Lines] = Lines()

    class Meta(Scoped.Meta):
        verbose_name = _("Step")
        constraints = [
            models.UniqueConstraint(fields=["phase", "kind", "number"], name="one_step_of_a_kind"),
            models.CheckConstraint(
                condition=~Q(state="passed")
                | (
                    Q(m2__gt=0, on__isnull=False, decided_by_id__isnull=False, prepared_by_id__isnull=False)
                    & ~Q(decided_by_id=F("prepared_by_id"))
                ),
                name="step_passed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return step_name(self.kind)


class Paper(Scoped):
    """One document of a step. The file is sealed with a key of the compound's own."""

    step = models.ForeignKey(Step, models.CASCADE, related_name="papers")
    region = region_field()
    code = models.CharField(max_length=40)
    rank = models.SmallIntegerField()
    name_en = models.CharField(max_length=160)
    name_zh = models.CharField(max_length=160)
    needed = models.BooleanField(_("Needed"), default=True)
    attachment_id = models.UUIDField(null=True)
    added_by = models.CharField(_("Attached by"), max_length=80, blank=True)
    added_at = models.DateTimeField(_("Attached at"), null=True)
    if TYPE_CHECKING:
        step_id: UUID

    scope_by: ClassVar[Lines] = Lines()

    class Meta(Scoped.Meta):
        verbose_name = _("Document")
        constraints = [
            models.UniqueConstraint(fields=["step", "code"], name="one_premises_paper_of_a_code"),
        ]

    def __str__(self) -> str:
        return self.name_zh if is_chinese() else self.name_en
