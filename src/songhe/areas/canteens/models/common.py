"""What all rows of a canteen share: whose they are, and who reaches them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songhe.engines.access.api import Lines, Scope, Scoped, Tie
from songhe.engines.access.lines import HOLDERS, TIED
from songhe.engines.regions.fields import region_field

HELD = ("facility_id", "organisation_id")


class KinLines(Lines):
    """Like ``Lines``, but of those tied to the person only kin sees the row: another place that the person goes to does
    not see what is eaten here."""

    def _tied(self, scope: Scope) -> Q:
        bound = Q(pk__in=[])
        for low, high in scope.bounds:
            bound |= Q(**{f"{self.region}__gte": low, f"{self.region}__lt": high})
        held = Q(person_id__in=Tie.persons_of(scope.holders).filter(kind=Tie.Kind.KIN))
        for column in self.holders:
            held |= Q(**{f"{column}__in": scope.holders})
        return held & bound

    def policy(self) -> str:
        """The same for the database."""
        tied = TIED.format(holders=HOLDERS)
        whole = Lines(self.region, self.holders, "person_id").policy()
        return whole.replace(tied, f"{tied} AND t.kind = 'kin'")


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
