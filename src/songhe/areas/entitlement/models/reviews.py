"""What a monthly review found about grants in force."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement.models.grants import Grant
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field


class FindingKind(models.TextChoices):
    """What changed since the benefit was granted."""

    DIED = "died", _("Deceased")
    MOVED_OUT = "moved_out", _("Lives outside the policy's region")
    STATUS_LOST = "status_lost", _("Status ended")
    LEVEL = "level", _("Ability level changed")
    FACT = "fact", _("A fact used by the policy changed")
    NOT_ENTITLED = "not_entitled", _("No longer entitled")
    AGE = "age", _("Reaches an age threshold next month")
    DUPLICATE = "duplicate", _("May be the same person as another")
    LIFE = "life", _("Life certification due or late")


class FindingState(models.TextChoices):
    """What became of it."""

    OPEN = "open", _("To decide")
    SUSPENDED = "suspended", _("Suspended")
    STOPPED = "stopped", _("Stopped")
    KEPT = "kept", _("Benefit kept")
    GONE = "gone", _("Settled by itself")


class Finding(Scoped):
    """One thing about one grant for somebody to decide. ``sign`` names the change: the same one is listed once."""

    grant = models.ForeignKey(Grant, models.CASCADE, related_name="findings", verbose_name=_("Benefit grant"))
    person_id = models.UUIDField(null=True)
    holder_id = models.UUIDField(null=True)
    region = region_field(verbose_name=_("Region"))
    month = models.DateField(_("Month"))
    kind = models.CharField(_("What changed"), max_length=12, choices=FindingKind)
    sign = models.CharField(max_length=64)
    detail: models.JSONField[Any, Any] = models.JSONField(default=dict)
    state = models.CharField(_("State"), max_length=10, choices=FindingState, default=FindingState.OPEN)
    found_at = models.DateTimeField(_("Found"))
    decided_at = models.DateTimeField(_("Decided"), null=True)
    decided_by_id = models.UUIDField(null=True)
    decided_by = models.CharField(_("Decided by"), max_length=80, blank=True)
    note = models.CharField(_("Note"), max_length=400, blank=True)
    if TYPE_CHECKING:
        grant_id: UUID

    scope_by: ClassVar[Lines] = Lines(holders=("holder_id",), person="person_id")
    follows_person: ClassVar[bool] = True

    class Meta(Scoped.Meta):
        verbose_name = _("Review")
        indexes = [
            models.Index(fields=["region", "kind"], condition=Q(state="open"), name="finding_open"),
            models.Index(fields=["grant"], name="finding_by_grant"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["grant", "kind", "sign"], name="found_once"),
            models.CheckConstraint(
                condition=Q(state="open") | Q(decided_at__isnull=False), name="finding_decided"
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())
