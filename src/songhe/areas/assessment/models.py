"""Assessments."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.engines.access.api import Lines, Scoped
from songhe.engines.cases.api import Case
from songhe.engines.forms.api import Answers
from songhe.engines.regions.fields import region_field


class State(models.TextChoices):
    """The states of the flow ``assessment``."""

    REQUESTED = "requested", _("Requested")
    ASSIGNED = "assigned", _("To be assessed")
    ANSWERED = "answered", _("To be signed")
    SIGNED = "signed", _("To be confirmed")
    CONFIRMED = "confirmed", _("In force")
    SUPERSEDED = "superseded", _("Replaced by a correction")
    CANCELLED = "cancelled", _("Cancelled")


class Level(models.IntegerChoices):
    """Ability levels of GB/T 42195-2022."""

    INTACT = 0, _("0 · ability intact")
    MILD = 1, _("1 · mild impairment")
    MODERATE = 2, _("2 · moderate impairment")
    SEVERE = 3, _("3 · severe impairment")
    COMPLETE = 4, _("4 · complete loss of ability")


class Medical(models.TextChoices):
    """Which assessor has a medical or nursing background."""

    FIRST = "first", _("First assessor")
    SECOND = "second", _("Second assessor")
    BOTH = "both", _("Both")
    NEITHER = "neither", _("Neither")


OPEN = (State.REQUESTED, State.ASSIGNED, State.ANSWERED)
EDITABLE = (State.ASSIGNED, State.ANSWERED)


class Assessment(Scoped):
    """One assessment of one person. ``state`` and ``due_at`` follow the case."""

    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field(verbose_name=_("Region"))
    case = models.OneToOneField(Case, models.PROTECT, related_name="+")
    number = models.CharField(_("Number"), max_length=24)
    state = models.CharField(_("State"), max_length=12, choices=State, default=State.REQUESTED)
    due_at = models.DateTimeField(_("Due"), null=True)
    answers = models.OneToOneField(Answers, models.PROTECT, null=True, related_name="+")
    first_assessor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("First assessor"),
    )
    second_assessor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("Second assessor"),
    )
    medical = models.CharField(
        _("Medical background"), max_length=8, choices=Medical, default=Medical.NEITHER
    )
    first_signed_at = models.DateTimeField(_("First signature"), null=True)
    second_signed_at = models.DateTimeField(_("Second signature"), null=True)
    level = models.SmallIntegerField(_("Level"), choices=Level, null=True)
    assessed_on = models.DateField(_("Assessed on"), null=True)
    holds_until = models.DateField(_("Counts until"), null=True)
    note = models.CharField(_("Note"), max_length=400, blank=True)
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", verbose_name=_("Corrects")
    )
    requested_at = models.DateTimeField(_("Requested"))
    requested_by_id = models.UUIDField()
    confirmed_at = models.DateTimeField(_("Confirmed"), null=True)
    confirmed_by_id = models.UUIDField(null=True)
    if TYPE_CHECKING:
        person_id: UUID
        first_assessor_id: UUID | None
        second_assessor_id: UUID | None

    scope_by: ClassVar[Lines] = Lines(holders=("first_assessor_id", "second_assessor_id"), person="person_id")
    follows_person: ClassVar[bool] = True

    class Meta(Scoped.Meta):
        verbose_name = _("Assessment")
        indexes = [
            models.Index(fields=["region", "state"], name="assessment_by_region"),
            models.Index(fields=["person", "assessed_on"], name="assessment_by_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(state__in=[str(s) for s in OPEN]), name="one_open_assessment"
            ),
            models.CheckConstraint(
                condition=Q(first_assessor=None) | ~Q(first_assessor=F("second_assessor")),
                name="assessors_differ",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["signed", "confirmed"])
                | Q(first_signed_at__isnull=False, second_signed_at__isnull=False, level__isnull=False),
                name="signed_by_both",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def is_assessor(self, user_id: UUID | None) -> bool:
        """Whether a user is one of the two assessors."""
        return user_id is not None and user_id in (self.first_assessor_id, self.second_assessor_id)

    def has_signed(self, user_id: UUID | None) -> bool:
        """Whether a user has signed."""
        if user_id == self.first_assessor_id:
            return self.first_signed_at is not None
        return user_id == self.second_assessor_id and self.second_signed_at is not None

    def counts(self, on: date) -> bool:
        """Whether the result counts on a day."""
        begun = self.assessed_on is not None and self.assessed_on <= on
        return (
            self.state == State.CONFIRMED and begun and self.holds_until is not None and on < self.holds_until
        )
