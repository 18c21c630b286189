"""Appeals against a refusal, a suspension or a stop."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement.models.applications import Application
from songhe.areas.entitlement.models.grants import Grant
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.cases.api import Case
from songhe.engines.regions.fields import region_field
from songhe.engines.vault.api import reveal


class AppealState(models.TextChoices):
    """The states of the flow ``appeal``."""

    FILED = "filed", _("To be heard")
    ALLOWED = "allowed", _("Allowed")
    DISMISSED = "dismissed", _("Dismissed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Appeal(Scoped):
    """One appeal: against the refusal of an application, or against what was last decided about a grant.

    The words are sealed with the person's key. ``against_by_id`` decided what is appealed against, so somebody else
    decides the appeal.
    """

    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field(verbose_name=_("Region"))
    case = models.OneToOneField(Case, models.PROTECT, related_name="+")
    number = models.CharField(_("Number"), max_length=24, unique=True)
    state = models.CharField(_("State"), max_length=10, choices=AppealState, default=AppealState.FILED)
    due_at = models.DateTimeField(_("Due"), null=True)
    application = models.ForeignKey(
        Application, models.PROTECT, null=True, related_name="appeals", verbose_name=_("Application")
    )
    grant = models.ForeignKey(
        Grant, models.PROTECT, null=True, related_name="appeals", verbose_name=_("Benefit grant")
    )
    against_by_id = models.UUIDField()
    against_at = models.DateTimeField(_("Decided"))
    words_sealed = models.BinaryField(default=b"", db_default=b"")
    filed_at = models.DateTimeField(_("Filed at"))
    filed_by_id = models.UUIDField()
    answer = models.CharField(_("Answer"), max_length=400, blank=True)
    decided_at = models.DateTimeField(_("Answered at"), null=True)
    decided_by_id = models.UUIDField(null=True)
    decided_by = models.CharField(_("Decided by"), max_length=80, blank=True)
    if TYPE_CHECKING:
        person_id: UUID
        application_id: UUID | None
        grant_id: UUID | None

    scope_by: ClassVar[Lines] = Lines(person="person_id")
    protected: ClassVar[tuple[str, ...]] = ("words_sealed",)
    follows_person: ClassVar[bool] = True

    class Meta(Scoped.Meta):
        verbose_name = _("Appeal")
        indexes = [models.Index(fields=["region", "state"], name="appeal_by_region")]
        constraints = [
            models.CheckConstraint(
                condition=Q(application=None, grant__isnull=False) | Q(application__isnull=False, grant=None),
                name="appeal_against_one",
            ),
            models.UniqueConstraint(
                fields=["application"], condition=Q(state="filed"), name="one_open_appeal_of_refusal"
            ),
            models.UniqueConstraint(
                fields=["grant"], condition=Q(state="filed"), name="one_open_appeal_of_grant"
            ),
            models.CheckConstraint(
                condition=Q(decided_by_id=None) | ~Q(decided_by_id=models.F("against_by_id")),
                name="appeal_other_eyes",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def words(self) -> str:
        """What the appeal says, in the clear."""
        return reveal(self.person_id, bytes(self.words_sealed)) if self.words_sealed else ""

    @property
    def about(self) -> str:
        """The benefit it is about, in the language of the page."""
        found = self.application or self.grant
        return found.name if found else ""
