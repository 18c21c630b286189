"""What a phone without network did at a visit that the office had changed meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.visits.models.orders import LINES
from songhe.areas.visits.models.visits import Visit
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field
from songhe.engines.vault.api import reveal_json


class ConflictState(models.TextChoices):
    """Where a conflict stands."""

    OPEN = "open", _("To decide")
    ACCEPTED = "accepted", _("Use the worker's record")
    KEPT = "kept", _("Keep the office's record")


class ConflictReason(models.TextChoices):
    """Why it was decided so."""

    LATE_NEWS = "late_news", _("The phone had not heard of the change")
    CONFIRMED = "confirmed", _("The person says that the worker was there")
    DENIED = "denied", _("The person says that nobody came")
    OTHER_SERVED = "other_served", _("Somebody else served the person")
    DOUBLE = "double", _("Entered twice")
    OTHER = "other", _("Another reason")


class Conflict(Scoped):
    """One thing done on a phone: what (``verb``), when, with which values; and how the office's visit stood. Both stay
    whatever is decided. Values are sealed with the person's key; a file is an attachment of the visit."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="+", verbose_name=_("Visit"))
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field(verbose_name=_("Region"))
    organisation = models.ForeignKey(
        "providers.Organisation", models.PROTECT, related_name="+", verbose_name=_("Organisation")
    )
    worker = models.ForeignKey("providers.Worker", models.PROTECT, related_name="+", verbose_name=_("Worker"))
    verb = models.CharField(_("Done on the phone"), max_length=16)
    claimed_at = models.DateTimeField(_("By the phone"))
    phone_at = models.DateTimeField(_("By the phone's wrong clock"), null=True)
    received_at = models.DateTimeField(_("Received"))
    values_sealed = models.BinaryField(default=b"")
    attachment_id = models.UUIDField(null=True)
    office: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        _("By the office"), default=dict
    )
    state = models.CharField(_("State"), max_length=8, choices=ConflictState, default=ConflictState.OPEN)
    reason = models.CharField(_("Reason"), max_length=12, choices=ConflictReason, blank=True)
    words = models.CharField(_("In words"), max_length=200, blank=True)
    decided_at = models.DateTimeField(_("Decided"), null=True)
    decided_by = models.CharField(_("Decided by"), max_length=80, blank=True)

    scope_by: ClassVar[Lines] = LINES
    protected: ClassVar[tuple[str, ...]] = ("values_sealed",)
    if TYPE_CHECKING:
        visit_id: UUID
        person_id: UUID
        organisation_id: UUID
        worker_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Conflict")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", decided_at=None)
                | (~Q(state="open") & Q(decided_at__isnull=False) & ~Q(reason="")),
                name="decided_with_a_reason",
            )
        ]
        indexes = [
            models.Index(fields=["visit", "claimed_at"], name="conflict_by_visit"),
            models.Index(fields=["worker", "received_at"], name="conflict_by_worker"),
            models.Index(
                fields=["organisation", "received_at"], condition=Q(state="open"), name="conflict_to_decide"
            ),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.claimed_at):%m-%d %H:%M}"

    @property
    def values(self) -> dict[str, Any]:
        """What the phone's form said."""
        found: Any = reveal_json(self.person_id, self.values_sealed)
        return dict(found or {})
