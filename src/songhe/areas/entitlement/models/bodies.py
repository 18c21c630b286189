"""Applications of facilities and organisations, and for their workers: facts, papers and the decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement.models.applications import Shown
from songhe.areas.entitlement.models.grants import Grant
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.cases.api import Case
from songhe.engines.policies.api import PolicyVersion
from songhe.engines.regions.fields import region_field
from songhe.kit.words import is_chinese


class BodyKind(models.TextChoices):
    """Who applies."""

    FACILITY = "facility", _("Facility")
    ORGANISATION = "organisation", _("Organisation")
    WORKER = "worker", _("Worker")


class BodyState(models.TextChoices):
    """The states of the flow ``body_application``."""

    FILED = "filed", _("To be verified")
    RETURNED = "returned", _("Returned: something is missing")
    VERIFIED = "verified", _("To be decided")
    NOTICED = "noticed", _("On public notice")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class BodyApplication(Scoped):
    """One application of a facility, an organisation or for a worker for one benefit.

    ``facts`` holds what the policy asks: the value of each, and whether the register knows it or the applicant told it.
    ``reason`` is what the policy said when it was last looked at. ``amount`` is in the benefit's unit.
    """

    holder_kind = models.CharField(_("Who applies"), max_length=12, choices=BodyKind)
    holder_id = models.UUIDField()
    organisation_id = models.UUIDField()
    holder_name = models.CharField(_("Applicant"), max_length=120)
    region = region_field(verbose_name=_("Region"))
    case = models.OneToOneField(Case, models.PROTECT, related_name="+")
    number = models.CharField(_("Number"), max_length=24, unique=True)
    state = models.CharField(_("State"), max_length=10, choices=BodyState, default=BodyState.FILED)
    due_at = models.DateTimeField(_("Due"), null=True)
    policy = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="+", verbose_name=_("Policy"))
    rule = models.CharField(_("Benefit"), max_length=60)
    name_en = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120)
    facts: models.JSONField[Any, Any] = models.JSONField(default=dict)
    reason: models.JSONField[Any, Any] = models.JSONField(default=dict)
    unit = models.CharField(max_length=8, blank=True)
    amount = models.BigIntegerField(default=0)
    note = models.CharField(_("Note"), max_length=400, blank=True)
    missing = models.CharField(_("Missing"), max_length=400, blank=True)
    filed_at = models.DateTimeField(_("Filed at"))
    filed_by_id = models.UUIDField()
    filed_by = models.CharField(_("Filed by"), max_length=80)
    verified_by_id = models.UUIDField(null=True)
    found = models.CharField(_("What was found"), max_length=2000, blank=True)
    decided_by_id = models.UUIDField(null=True)
    decided_at = models.DateTimeField(_("Decided"), null=True)
    decision_number = models.CharField(_("Decision number"), max_length=60, blank=True)
    clause = models.CharField(_("Clause"), max_length=20, blank=True)
    refusal = models.CharField(_("Reason for refusing"), max_length=400, blank=True)
    from_month = models.DateField(_("From month"), null=True)
    grant = models.OneToOneField(
        Grant, models.PROTECT, null=True, related_name="+", verbose_name=_("Benefit grant")
    )
    if TYPE_CHECKING:
        policy_id: UUID
        grant_id: UUID | None

    scope_by: ClassVar[Lines] = Lines(holders=("holder_id", "organisation_id"))

    class Meta(Scoped.Meta):
        verbose_name = _("Application of a facility or organisation")
        indexes = [
            models.Index(fields=["region", "state"], name="body_application_by_region"),
            models.Index(fields=["holder_id", "rule"], name="body_application_by_holder"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["holder_id", "rule"],
                condition=~Q(state__in=["granted", "refused", "withdrawn"]),
                name="one_open_body_application",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["noticed", "granted"])
                | Q(decided_by_id__isnull=False, verified_by_id__isnull=False, from_month__isnull=False),
                name="body_application_decided",
            ),
            models.CheckConstraint(
                condition=Q(decided_by_id=None)
                | (~Q(decided_by_id=F("filed_by_id")) & ~Q(decided_by_id=F("verified_by_id"))),
                name="body_application_other_eyes",
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="body_application_amount"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def name(self) -> str:
        """The benefit, in the language of the page."""
        return self.name_zh if is_chinese() else self.name_en


class BodyPaper(Scoped):
    """One document to bring. A file is sealed with a key of the application's own."""

    application = models.ForeignKey(BodyApplication, models.CASCADE, related_name="papers")
    holder_id = models.UUIDField()
    organisation_id = models.UUIDField()
    region = region_field()
    rank = models.SmallIntegerField()
    name_en = models.CharField(max_length=160)
    name_zh = models.CharField(max_length=160)
    shown = models.CharField(_("Shown"), max_length=10, choices=Shown, blank=True, default=Shown.OPEN)
    attachment_id = models.UUIDField(null=True)
    note = models.CharField(_("Note"), max_length=200, blank=True)
    shown_at = models.DateTimeField(_("At"), null=True)
    if TYPE_CHECKING:
        application_id: UUID

    scope_by: ClassVar[Lines] = Lines(holders=("holder_id", "organisation_id"))

    class Meta(Scoped.Meta):
        verbose_name = _("Document")
        constraints = [
            models.UniqueConstraint(fields=["application", "rank"], name="one_body_paper_of_a_rank"),
        ]

    def __str__(self) -> str:
        return self.name_zh if is_chinese() else self.name_en
