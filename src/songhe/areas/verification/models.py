"""Checks of doubtful visits, what was found, and the pictures compared."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from songhe.areas.verification.guide import guide, reason_name, sign_name
from songhe.areas.visits.api import Visit
from songhe.core.flow import Span
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.cases.api import calendar
from songhe.engines.regions.fields import region_field

LINES = Lines(holders=("organisation_id",))


SOURCES = {"registry": _("the registry"), "care": _("the care plan"), "stays": _("the register of stays")}


class State(models.TextChoices):
    """Where a check stands."""

    OPEN = "open", _("To check")
    ASKED = "asked", _("Organisation asked")
    ANSWERED = "answered", _("Answered")
    CLEARED = "cleared", _("Cleared")
    UPHELD = "upheld", _("Not provided")


UNDECIDED = (State.OPEN, State.ASKED, State.ANSWERED)


class Check(Scoped):
    """What speaks against one visit, and what was decided. ``risk`` is 0 to 100. Words are sealed with the person's key."""

    visit = models.OneToOneField("visits.Visit", models.PROTECT, related_name="+", verbose_name=_("Visit"))
    person_id = models.UUIDField()
    region = region_field(verbose_name=_("Region"))
    organisation = models.ForeignKey(
        "providers.Organisation", models.PROTECT, related_name="+", verbose_name=_("Organisation")
    )
    worker = models.ForeignKey("providers.Worker", models.PROTECT, related_name="+", verbose_name=_("Worker"))
    visited_at = models.DateTimeField(_("Arrived"))
    risk = models.SmallIntegerField(_("Risk"))
    signs: models.JSONField[list[str], list[str]] = models.JSONField(_("Red flags"), default=list)
    state = models.CharField(_("State"), max_length=8, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField(_("Opened"))
    due_at = models.DateTimeField(_("Due"))
    asked_at = models.DateTimeField(_("Asked"), null=True)
    question_sealed = models.BinaryField(default=b"")
    answer_sealed = models.BinaryField(default=b"")
    answered_by = models.CharField(_("Explained by"), max_length=80, blank=True)
    decided_at = models.DateTimeField(_("Decided"), null=True)
    decided_by_id = models.UUIDField(null=True)
    decided_by = models.CharField(_("Decided by"), max_length=80, blank=True)
    reason = models.CharField(_("Reason"), max_length=24, blank=True)
    words_sealed = models.BinaryField(default=b"")

    scope_by: ClassVar[Lines] = LINES
    protected: ClassVar[tuple[str, ...]] = ("question_sealed", "answer_sealed", "words_sealed")
    if TYPE_CHECKING:
        visit_id: UUID
        organisation_id: UUID
        worker_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Doubtful visit")
        constraints = [
            models.CheckConstraint(condition=Q(risk__range=(0, 100)), name="risk_of_a_hundred"),
            models.CheckConstraint(
                condition=~Q(state__in=["cleared", "upheld"])
                | (Q(decided_at__isnull=False, decided_by_id__isnull=False) & ~Q(reason="")),
                name="check_decided_for_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["region", "state", "-risk"], name="check_by_region"),
            models.Index(fields=["organisation", "state", "-risk"], name="check_by_organisation"),
            models.Index(fields=["worker", "visited_at"], name="check_by_worker"),
        ]

    def __str__(self) -> str:
        return str(self.visit)

    @property
    def sign_names(self) -> str:
        """Its signs in words."""
        return " · ".join(sign_name(code) for code in self.signs)

    @property
    def reason_name(self) -> str:
        """Why it was decided so, in words."""
        return reason_name(self.reason) if self.reason else ""

    @property
    def undecided(self) -> bool:
        """Whether somebody still has to decide."""
        return self.state in UNDECIDED


def due(at: datetime) -> datetime:
    """Until when somebody has to decide what was opened at a moment."""
    return calendar().deadline(at, Span("working_days", guide().bounds.decide_days))


def opened(visit: Visit, at: datetime) -> Check:
    """A fresh check of a visit that ended, not saved yet."""
    assert visit.arrived_at is not None
    return Check(
        visit=visit,
        person_id=visit.person_id,
        region_id=visit.region_id,
        organisation_id=visit.organisation_id,
        worker_id=visit.worker_id,
        visited_at=visit.arrived_at,
        opened_at=at,
        due_at=due(at),
    )


class Finding(Scoped):
    """One sign at one visit with its evidence; ``other`` is the visit it was seen beside."""

    doubt = models.ForeignKey(
        Check, models.PROTECT, related_name="findings", verbose_name=_("Doubtful visit")
    )
    region = region_field(verbose_name=_("Region"))
    organisation_id = models.UUIDField()
    sign = models.CharField(_("Red flag"), max_length=20)
    other_id = models.UUIDField(null=True)
    evidence: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    found_at = models.DateTimeField(_("Found"))

    scope_by: ClassVar[Lines] = LINES
    if TYPE_CHECKING:
        doubt_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Finding")
        constraints = [models.UniqueConstraint(fields=["doubt", "sign"], name="one_finding_of_a_sign")]

    def __str__(self) -> str:
        return sign_name(self.sign)

    @property
    def name(self) -> str:
        """The sign in words."""
        return sign_name(self.sign)

    @property
    def words(self) -> str:
        """The evidence in a sentence."""
        known = guide().signs.get(self.sign)
        if known is None:
            return ""
        told = {**self.evidence, "source": SOURCES.get(self.evidence.get("source", ""), "")}
        return known.words.in_language(get_language() or "").format_map(told)


class Picture(Scoped):
    """The hash of one picture of a visit, by which it is known again. ``bits`` are 128; see ``rules/alike.py``."""

    attachment_id = models.UUIDField(unique=True)
    visit_id = models.UUIDField()
    organisation_id = models.UUIDField()
    region = region_field(verbose_name=_("Region"))
    bits = models.UUIDField()
    bands = ArrayField(models.IntegerField())
    added_at = models.DateTimeField()

    scope_by: ClassVar[Lines] = LINES

    class Meta(Scoped.Meta):
        verbose_name = _("Picture")
        indexes = [
            models.Index(fields=["visit_id"], name="picture_by_visit"),
            GinIndex(fields=["bands"], name="picture_by_band"),
        ]

    def __str__(self) -> str:
        return str(self.attachment_id)
