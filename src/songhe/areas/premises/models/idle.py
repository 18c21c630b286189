"""Idle rooms that could become a place of care, and proposals for their reuse."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.premises.models.compounds import Phase
from songhe.areas.providers.api import Frame, Kind
from songhe.core.codes import Point
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field


class Origin(models.TextChoices):
    """Whose rooms they were."""

    COMPOUND = "compound", _("Premises of a compound")
    STATE = "state", _("State-owned idle property")
    COLLECTIVE = "collective", _("Village or collective")
    SCHOOL = "school", _("Closed school")
    ENTERPRISE = "enterprise", _("Enterprise")
    PRIVATE = "private", _("Private owner")


class Condition(models.TextChoices):
    """In what condition rooms are."""

    GOOD = "good", _("Ready to use")
    REPAIR = "repair", _("To be repaired")
    REBUILD = "rebuild", _("To be rebuilt")
    UNSAFE = "unsafe", _("Not safe")


class IdleState(models.TextChoices):
    """Whether rooms are free."""

    AVAILABLE = "available", _("Free")
    RESERVED = "reserved", _("Reserved")
    REUSED = "reused", _("In use again")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Idle(Scoped):
    """Idle rooms. ``cost_fen`` is what making them fit is thought to cost. Places are stored in WGS-84."""

    region = region_field(verbose_name=_("Region"))
    name = models.CharField(_("Property"), max_length=120)
    origin = models.CharField(_("Origin"), max_length=10, choices=Origin)
    owner = models.CharField(_("Owner of the property"), max_length=120, blank=True)
    address = models.CharField(_("Address"), max_length=200, blank=True)
    area_m2 = models.IntegerField(_("Floor area (m²)"))
    floor = models.SmallIntegerField(_("Floor"), null=True)
    lift = models.BooleanField(_("Lift"), default=False)
    condition = models.CharField(_("State of repair"), max_length=7, choices=Condition)
    cost_fen = models.BigIntegerField(_("Conversion cost"), null=True)
    lon = models.FloatField(_("Longitude"), null=True)
    lat = models.FloatField(_("Latitude"), null=True)
    frame = models.CharField(_("Coordinate system used"), max_length=8, choices=Frame, default=Frame.WGS84)
    note = models.CharField(_("Note"), max_length=400, blank=True)
    state = models.CharField(_("State"), max_length=9, choices=IdleState, default=IdleState.AVAILABLE)
    reason = models.CharField(_("Reason"), max_length=400, blank=True)
    phase = models.OneToOneField(
        Phase, models.PROTECT, null=True, related_name="idle", verbose_name=_("Handed over by")
    )
    facility = models.ForeignKey(
        "providers.Facility", models.PROTECT, null=True, related_name="+", verbose_name=_("Facility")
    )
    listed_by = models.CharField(_("Entered by"), max_length=80)
    listed_at = models.DateTimeField(_("Entered at"))
    if TYPE_CHECKING:
        phase_id: UUID | None
        facility_id: UUID | None

    scope_by: ClassVar[Lines] = Lines()

    class Meta(Scoped.Meta):
        verbose_name = _("Idle property")
        constraints = [
            models.UniqueConstraint(fields=["region", "name"], name="one_idle_of_a_name"),
            models.CheckConstraint(
                condition=Q(area_m2__gt=0) & (Q(cost_fen=None) | Q(cost_fen__gte=0)), name="idle_counts"
            ),
            models.CheckConstraint(
                condition=Q(lon__isnull=True, lat__isnull=True) | Q(lon__isnull=False, lat__isnull=False),
                name="idle_place_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="reused") | Q(facility__isnull=False), name="reused_as_a_facility"
            ),
        ]
        indexes = [models.Index(fields=["region", "state"], name="idle_by_region")]

    def __str__(self) -> str:
        return self.name

    @property
    def point(self) -> Point | None:
        """Where they lie, in WGS-84."""
        return None if self.lon is None or self.lat is None else Point(self.lon, self.lat)


class ProposalState(models.TextChoices):
    """Where a proposal stands."""

    OPEN = "open", _("To be decided")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Refused")
    TAKEN_BACK = "taken_back", _("Withdrawn")


class Proposal(Scoped):
    """What somebody proposes to make of idle rooms."""

    idle = models.ForeignKey(Idle, models.PROTECT, related_name="proposals", verbose_name=_("Property"))
    region = region_field(verbose_name=_("Region"))
    kind = models.CharField(_("To become"), max_length=20, choices=Kind)
    area_m2 = models.IntegerField(_("Floor area (m²)"))
    cost_fen = models.BigIntegerField(_("Cost (yuan)"))
    who = models.CharField(_("Proposed operator"), max_length=120)
    words = models.CharField(_("Proposal"), max_length=400, blank=True)
    state = models.CharField(_("State"), max_length=10, choices=ProposalState, default=ProposalState.OPEN)
    proposed_by_id = models.UUIDField()
    proposed_by = models.CharField(_("Proposed by"), max_length=80)
    proposed_at = models.DateTimeField(_("Proposed at"))
    decided_by_id = models.UUIDField(null=True)
    decided_by = models.CharField(_("Decided by"), max_length=80, blank=True)
    decided_at = models.DateTimeField(_("Decided at"), null=True)
    reason = models.CharField(_("Reason"), max_length=400, blank=True)
    if TYPE_CHECKING:
        idle_id: UUID

    scope_by: ClassVar[Lines] = Lines()

    class Meta(Scoped.Meta):
        verbose_name = _("Proposal for reuse")
        constraints = [
            models.UniqueConstraint(
                fields=["idle"], condition=Q(state="accepted"), name="one_accepted_proposal"
            ),
            models.CheckConstraint(condition=Q(area_m2__gt=0, cost_fen__gte=0), name="proposal_counts"),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "refused"])
                | (Q(decided_by_id__isnull=False) & ~Q(decided_by_id=F("proposed_by_id"))),
                name="proposal_decided_by_another",
            ),
        ]
        indexes = [models.Index(fields=["region", "state"], name="proposal_by_region")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.who}"
