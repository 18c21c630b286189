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
    made_at = models.DateTimeField(_("Made"))
    closed_at = models.DateTimeField(_("Put away"), null=True)

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
    what = models.CharField(_("What becomes of it"), max_length=6, choices=What)
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
        verbose_name = _("Change of a site")
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

    COVER = "cover", _("Reach most people with so many sites")
    BUDGET = "budget", _("Reach most people with a budget")
    SHARE = "share", _("Reach a share of the people at least cost")
    STAGED = "staged", _("Build over several years")
    MEDIAN = "median", _("Make all ways short with so many sites")
    CENTRE = "centre", _("Make the longest way short with so many sites")
    PLACES = "places", _("Give most people a place with so many sites")


class Each(models.TextChoices):
    """Of which regions each has to reach a share."""

    COUNTY = "county", _("County or district")
    TOWN = "town", _("Town or street")


class Siting(Scoped):
    """One question where to build, and its answer. ``result`` has sites and sums, no person; ``musts`` and ``nevers`` are
    names of candidates by their codes. Somebody of the groups ``weighed`` counts ``times``, of two of them once more for the other;
    ``floor`` is the percent that each region of ``floor_by`` has to reach."""

    class State(models.TextChoices):
        WORKING = "working", _("Being worked out")
        DONE = "done", _("Done")
        FAILED = "failed", _("Not possible")
        BROKEN = "broken", _("Failed")

    region = region_field(verbose_name=_("Region"))
    kind = models.CharField(_("Service"), max_length=20)
    goal = models.CharField(_("Goal"), max_length=8, choices=Goal)
    sites = models.IntegerField(_("Sites"), null=True)
    budget_fen = models.BigIntegerField(_("Budget"), null=True)
    share = models.IntegerField(_("Share (percent)"), null=True)
    years = models.IntegerField(_("Years"), null=True)
    places = models.IntegerField(_("Places of one site"), null=True)
    need = models.IntegerField(_("Of 1,000 people need a place"), null=True)
    weighed: models.JSONField[Any, Any] = models.JSONField(_("Groups that count more"), default=list)
    times = models.SmallIntegerField(_("Each of them counts"), default=1)
    floor = models.SmallIntegerField(_("Least share of every region (percent)"), null=True)
    floor_by = models.CharField(_("Regions of the least share"), max_length=6, choices=Each, blank=True)
    cost_fen = models.BigIntegerField(_("Cost of one site"), default=0)
    candidates = models.CharField(_("Where a site could be"), max_length=10)
    given: models.JSONField[Any, Any] = models.JSONField(default=list)
    musts: models.JSONField[Any, Any] = models.JSONField(_("Built in any case"), default=dict)
    nevers: models.JSONField[Any, Any] = models.JSONField(_("Not to be built"), default=dict)
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
        verbose_name = _("Search for sites")
        indexes = [models.Index(fields=["region", "-asked_at"], name="siting_by_region")]

    def __str__(self) -> str:
        return str(self.get_goal_display())
