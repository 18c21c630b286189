"""Applications for a benefit, the papers they need, and objections to their decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.engines.access.api import Lines, Scoped
from songhe.engines.cases.api import Case
from songhe.engines.policies.api import PolicyVersion
from songhe.engines.regions.fields import region_field
from songhe.engines.vault.api import reveal
from songhe.kit.words import is_chinese


class ApplicationState(models.TextChoices):
    """The states of the flow ``application``."""

    FILED = "filed", _("Waiting to be accepted")
    RETURNED = "returned", _("Returned: something is missing")
    ACCEPTED = "accepted", _("To be verified")
    VERIFIED = "verified", _("To be decided")
    NOTICED = "noticed", _("On public notice")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


ENDED = (ApplicationState.GRANTED, ApplicationState.REFUSED, ApplicationState.WITHDRAWN)


class Channel(models.TextChoices):
    """How an application came in."""

    COUNTER = "counter", _("At the counter")
    PAPER = "paper", _("On paper")
    FAMILY = "family", _("By the person or the family")
    VILLAGE = "village", _("By the village or community")


class Application(Scoped):
    """One person's application for one benefit, which is a granting rule of a policy.

    ``state`` and ``due_at`` follow the case. ``reason`` is what the policy said when it was last looked at. The note
    of the household visit is sealed with the person's key.
    """

    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field(verbose_name=_("Region"))
    case = models.OneToOneField(Case, models.PROTECT, related_name="+")
    number = models.CharField(_("Number"), max_length=24, unique=True)
    state = models.CharField(
        _("State"), max_length=10, choices=ApplicationState, default=ApplicationState.FILED
    )
    due_at = models.DateTimeField(_("Due"), null=True)
    policy = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="+", verbose_name=_("Policy"))
    rule = models.CharField(_("Benefit"), max_length=60)
    name_en = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120)
    channel = models.CharField(_("Received via"), max_length=8, choices=Channel)
    received_on = models.DateField(_("Received on"))
    received_by = models.CharField(_("Received by"), max_length=80)
    handed_in_by = models.CharField(_("Handed in by"), max_length=60, blank=True)
    paper_number = models.CharField(_("Number on the paper"), max_length=40, blank=True)
    note = models.CharField(_("Note"), max_length=400, blank=True)
    missing = models.CharField(_("Missing"), max_length=400, blank=True)
    reason: models.JSONField[Any, Any] = models.JSONField(default=dict)
    filed_at = models.DateTimeField(_("Filed at"))
    filed_by_id = models.UUIDField()
    accepted_by_id = models.UUIDField(null=True)
    verified_by_id = models.UUIDField(null=True)
    visited_on = models.DateField(_("Visited on"), null=True)
    visit_note_sealed = models.BinaryField(default=b"", db_default=b"")
    decided_by_id = models.UUIDField(null=True)
    decided_at = models.DateTimeField(_("Decided"), null=True)
    decision_number = models.CharField(_("Decision number"), max_length=60, blank=True)
    clause = models.CharField(_("Clause"), max_length=20, blank=True)
    refusal = models.CharField(_("Reason for refusing"), max_length=400, blank=True)
    from_month = models.DateField(_("From month"), null=True)
    if TYPE_CHECKING:
        person_id: UUID
        policy_id: UUID

    scope_by: ClassVar[Lines] = Lines(person="person_id")
    protected: ClassVar[tuple[str, ...]] = ("visit_note_sealed",)
    follows_person: ClassVar[bool] = True

    class Meta(Scoped.Meta):
        verbose_name = _("Application")
        indexes = [
            models.Index(fields=["region", "state"], name="application_by_region"),
            models.Index(fields=["person", "rule"], name="application_by_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "rule"],
                condition=~Q(state__in=["granted", "refused", "withdrawn"]),
                name="one_open_application",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["noticed", "granted"])
                | Q(decided_by_id__isnull=False, verified_by_id__isnull=False, from_month__isnull=False),
                name="application_decided",
            ),
            models.CheckConstraint(
                condition=Q(decided_by_id=None)
                | (
                    ~Q(decided_by_id=F("filed_by_id"))
                    & ~Q(decided_by_id=F("accepted_by_id"))
                    & ~Q(decided_by_id=F("verified_by_id"))
                ),
                name="application_other_eyes",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def name(self) -> str:
        """The benefit, in the language of the page."""
        return self.name_zh if is_chinese() else self.name_en

    @property
    def is_open(self) -> bool:
        """Whether anything is left to do."""
        return self.state not in ENDED

    @property
    def visit_note(self) -> str:
        """What the household visit found, in the clear."""
        return reveal(self.person_id, bytes(self.visit_note_sealed)) if self.visit_note_sealed else ""


class Shown(models.TextChoices):
    """How a paper was shown."""

    OPEN = "", _("Not shown yet")
    SEEN = "seen", _("Original seen")
    ATTACHED = "attached", _("Attached")
    NOT_NEEDED = "not_needed", _("Not needed")


class Paper(Scoped):
    """One document of the list to bring."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="papers")
    person_id = models.UUIDField()
    region = region_field()
    rank = models.SmallIntegerField()
    name_en = models.CharField(max_length=160)
    name_zh = models.CharField(max_length=160)
    shown = models.CharField(_("Shown"), max_length=10, choices=Shown, blank=True, default=Shown.OPEN)
    attachment_id = models.UUIDField(null=True)
    note = models.CharField(_("Note"), max_length=200, blank=True)
    shown_at = models.DateTimeField(_("At"), null=True)
    shown_to_id = models.UUIDField(null=True)
    if TYPE_CHECKING:
        application_id: UUID

    scope_by: ClassVar[Lines] = Lines(person="person_id")
    follows_person: ClassVar[bool] = True

    class Meta(Scoped.Meta):
        verbose_name = _("Document")
        constraints = [
            models.UniqueConstraint(fields=["application", "rank"], name="one_paper_of_a_rank"),
            models.CheckConstraint(
                condition=(Q(shown="attached") & Q(attachment_id__isnull=False))
                | (~Q(shown="attached") & Q(attachment_id=None)),
                name="paper_is_attached",
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh if is_chinese() else self.name_en
