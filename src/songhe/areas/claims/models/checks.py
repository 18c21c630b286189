"""Sampled visits, scores, and what organisations dispute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.claims.models.claims import LINES, Claim, ClaimLine
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field


class Why(models.TextChoices):
    """Why a visit was drawn."""

    RISK = "risk", _("By risk")
    CHANCE = "chance", _("At random")


class How(models.TextChoices):
    """How somebody was asked."""

    CALLED = "called", _("Called")
    VISITED = "visited", _("Visited")


class Found(models.TextChoices):
    """What the person said."""

    OPEN = "", _("To be checked")
    GIVEN = "given", _("Provided as claimed")
    SHORTER = "shorter", _("Provided, but shorter")
    NOT_GIVEN = "not_given", _("Not provided")
    NO_CONTACT = "no_contact", _("Could not be reached")


class SampleCheck(Scoped):
    """One drawn visit and what came out. The organisation does not see which were drawn. Words are sealed with the person's
    key."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="checks", verbose_name=_("Claim"))
    line = models.OneToOneField(ClaimLine, models.PROTECT, related_name="+", verbose_name=_("Visit"))
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field(verbose_name=_("Region"))
    why = models.CharField(_("Reason for sampling"), max_length=6, choices=Why)
    risk = models.SmallIntegerField(_("Risk"), default=0)
    found = models.CharField(_("What was found"), max_length=10, choices=Found, blank=True)
    how = models.CharField(_("How"), max_length=8, choices=How, blank=True)
    minutes = models.IntegerField(_("Minutes, as told by the person"), null=True)
    overturned = models.BooleanField(_("Overturned"), default=False)
    words_sealed = models.BinaryField(default=b"")
    by_id = models.UUIDField(null=True)
    by = models.CharField(_("By"), max_length=80, blank=True)
    at = models.DateTimeField(_("At"), null=True)

    scope_by: ClassVar[Lines] = Lines()
    protected: ClassVar[tuple[str, ...]] = ("words_sealed",)
    if TYPE_CHECKING:
        claim_id: UUID
        line_id: UUID
        person_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Sample check")
        indexes = [models.Index(fields=["region", "found"], name="sample_by_region")]
        constraints = [
            models.CheckConstraint(condition=Q(found="") | Q(by_id__isnull=False), name="sample_by_somebody")
        ]

    def __str__(self) -> str:
        return str(self.line)


class Score(Scoped):
    """The score of a claim's month with everything it rests on; a later version replaces an earlier one, which stays.

    ``score_bp``: basis points, none where too little could be counted; ``parts``: what was counted of each part;
    ``fines``: number, id and fen of each complaint for which less is paid; below none where fen are given back.
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="scores", verbose_name=_("Claim"))
    region = region_field()
    organisation_id = models.UUIDField()
    version = models.SmallIntegerField(_("Version"))
    score_bp = models.IntegerField(_("Score"), null=True)
    deduct_bp = models.IntegerField(_("Share deducted"))
    parts: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(default=list)
    fines: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(
        default=list, db_default=[]
    )
    assumed = models.BooleanField(_("Assumed"))
    words = models.CharField(_("Remark"), max_length=400, blank=True)
    by = models.CharField(_("By"), max_length=80)
    at = models.DateTimeField(_("At"))

    scope_by: ClassVar[Lines] = LINES

    class Meta(Scoped.Meta):
        verbose_name = _("Score")
        constraints = [
            models.UniqueConstraint(fields=["claim", "version"], name="one_score_of_a_version"),
            models.CheckConstraint(condition=Q(deduct_bp__range=(0, 10_000)), name="deducted_share"),
        ]

    def __str__(self) -> str:
        return "—" if self.score_bp is None else f"{self.score_bp / 100:.1f}"


class DisputeState(models.TextChoices):
    """Where a dispute stands."""

    OPEN = "open", _("To decide")
    ALLOWED = "allowed", _("Allowed")
    DISMISSED = "dismissed", _("Dismissed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Dispute(Scoped):
    """What an organisation disputes: one line, or the score where there is no line. Words are sealed with the claim's key."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="disputes", verbose_name=_("Claim"))
    line = models.ForeignKey(
        ClaimLine, models.PROTECT, null=True, related_name="+", verbose_name=_("Claim line")
    )
    region = region_field(verbose_name=_("Region"))
    organisation = models.ForeignKey(
        "providers.Organisation", models.PROTECT, related_name="+", verbose_name=_("Organisation")
    )
    state = models.CharField(_("State"), max_length=10, choices=DisputeState, default=DisputeState.OPEN)
    words_sealed = models.BinaryField()
    filed_by = models.CharField(_("Filed by"), max_length=80)
    filed_at = models.DateTimeField(_("Filed at"))
    due_at = models.DateTimeField(_("Due"))
    answer_sealed = models.BinaryField(default=b"")
    decided_by_id = models.UUIDField(null=True)
    decided_by = models.CharField(_("Decided by"), max_length=80, blank=True)
    decided_at = models.DateTimeField(_("Decided at"), null=True)

    scope_by: ClassVar[Lines] = LINES
    protected: ClassVar[tuple[str, ...]] = ("words_sealed", "answer_sealed")
    if TYPE_CHECKING:
        claim_id: UUID
        line_id: UUID | None
        organisation_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Dispute")
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "line"],
                condition=Q(state="open"),
                nulls_distinct=False,
                name="one_open_dispute",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["allowed", "dismissed"]) | Q(decided_by_id__isnull=False),
                name="dispute_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.line) if self.line_id else str(_("Score"))
