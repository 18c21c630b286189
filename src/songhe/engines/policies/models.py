"""Policy versions, and the drafts they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field
from songhe.engines.regions.ids import uuid7
from songhe.engines.regions.models import language_is_chinese


class PolicyVersion(models.Model):
    """One policy document of one version; its text never changes.

    Of the versions of a code that are not replaced, the one that took effect last holds on a day. ``replaced_at`` is
    set when a file is loaded again with another text for the same day or without this day, or when a version that was still to come is issued anew.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(_("Policy"), max_length=60)
    number = models.CharField(_("Document number"), max_length=120)
    title_en = models.CharField(max_length=200)
    title_zh = models.CharField(max_length=200)
    issuer_en = models.CharField(max_length=120)
    issuer_zh = models.CharField(max_length=120)
    region = region_field(verbose_name=_("Region"))
    start = models.DateField(_("Takes effect"))
    end = models.DateField(_("Expires"), null=True)
    file = models.CharField(_("File"), max_length=120)
    content_hash = models.CharField(max_length=64, unique=True)
    text = models.TextField()
    loaded_at = models.DateTimeField(_("Loaded"))
    replaced_at = models.DateTimeField(_("Replaced at"), null=True)
    approved_by_id = models.UUIDField(null=True)
    approved_by = models.CharField(_("Approved by"), max_length=80, blank=True)
    keeps_code: ClassVar[Q | None] = Q(pk__isnull=False)
    if TYPE_CHECKING:
        region_id: int

    class Meta:
        verbose_name = _("Policy")
        constraints = [
            models.UniqueConstraint(
                fields=["code", "start"], condition=Q(replaced_at=None), name="one_version_from_a_day"
            ),
            models.CheckConstraint(
                condition=Q(end=None) | Q(end__gt=F("start")), name="policy_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.title_zh if language_is_chinese() else self.title_en

    @property
    def issuer(self) -> str:
        """Who issued it, in the language of the page."""
        return self.issuer_zh if language_is_chinese() else self.issuer_en


class DraftState(models.TextChoices):
    """How far a draft has come. Whatever is changed in it takes it back to the start."""

    DRAFT = "draft", _("Draft")
    CHECKED = "checked", _("Check passed")
    SUBMITTED = "submitted", _("Submitted")
    RETURNED = "returned", _("Returned")
    APPROVED = "approved", _("Issued")
    DROPPED = "dropped", _("Dropped")


class PolicyDraft(Scoped):
    """A policy that is being written for one region. ``revision`` counts its changes, so that nobody overwrites another.

    What the text says of itself is kept beside it as far as it can be read. ``editors`` are all who changed it: none
    of them approves it. ``simulated_at`` tells that its effect was worked out as it stands; a change takes it away.
    """

    region = region_field(verbose_name=_("Region"))
    state = models.CharField(_("State"), max_length=10, choices=DraftState, default=DraftState.DRAFT)
    code = models.CharField(_("Policy"), max_length=60, blank=True)
    number = models.CharField(_("Document number"), max_length=120, blank=True)
    title_en = models.CharField(max_length=200, blank=True)
    title_zh = models.CharField(max_length=200, blank=True)
    start = models.DateField(_("Takes effect"), null=True)
    end = models.DateField(_("Expires"), null=True)
    text = models.TextField(_("Text as data"))
    revision = models.IntegerField(default=1)
    base = models.ForeignKey(
        PolicyVersion, models.PROTECT, null=True, related_name="+", verbose_name=_("Copied from")
    )
    prepared_by_id = models.UUIDField()
    prepared_by = models.CharField(_("Prepared by"), max_length=80)
    prepared_at = models.DateTimeField(_("Started"))
    changed_by = models.CharField(_("Changed by"), max_length=80)
    changed_at = models.DateTimeField(_("Changed"))
    editors = models.JSONField(default=list)
    report = models.JSONField(default=dict)
    checked_at = models.DateTimeField(_("Checked"), null=True)
    simulated_at = models.DateTimeField(_("Simulated at"), null=True)
    submitted_by = models.CharField(_("Submitted by"), max_length=80, blank=True)
    submitted_at = models.DateTimeField(_("Submitted at"), null=True)
    decided_by = models.CharField(_("Decided by"), max_length=80, blank=True)
    decided_at = models.DateTimeField(_("Decided"), null=True)
    note = models.CharField(_("Note"), max_length=400, blank=True)
    version = models.OneToOneField(
        PolicyVersion, models.PROTECT, null=True, related_name="draft", verbose_name=_("Version in force")
    )
    if TYPE_CHECKING:
        base_id: UUID | None
        version_id: UUID | None

    scope_by: ClassVar[Lines] = Lines()
    protected: ClassVar[tuple[str, ...]] = ("text",)
    """By its hash in the log of acts; the whole text of each change would swell it."""

    class Meta(Scoped.Meta):
        verbose_name = _("Policy draft")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(version__isnull=False), name="approved_draft_has_version"
            ),
        ]

    def __str__(self) -> str:
        title = self.title_zh if language_is_chinese() else self.title_en
        return title or self.title_zh or self.title_en or str(_("Untitled draft"))
