"""Screening: a census of a county or town, and what was found at each door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.assessment.rules.screening import Questionnaire, build_questionnaire
from songhe.engines.access.api import Lines, Scope, Scoped
from songhe.engines.regions.fields import UpperField, region_field
from songhe.engines.vault.api import reveal_json


@dataclass(frozen=True, slots=True)
class Overlapping(Lines):
    """Seen by everybody whose area overlaps the region: a village works in the census of its county."""

    def allows(self, scope: Scope) -> Q:
        """Any overlap with an area."""
        seen = Q(pk__in=[])
        for low, high in scope.areas:
            seen |= Q(region_id__lt=high, upper__gt=low)
        return seen

    def policy(self) -> str:
        """The same for the database."""
        areas = "nullif(current_setting('songhe.areas', true), '')::int8multirange"
        return f"(int8range(region_id, upper) && (SELECT {areas}))"


class Census(Scoped):
    """Everybody of an age in a region, asked from door to door within a period; locked with its report."""

    class State(models.TextChoices):
        OPEN = "open", _("In progress")
        LOCKED = "locked", _("Signed and locked")

    region = region_field(verbose_name=_("Region"))
    upper = UpperField()
    title = models.CharField(_("Title"), max_length=80)
    since = models.DateField(_("From"))
    until = models.DateField(_("Until"))
    min_age = models.SmallIntegerField(_("From the age of"))
    questions: models.JSONField[Any, Any] = models.JSONField()
    state = models.CharField(_("State"), max_length=8, choices=State, default=State.OPEN)
    started_at = models.DateTimeField(_("Started"))
    started_by_id = models.UUIDField()
    report: models.JSONField[Any, Any] = models.JSONField(default=dict)
    report_hash = models.CharField(_("Hash of the report"), max_length=64, blank=True)
    locked_at = models.DateTimeField(_("Signed"), null=True)
    locked_by_id = models.UUIDField(null=True)
    locked_by_name = models.CharField(_("Signed by"), max_length=80, blank=True)

    scope_by: ClassVar[Lines] = Overlapping()
    keeps_code: ClassVar[Q | None] = Q(state=State.LOCKED)

    class Meta(Scoped.Meta):
        verbose_name = _("Screening census")
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="census_in_order"),
            models.CheckConstraint(
                condition=Q(state="open", locked_at=None) | (Q(state="locked") & ~Q(report_hash="")),
                name="census_locked_with_report",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def questionnaire(self) -> Questionnaire:
        """The questions as they were when the census was started."""
        return build_questionnaire(self.questions)

    @property
    def is_open(self) -> bool:
        """Whether entries are taken."""
        return self.state == self.State.OPEN


class Outcome(models.TextChoices):
    """What was found at a door."""

    FOUND = "found", _("Met in person")
    NEW = "new", _("New person")
    MOVED = "moved", _("Moved away")
    DECEASED = "deceased", _("Deceased")
    NOT_HOME = "not_home", _("Nobody at home")
    REFUSED = "refused", _("Does not want to answer")


ASKED = (Outcome.FOUND, Outcome.NEW)
"""Outcomes with which the questions are answered."""
AGAIN = (Outcome.NOT_HOME,)
"""Outcomes after which somebody has to come again."""


class Finding(Scoped):
    """One person in one census. The answers are sealed with the person's own key."""

    class Source(models.TextChoices):
        DOOR = "door", _("At the door")
        PAPER = "paper", _("From paper")

    census = models.ForeignKey(Census, models.PROTECT, related_name="+", verbose_name=_("Screening census"))
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field(verbose_name=_("Region"))
    outcome = models.CharField(_("Outcome"), max_length=10, choices=Outcome)
    answers_sealed = models.BinaryField(default=b"")
    tier = models.CharField(_("Tier proposed"), max_length=20, blank=True)
    source = models.CharField(_("Entry method"), max_length=6, choices=Source)
    at = models.DateTimeField(_("At"))
    by_id = models.UUIDField()
    by_name = models.CharField(_("By"), max_length=80)
    if TYPE_CHECKING:
        census_id: UUID
        person_id: UUID

    scope_by: ClassVar[Lines] = Lines(person="person_id")
    protected: ClassVar[tuple[str, ...]] = ("answers_sealed",)
    follows_person: ClassVar[bool] = True

    class Meta(Scoped.Meta):
        verbose_name = _("Finding")
        indexes = [models.Index(fields=["census", "region"], name="finding_by_region")]
        constraints = [
            models.UniqueConstraint(fields=["census", "person"], name="one_finding_of_a_person"),
            models.CheckConstraint(
                condition=Q(outcome__in=["found", "new"]) & ~Q(tier="")
                | ~Q(outcome__in=["found", "new"]) & Q(tier=""),
                name="tier_where_asked",
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)

    @property
    def answers(self) -> dict[str, str]:
        """The open answers; showing them is a read that the caller logs."""
        return dict(reveal_json(self.person_id, self.answers_sealed) or {})
