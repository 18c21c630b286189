"""What was measured at a visit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.visits.models.orders import LINES, opened
from songhe.areas.visits.models.visits import Visit
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field
from songhe.engines.vault.api import reveal_json


class Vital(Scoped):
    """Values measured at one moment, sealed with the person's key. ``is_outside``: somebody has to look, and
    ``handled_at`` says that somebody did."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="+", verbose_name=_("Visit"))
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field(verbose_name=_("Region"))
    organisation = models.ForeignKey(
        "providers.Organisation", models.PROTECT, related_name="+", verbose_name=_("Organisation")
    )
    worker = models.ForeignKey("providers.Worker", models.PROTECT, related_name="+", verbose_name=_("Worker"))
    taken_at = models.DateTimeField(_("Measured"))
    received_at = models.DateTimeField(_("Received"))
    values_sealed = models.BinaryField()
    is_outside = models.BooleanField(_("Out of range"), default=False)
    handled_at = models.DateTimeField(_("Looked at"), null=True)
    handled_by = models.CharField(_("Looked at by"), max_length=80, blank=True)
    handled_sealed = models.BinaryField(default=b"")

    scope_by: ClassVar[Lines] = LINES
    protected: ClassVar[tuple[str, ...]] = ("values_sealed", "handled_sealed")
    if TYPE_CHECKING:
        visit_id: UUID
        person_id: UUID
        organisation_id: UUID
        worker_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Measurement")
        indexes = [
            models.Index(fields=["region", "taken_at"], name="vital_by_region"),
            models.Index(fields=["person", "taken_at"], name="vital_by_person"),
            models.Index(fields=["visit"], name="vital_by_visit"),
            models.Index(
                fields=["organisation", "taken_at"],
                condition=Q(is_outside=True, handled_at=None),
                name="vital_to_look_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.taken_at):%m-%d %H:%M}"

    @property
    def values(self) -> dict[str, int]:
        """What was measured, by code."""
        found: Any = reveal_json(self.person_id, self.values_sealed)
        return dict(found or {})

    @property
    def handled_words(self) -> str:
        """What came of it."""
        return opened(self.person_id, self.handled_sealed)

    @property
    def waits(self) -> bool:
        """Whether somebody has to look at it."""
        return self.is_outside and self.handled_at is None
