"""Where villages lie: figures made from sealed places, kept because the database cannot open them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.registry.rules.middles import LEAST
from songhe.core.codes import Point
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field


class Middle(Scoped):
    """The middle of the homes known in one village, in WGS-84; worked out anew every night."""

    region = region_field(verbose_name=_("Region"))
    lon = models.FloatField()
    lat = models.FloatField()
    homes = models.IntegerField()
    found_at = models.DateTimeField()

    scope_by: ClassVar[Lines] = Lines()

    class Meta(Scoped.Meta):
        verbose_name = _("Village centre")
        constraints = [
            models.UniqueConstraint(fields=["region"], name="one_middle_of_a_village"),
            models.CheckConstraint(condition=Q(homes__gte=LEAST), name="middle_of_enough_homes"),
        ]

    def __str__(self) -> str:
        return str(self.region)

    @property
    def point(self) -> Point:
        """The place itself."""
        return Point(self.lon, self.lat)
