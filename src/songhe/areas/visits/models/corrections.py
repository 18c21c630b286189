"""Times entered by hand, beside those that stood before."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from songhe.areas.visits.models.orders import LINES
from songhe.areas.visits.models.visits import Visit
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field


class Cause(models.TextChoices):
    """Why times were entered by hand."""

    PHONE_FAILED = "phone_failed", _("The phone failed")
    NO_NETWORK = "no_network", _("No network")
    FORGOT_IN = "forgot_in", _("Forgot to check in")
    FORGOT_OUT = "forgot_out", _("Forgot to check out")
    CLOCK_WRONG = "clock_wrong", _("The phone's clock was wrong")
    WRONG_VISIT = "wrong_visit", _("Checked in at another visit")
    OTHER = "other", _("Another cause")


class Correction(Scoped):
    """Times of a visit entered by hand, with those that stood before (None: there were none). Kept as it is for good."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="corrections", verbose_name=_("Visit"))
    region = region_field(verbose_name=_("Region"))
    person_id = models.UUIDField()
    organisation_id = models.UUIDField()
    worker_id = models.UUIDField()
    arrived_before = models.DateTimeField(_("Arrival, original"), null=True)
    left_before = models.DateTimeField(_("Departure, original"), null=True)
    arrived_after = models.DateTimeField(_("Arrival, corrected"))
    left_after = models.DateTimeField(_("Departure, corrected"))
    cause = models.CharField(_("Cause"), max_length=12, choices=Cause)
    words = models.CharField(_("Reason"), max_length=200)
    by_id = models.UUIDField()
    by_name = models.CharField(_("By"), max_length=80)
    at = models.DateTimeField(_("Entered at"))

    scope_by: ClassVar[Lines] = LINES
    if TYPE_CHECKING:
        visit_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Correction")
        indexes = [models.Index(fields=["visit", "at"], name="correction_by_visit")]

    def __str__(self) -> str:
        return str(self.get_cause_display())
