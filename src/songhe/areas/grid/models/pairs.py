"""Pairs of a helper and an elder."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.grid.models.helpers import Helper
from songhe.engines.access.api import KinLines, Lines, Scoped
from songhe.engines.regions.fields import region_field


class Role(models.TextChoices):
    """What a helper is to an elder: the one neighbour, the one grid worker in charge, or one of several more."""

    FIRST = "first", _("First neighbour")
    GRID = "grid", _("Grid worker in charge")
    MORE = "more", _("Further helper")


SINGLE = (Role.FIRST, Role.GRID)
"""Of whom an elder has one at a time."""


class Ended(models.TextChoices):
    """Why a pair ended."""

    CHANGED = "changed", _("Change helper")
    HELPER_LEFT = "helper_left", _("Helper left")
    DIED = "died", _("Elder died")
    MOVED = "moved", _("Elder moved away")
    REFUSED = "refused", _("Elder does not want it")


class Pair(Scoped):
    """A helper looks after an elder from one day until another. The database keeps one neighbour and one grid worker at a time."""

    helper = models.ForeignKey(Helper, models.PROTECT, related_name="+", verbose_name=_("Helper"))
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Elder"))
    region = region_field(verbose_name=_("Region"))
    role = models.CharField(_("Role"), max_length=6, choices=Role)
    holds_key = models.BooleanField(_("Holds a key"), default=False, db_default=False)
    key_since = models.DateField(_("Key held since"), null=True)
    since = models.DateField(_("From"))
    until = models.DateField(_("Until"), null=True)
    why_ended = models.CharField(_("Why ended"), max_length=12, choices=Ended, blank=True, db_default="")
    by = models.CharField(_("Entered by"), max_length=80)
    at = models.DateTimeField(_("Entered at"))

    scope_by: ClassVar[Lines] = KinLines(holders=("helper_id",))
    follows_person: ClassVar[bool] = True
    if TYPE_CHECKING:
        helper_id: UUID
        person_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Pair")
        indexes = [
            models.Index(fields=["helper", "until"], name="pair_by_helper"),
            models.Index(fields=["person", "until"], name="pair_by_person"),
            models.Index(fields=["region", "until"], name="pair_by_region"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="pair_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.since}"

    def holds_on(self, on: date) -> bool:
        """Whether the pair holds on a day."""
        return self.since <= on and (self.until is None or on < self.until)
