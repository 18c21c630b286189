"""Where people live and how many sites are near them, sealed; and what was worked out from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field
from songhe.engines.regions.ids import uuid7

DOUBTS = "doubts"


class Block(Scoped):
    """The homes of one town as columns, sealed with a key of the block's own; see ``queries.homes``. No column is open."""

    region = region_field(verbose_name=_("Town or street"))
    people = models.IntegerField(_("People"))
    exact = models.IntegerField(_("With their own location"))
    middle = models.IntegerField(_("Located at the centre of their village"))
    sealed = models.BinaryField()
    gathered_at = models.DateTimeField(_("Collected at"))

    scope_by: ClassVar[Lines] = Lines()
    protected: ClassVar[tuple[str, ...]] = ("sealed",)

    class Meta(Scoped.Meta):
        verbose_name = _("Homes of a town")
        constraints = [models.UniqueConstraint(fields=["region"], name="one_block_of_a_town")]

    def __str__(self) -> str:
        return str(self.region_id)


class Counted(Scoped):
    """How many sites of one service each home has near, as it was last worked out, sealed; see ``queries.counted``. It is right
    for as long as ``basis``, what it stands on, is the same."""

    region = region_field(verbose_name=_("City"))
    kind = models.CharField(_("Service"), max_length=20)
    basis = models.CharField(max_length=64)
    sealed = models.BinaryField()

    scope_by: ClassVar[Lines] = Lines()
    protected: ClassVar[tuple[str, ...]] = ("sealed",)

    class Meta(Scoped.Meta):
        verbose_name = _("Counts of a service")
        constraints = [models.UniqueConstraint(fields=["region", "kind"], name="one_count_of_a_service")]

    def __str__(self) -> str:
        return self.kind


class Run(models.Model):
    """One time at which the circle of a city was worked out: how, on which streets, with how many people and sites.

    ``kinds``, ``bands`` and ``groups`` say what the numbers of its figures are; ``told`` has what holds for the whole city:
    by service how evenly its places are spread, and under ``DOUBTS`` what is doubtful about where sites and homes lie. Nothing
    here is about one person or home, so it is open to everybody who sees the map.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    region = region_field(verbose_name=_("City"))
    at = models.DateTimeField(_("Computed at"))
    by_id = models.UUIDField()
    by = models.CharField(_("By"), max_length=80)
    walker = models.FloatField(_("Walking speed (m/s)"))
    network = models.CharField(_("Streets"), max_length=160, blank=True)
    attribution = models.CharField(_("Street data source"), max_length=200, blank=True)
    approximate = models.BooleanField(_("Approximate"))
    circle = models.CharField(_("Circle"), max_length=20)
    kinds: models.JSONField[Any, Any] = models.JSONField(default=list)
    bands: models.JSONField[Any, Any] = models.JSONField(default=list)
    groups: models.JSONField[Any, Any] = models.JSONField(default=list)
    minutes: models.JSONField[Any, Any] = models.JSONField(default=dict)
    told: models.JSONField[Any, Any] = models.JSONField(default=dict)
    cell = models.SmallIntegerField()
    people = models.IntegerField(_("People"))
    exact = models.IntegerField(_("With their own location"))
    middle = models.IntegerField(_("Located at the centre of their village"))
    nowhere = models.IntegerField(_("Without a location"))
    off_street = models.IntegerField(_("Too far from any street"))
    sites = models.IntegerField(_("Sites"))
    if TYPE_CHECKING:
        region_id: int

    class Meta:
        verbose_name = _("Service circle calculated")
        indexes = [models.Index(fields=["region", "-at"], name="circle_run_by_region")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}"


class Figure(Scoped):
    """A community (``cell`` empty), or its part of one hex: see ``rules.figures`` for what the bytes are."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="figures")
    region = region_field(verbose_name=_("Village or community"), db_index=False)
    cell = models.CharField(max_length=16, blank=True)
    people = models.BinaryField()
    covered = models.BinaryField()
    ways = models.BinaryField()

    scope_by: ClassVar[Lines] = Lines()
    if TYPE_CHECKING:
        run_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Figures of a place")
        constraints = [
            models.UniqueConstraint(fields=["run", "region", "cell"], name="one_figure_of_a_place")
        ]

    def __str__(self) -> str:
        return self.cell or str(self.region_id)
