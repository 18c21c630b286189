"""Newer facts of a body's grant: entered by one, with a paper, confirmed by another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement.models.grants import Grant
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field
from songhe.kit.words import is_chinese


class BodyFactState(models.TextChoices):
    """Where a fact stands."""

    ENTERED = "entered", _("To be confirmed")
    CONFIRMED = "confirmed", _("Confirmed")
    REFUSED = "refused", _("Refused")


class BodyFact(Scoped):
    """One fact of a grant from a month on, or of that month alone where the policy has it told each month (``monthly``).

    A row is never changed once it is decided: what was wrong is entered again, and of one month the last confirmed
    counts. The paper's file is sealed with a key of the fact's own.
    """

    grant = models.ForeignKey(Grant, models.PROTECT, related_name="facts", verbose_name=_("Benefit grant"))
    holder_id = models.UUIDField()
    organisation_id = models.UUIDField()
    region = region_field(verbose_name=_("Region"))
    code = models.CharField(max_length=60)
    name_en = models.CharField(max_length=160)
    name_zh = models.CharField(max_length=160)
    unit = models.CharField(max_length=8, blank=True)
    value: models.JSONField[Any, Any] = models.JSONField(_("Value of the fact"))
    month = models.DateField(_("From month"))
    monthly = models.BooleanField(_("For this month only"), default=False)
    paper = models.CharField(_("Document"), max_length=160)
    attachment_id = models.UUIDField(null=True)
    note = models.CharField(_("Note"), max_length=400, blank=True)
    state = models.CharField(_("State"), max_length=10, choices=BodyFactState, default=BodyFactState.ENTERED)
    entered_by_id = models.UUIDField()
    entered_by = models.CharField(_("Entered by"), max_length=80)
    entered_at = models.DateTimeField(_("Entered at"))
    decided_by_id = models.UUIDField(null=True)
    decided_by = models.CharField(_("Decided by"), max_length=80, blank=True)
    decided_at = models.DateTimeField(_("Decided"), null=True)
    reason = models.CharField(_("Reason"), max_length=400, blank=True)
    if TYPE_CHECKING:
        grant_id: UUID

    scope_by: ClassVar[Lines] = Lines(holders=("holder_id", "organisation_id"))

    class Meta(Scoped.Meta):
        verbose_name = _("Grant fact")
        indexes = [
            models.Index(fields=["grant", "month"], name="body_fact_by_grant"),
            models.Index(fields=["region", "state"], name="body_fact_by_region"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["grant", "code", "month"], condition=Q(state="entered"), name="one_body_fact_entered"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="body_fact_by_month"),
            models.CheckConstraint(
                condition=~Q(state="confirmed")
                | (
                    Q(decided_by_id__isnull=False, decided_at__isnull=False)
                    & ~Q(decided_by_id=F("entered_by_id"))
                ),
                name="body_fact_by_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.month:%Y-%m}"

    @property
    def name(self) -> str:
        """The fact, in the language of the page."""
        return self.name_zh if is_chinese() else self.name_en
