"""What all rows of a canteen share: whose they are, and who reaches them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from songhe.engines.access.api import KinLines, Lines, Scoped
from songhe.engines.regions.fields import region_field

HELD = ("facility_id", "organisation_id")
KITCHEN = Lines(holders=HELD)
"""Seen by the offices of the region, by the canteen and by the organisation that runs it."""
TABLE = KinLines(holders=HELD)
"""The same, and by relatives of the person."""


class OfCanteen(Scoped):
    """A row of one canteen. Region and holders are the canteen's own when the row is written."""

    canteen = models.ForeignKey(
        "canteens.Canteen", models.PROTECT, related_name="+", verbose_name=_("Canteen")
    )
    facility_id = models.UUIDField()
    organisation_id = models.UUIDField()
    region = region_field(verbose_name=_("Region"))

    scope_by: ClassVar[Lines] = KITCHEN
    if TYPE_CHECKING:
        canteen_id: UUID

    class Meta(Scoped.Meta):
        abstract = True


def of(canteen: Any) -> dict[str, Any]:
    """The columns that say whose a row is."""
    return {
        "canteen_id": canteen.pk,
        "facility_id": canteen.facility_id,
        "organisation_id": canteen.organisation_id,
        "region_id": canteen.region_id,
    }
