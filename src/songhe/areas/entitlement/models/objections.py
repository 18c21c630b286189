"""What was said against decisions on public notice."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement.models.applications import Application
from songhe.areas.entitlement.models.bodies import BodyApplication
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field
from songhe.engines.vault.api import reveal


class Objection(Scoped):
    """What somebody said against a decision on public notice, of a person or of a facility or organisation.

    Who objects is known to the offices alone: the row names no person to whom relatives could be tied, and words and
    name are sealed with a key of its own.
    """

    application = models.ForeignKey(Application, models.CASCADE, null=True, related_name="objections")
    body = models.ForeignKey(BodyApplication, models.CASCADE, null=True, related_name="objections")
    region = region_field()
    owner_id = models.UUIDField()
    by_sealed = models.BinaryField(default=b"", db_default=b"")
    words_sealed = models.BinaryField(default=b"", db_default=b"")
    received_at = models.DateTimeField(_("Received"))
    recorded_by_id = models.UUIDField()

    scope_by: ClassVar[Lines] = Lines()
    protected: ClassVar[tuple[str, ...]] = ("by_sealed", "words_sealed")

    class Meta(Scoped.Meta):
        verbose_name = _("Objection")
        constraints = [
            models.CheckConstraint(
                condition=Q(application=None, body__isnull=False) | Q(application__isnull=False, body=None),
                name="objection_to_one_application",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.received_at:%Y-%m-%d}"

    @property
    def words(self) -> str:
        """What was said."""
        return reveal(self.owner_id, bytes(self.words_sealed)) if self.words_sealed else ""

    @property
    def by(self) -> str:
        """Who said it; empty for an objection without a name."""
        return reveal(self.owner_id, bytes(self.by_sealed)) if self.by_sealed else ""
