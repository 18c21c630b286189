"""Payments drawn from a batch, each verified with the person before the money goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.payments.models.batches import Batch, PayLine
from songhe.areas.payments.models.holders import LINES, Held, held_by
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field


class How(models.TextChoices):
    """How somebody was reached."""

    CALLED = "called", _("Called")
    VISITED = "visited", _("Visited")


class Found(models.TextChoices):
    """What came out."""

    OPEN = "", _("Still to verify")
    RIGHT = "right", _("Everything is right")
    WRONG = "wrong", _("Something is wrong")


class PayCheck(Held, Scoped):
    """One drawn payment and what an official found out about it."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="+", verbose_name=_("Payment batch"))
    line = models.OneToOneField(PayLine, models.PROTECT, related_name="+", verbose_name=_("Payment"))
    person = models.ForeignKey(
        "registry.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("Person")
    )
    region = region_field(verbose_name=_("Region"))
    found = models.CharField(_("Result of the verification"), max_length=6, choices=Found, blank=True)
    how = models.CharField(_("How"), max_length=8, choices=How, blank=True)
    note = models.CharField(_("Note"), max_length=400, blank=True)
    by_id = models.UUIDField(null=True)
    by = models.CharField(_("By"), max_length=80, blank=True)
    at = models.DateTimeField(_("At"), null=True)
    if TYPE_CHECKING:
        batch_id: UUID

    scope_by: ClassVar[Lines] = LINES

    class Meta(Scoped.Meta):
        verbose_name = _("Verification")
        constraints = [
            held_by("check_has_a_holder"),
            models.CheckConstraint(condition=Q(found="") | Q(by_id__isnull=False), name="check_by_somebody"),
        ]

    def __str__(self) -> str:
        return str(self.line)
