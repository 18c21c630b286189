"""Dated lists of other departments, what they say of persons, and where that differs from the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field


class DepartmentList(Scoped):
    """One list of one department for one region as of one day."""

    source = models.CharField(_("Kind of list"), max_length=20)
    region = region_field(verbose_name=_("Region"))
    as_of = models.DateField(_("As of"))
    imported_at = models.DateTimeField(_("Imported at"))
    compared_at = models.DateTimeField(_("Compared"), null=True)

    scope_by: ClassVar[Lines] = Lines()

    class Meta(Scoped.Meta):
        verbose_name = _("Department list")
        constraints = [
            models.UniqueConstraint(fields=["source", "region", "as_of"], name="one_list_of_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.as_of:%Y-%m-%d}"


class Said(models.TextChoices):
    """What a row of a list says."""

    TAG = "tag", _("Has the status")
    DEAD = "dead", _("Person deceased")
    MOVED = "moved", _("Moved out")
    HERE = "here", _("Is registered")


class ListEntry(Scoped):
    """One row about a person of the registry, found by the hash of the identity number; the number is not kept."""

    of = models.ForeignKey(DepartmentList, models.CASCADE, related_name="entries")
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field()
    said = models.CharField(max_length=5, choices=Said)
    term = models.CharField(max_length=40, blank=True)
    grade = models.CharField(max_length=20, blank=True)
    on = models.DateField(null=True)
    if TYPE_CHECKING:
        person_id: UUID
        of_id: UUID

    scope_by: ClassVar[Lines] = Lines(person="person_id")
    follows_person: ClassVar[bool] = True

    class Meta(Scoped.Meta):
        constraints = [
            models.UniqueConstraint(fields=["of", "person", "said", "term"], name="said_once_in_a_list")
        ]

    def __str__(self) -> str:
        return f"{self.said} {self.term}".strip()


class MismatchKind(models.TextChoices):
    """How a list and the registry differ."""

    DECEASED = "deceased", _("Deceased in the list, living in the registry")
    MOVED_OUT = "moved_out", _("Moved out in the list, receives benefits here")
    NO_TAG = "no_tag", _("In the list, not tagged")
    OTHER_GRADE = "other_grade", _("Different grade in the list")
    NO_ENTRY = "no_entry", _("Tagged, no longer in the list")
    DUPLICATE = "duplicate", _("In two lists that exclude each other")


class MismatchState(models.TextChoices):
    """What became of it."""

    OPEN = "open", _("To decide")
    CONFIRMED = "confirmed", _("The list is right")
    REJECTED = "rejected", _("The registry is right")
    GONE = "gone", _("Settled by itself")


class Mismatch(Scoped):
    """One difference between a list and the registry about one person. ``sign`` names it, so that it is listed once."""

    of = models.ForeignKey(DepartmentList, models.CASCADE, related_name="mismatches", verbose_name=_("List"))
    source = models.CharField(_("Kind of list"), max_length=20)
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field(verbose_name=_("Region"))
    kind = models.CharField(_("Difference"), max_length=12, choices=MismatchKind)
    term = models.CharField(_("Tag"), max_length=40, blank=True)
    sign = models.CharField(max_length=64)
    detail: models.JSONField[Any, Any] = models.JSONField(default=dict)
    paid = models.BooleanField(_("Has grants in force"), default=False)
    as_of = models.DateField(_("As of"))
    state = models.CharField(_("State"), max_length=10, choices=MismatchState, default=MismatchState.OPEN)
    found_at = models.DateTimeField(_("Found"))
    decided_at = models.DateTimeField(_("Decided"), null=True)
    decided_by_id = models.UUIDField(null=True)
    decided_by = models.CharField(_("Decided by"), max_length=80, blank=True)
    note = models.CharField(_("Note"), max_length=400, blank=True)
    if TYPE_CHECKING:
        person_id: UUID
        of_id: UUID

    scope_by: ClassVar[Lines] = Lines(person="person_id")
    follows_person: ClassVar[bool] = True

    class Meta(Scoped.Meta):
        verbose_name = _("Data comparison")
        indexes = [
            models.Index(fields=["region", "kind"], condition=Q(state="open"), name="mismatch_open"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "person", "kind", "term", "sign"], name="mismatch_once"
            ),
            models.CheckConstraint(
                condition=Q(state="open") | Q(decided_at__isnull=False), name="mismatch_decided"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.get_kind_display()}"
