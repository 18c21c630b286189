"""Yearly certifications that somebody who receives a benefit is alive."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field


class CertifiedBy(models.TextChoices):
    """How somebody was seen."""

    VISIT = "visit", _("At a visit")
    VIDEO = "video", _("By video")
    OFFICE = "office", _("At the office")
    HOSPITAL = "hospital", _("In hospital or a care home")


class LifeState(models.TextChoices):
    """Where a certification stands."""

    OPEN = "open", _("Certification due")
    LATE = "late", _("Late, benefits suspended")
    DONE = "done", _("Certified")
    VOID = "void", _("No longer needed")


class LifeCheck(Scoped):
    """One certification of one person: due on a day, done on another, by whom and how."""

    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field(verbose_name=_("Region"))
    due_on = models.DateField(_("Due"))
    state = models.CharField(_("State"), max_length=6, choices=LifeState, default=LifeState.OPEN)
    done_on = models.DateField(_("Met on"), null=True)
    how = models.CharField(_("How"), max_length=10, choices=CertifiedBy, blank=True)
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(_("By"), max_length=80, blank=True)
    note = models.CharField(_("Note"), max_length=200, blank=True)
    opened_at = models.DateTimeField(_("Opened"))
    late_from = models.DateField(_("Suspended from month"), null=True)
    if TYPE_CHECKING:
        person_id: UUID

    scope_by: ClassVar[Lines] = Lines(person="person_id")
    follows_person: ClassVar[bool] = True

    class Meta(Scoped.Meta):
        verbose_name = _("Life certification")
        indexes = [
            models.Index(fields=["region", "state", "due_on"], name="life_by_region"),
            models.Index(fields=["person", "done_on"], name="life_by_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(state__in=["open", "late"]), name="one_open_certification"
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | (Q(done_on__isnull=False, by_id__isnull=False) & ~Q(how="")),
                name="certified_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="late") | Q(late_from__isnull=False), name="late_from_a_month"
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)
