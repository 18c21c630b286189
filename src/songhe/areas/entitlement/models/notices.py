"""Public notices of decisions."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement.models.applications import Application
from songhe.areas.entitlement.models.bodies import BodyApplication
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field
from songhe.kit.words import is_chinese


class Notice(Scoped):
    """One decision as everybody may read it. The row holds nothing that is not on the page, but for its application.

    It is shown on the days from ``posted_on`` to ``until``, both included, and not after it was taken down.
    """

    application = models.ForeignKey(Application, models.PROTECT, null=True, related_name="notices")
    body = models.ForeignKey(BodyApplication, models.PROTECT, null=True, related_name="notices")
    region = region_field(verbose_name=_("Region"))
    shown_name = models.CharField(_("Name"), max_length=60)
    benefit_en = models.CharField(max_length=120)
    benefit_zh = models.CharField(max_length=120)
    decision_number = models.CharField(_("Decision number"), max_length=60)
    from_month = models.DateField(_("From month"))
    posted_on = models.DateField(_("Posted on"))
    until = models.DateField(_("Objection deadline"))
    taken_down_at = models.DateTimeField(_("Taken down"), null=True)
    if TYPE_CHECKING:
        application_id: UUID | None
        body_id: UUID | None

    scope_by: ClassVar[Lines] = Lines()

    class Meta(Scoped.Meta):
        verbose_name = _("Public notice")
        indexes = [models.Index(fields=["region", "until"], name="notice_by_region")]
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=Q(taken_down_at=None), name="one_notice_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["body"], condition=Q(taken_down_at=None), name="one_body_notice_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(application=None, body__isnull=False) | Q(application__isnull=False, body=None),
                name="notice_of_one_application",
            ),
            models.CheckConstraint(condition=Q(until__gte=F("posted_on")), name="notice_ends_after_start"),
        ]

    def __str__(self) -> str:
        return self.decision_number

    @property
    def benefit(self) -> str:
        """The benefit, in the language of the page."""
        return self.benefit_zh if is_chinese() else self.benefit_en

    def is_over(self, day: date) -> bool:
        """Whether the last day for objections has passed."""
        return day > self.until
