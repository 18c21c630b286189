"""What planners make: scenarios of sites, and questions where to build."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songhe.core.codes import Point
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field


class What(models.TextChoices):
    """What becomes of a site."""

    ADD = "add", _("New site")
    MOVE = "move", _("Moved")
    CLOSE = "close", _("Closed")


class Scenario(Scoped):
    """A named set of changes to the sites of one service. ``result``: what it changes, sums only."""

    region = region_field(verbose_name=_("Region"))
    name = models.CharField(_("Scenario"), max_length=80)
    kind = models.CharField(_("Service"), max_length=20)
    note = models.CharField(_("Note"), max_length=400, blank=True)
    made_by_id = models.UUIDField()
    made_by = models.CharField(_("Planner"), max_length=80)
    made_at = models.DateTimeField(_("Created at"))
    closed_at = models.DateTimeField(_("Put away at"), null=True)

    scope_by: ClassVar[Lines] = Lines()

    class Meta(Scoped.Meta):
        verbose_name = _("Scenario")
        indexes = [models.Index(fields=["region", "-made_at"], name="scenario_by_region")]

    def __str__(self) -> str:
        return self.name


class Change(Scoped):
    """One site of a scenario: new, moved or closed."""

    scenario = models.ForeignKey(Scenario, models.CASCADE, related_name="changes")
    region = region_field(db_index=False)
    what = models.CharField(_("Type of change"), max_length=6, choices=What)
    facility_id = models.UUIDField(null=True)
    name = models.CharField(_("Site"), max_length=120)
    lon = models.FloatField(_("Longitude"), null=True)
    lat = models.FloatField(_("Latitude"), null=True)
    cost_fen = models.BigIntegerField(_("Cost (yuan)"), default=0)
    capacity = models.IntegerField(_("Places"), null=True)

    scope_by: ClassVar[Lines] = Lines()
    if TYPE_CHECKING:
        scenario_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Site change")
        constraints = [
            models.UniqueConstraint(
                fields=["scenario", "facility_id"], condition=Q(facility_id__isnull=False), name="one_change_of_a_site"
            ),
            models.CheckConstraint(
                condition=Q(what="close", lon=None, lat=None) | Q(what__in=["add", "move"], lon__isnull=False, lat__isnull=False),
                name="change_has_its_place",
            ),
            models.CheckConstraint(
                condition=Q(what="add", facility_id=None) | Q(what__in=["move", "close"], facility_id__isnull=False),
                name="change_has_its_site",
            ),
            models.CheckConstraint(condition=Q(cost_fen__gte=0), name="change_cost_not_negative"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def point(self) -> Point | None:
        """Where the site comes to be."""
        return None if self.lon is None or self.lat is None else Point(self.lon, self.lat)


class Goal(models.TextChoices):
    """What is asked of new sites."""

    COVER = "cover", _("Cover the most people with a given number of sites")
    BUDGET = "budget", _("Cover the most people within a budget")
    SHARE = "share", _("Cover a share of the people at minimum cost")
    STAGED = "staged", _("Build over several years")
    MEDIAN = "median", _("Minimise total travel with a given number of sites")
    CENTRE = "centre", _("Minimise the longest travel with a given number of sites")
    PLACES = "places", _("Give the most people a place with a given number of sites")


class Each(models.TextChoices):
    """Of which regions each has to reach a share."""

    COUNTY = "county", _("County or district")
    TOWN = "town", _("Town or street")


class Siting(Scoped):
    """One question where to build, and its answer. ``result`` has sites and sums, no person; ``musts`` and ``nevers`` are
    names of candidates by their codes. Somebody of the groups ``weighed`` counts ``times``, of two of them once more for the other;
    ``floor`` is the percent that each region of ``floor_by`` has to reach."""

    class State(models.TextChoices):
        WORKING = "working", _("Being computed")
        DONE = "done", _("Done")
        FAILED = "failed", _("No feasible plan")
        BROKEN = "broken", _("Failed")

    region = region_field(verbose_name=_("Region"))
    kind = models.CharField(_("Service"), max_length=20)
    goal = models.CharField(_("Goal"), max_length=8, choices=Goal)
    sites = models.IntegerField(_("Sites"), null=True)
    budget_fen = models.BigIntegerField(_("Budget"), null=True)
    share = models.IntegerField(_("Share (percent)"), null=True)
    years = models.IntegerField(_("Years"), null=True)
    places = models.IntegerField(_("Places per site"), null=True)
    need = models.IntegerField(_("Places needed per 1,000 people"), null=True)
    weighed: models.JSONField[Any, Any] = models.JSONField(_("Priority groups"), default=list)
    times = models.SmallIntegerField(_("Weight of each"), default=1)
    floor = models.SmallIntegerField(_("Minimum coverage of every region (percent)"), null=True)
    floor_by = models.CharField(_("Regions for the minimum coverage"), max_length=6, choices=Each, blank=True)
    cost_fen = models.BigIntegerField(_("Cost of one site"), default=0)
    candidates = models.CharField(_("Candidate locations"), max_length=10)
    given: models.JSONField[Any, Any] = models.JSONField(default=list)
    musts: models.JSONField[Any, Any] = models.JSONField(_("Must be built"), default=dict)
    nevers: models.JSONField[Any, Any] = models.JSONField(_("Must not be built"), default=dict)
    least_m2 = models.IntegerField(_("Smallest floor area (m²)"), null=True)
    scenario = models.ForeignKey(
        Scenario, models.SET_NULL, null=True, related_name="+", verbose_name=_("Own proposal")
    )
    state = models.CharField(_("State"), max_length=8, choices=State, default=State.WORKING)
    note = models.CharField(_("Note"), max_length=400, blank=True)
    result: models.JSONField[Any, Any] = models.JSONField(default=dict)
    job_id = models.UUIDField(null=True)
    asked_by_id = models.UUIDField()
    asked_by = models.CharField(_("Asked by"), max_length=80)
    asked_at = models.DateTimeField(_("Asked"))
    done_at = models.DateTimeField(_("Done"), null=True)

    scope_by: ClassVar[Lines] = Lines()
    if TYPE_CHECKING:
        scenario_id: UUID | None

    class Meta(Scoped.Meta):
        verbose_name = _("Site search")
        indexes = [models.Index(fields=["region", "-asked_at"], name="siting_by_region")]

    def __str__(self) -> str:
        return str(self.get_goal_display())
