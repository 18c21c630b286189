"""What is known about a person: valid from day to day, known from moment to moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.registry.models.person import Person
from songhe.core.dated import Span
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field


class Kind(models.TextChoices):
    """What a fact is about. Of each kind and term one value holds on a day."""

    TAG = "tag", _("Tag")
    NAME = "name", _("Name")
    SEX = "sex", _("Gender")
    BORN = "born", _("Born")
    RESIDENCE = "residence", _("Lives in")
    REGISTERED = "registered", _("Registered in")
    ID_NUMBER = "id_number", _("Identity number")
    PHONE = "phone", _("Telephone")
    ADDRESS = "address", _("Address")
    NOTE = "note", _("Note")


class Source(models.TextChoices):
    """Who says so."""

    PERSON = "person", _("The person or a relative")
    WORKER = "worker", _("An on-site worker")
    LIST = "list", _("An imported list")
    AUTHORITY = "authority", _("Another authority")
    ASSESSMENT = "assessment", _("An assessment")
    SYSTEM = "system", _("Calculated")


class Fact(Scoped):
    """One statement. ``value`` is open; values that are protected stand in ``value_sealed`` instead.

    Valid on days in [valid_from, valid_to), an empty end being open; known at moments in
    [recorded_at, recorded_until). A correction ends the knowing of the old row and writes new ones. ``source`` is empty
    for what an entry held whose own source was not kept.
    """

    person = models.ForeignKey(
        Person, models.PROTECT, related_name="facts", verbose_name=_("Person"), db_index=False
    )
    region = region_field(verbose_name=_("Region"))
    kind = models.CharField(_("Kind"), max_length=12, choices=Kind)
    term = models.CharField(_("Term"), max_length=40, blank=True, db_default="")
    value: models.JSONField[Any, Any] = models.JSONField(_("Recorded value"), null=True)
    value_sealed = models.BinaryField(default=b"", db_default=b"")
    valid_from = models.DateField(_("From"), null=True)
    valid_to = models.DateField(_("Until"), null=True)
    recorded_at = models.DateTimeField(_("Recorded"))
    recorded_until = models.DateTimeField(null=True)
    source = models.CharField(_("Source"), max_length=12, choices=Source)
    source_note = models.CharField(_("Source details"), max_length=200, blank=True, db_default="")
    evidence_id = models.UUIDField(null=True)
    recorded_by_id = models.UUIDField()

    scope_by: ClassVar[Lines] = Lines(person="person_id")
    protected: ClassVar[tuple[str, ...]] = ("value_sealed",)
    follows_person: ClassVar[bool] = True
    if TYPE_CHECKING:
        person_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Fact")
        indexes = [
            models.Index(fields=["person", "kind", "term"], name="fact_by_person"),
            models.Index(
                fields=["kind", "term", "region", "person"],
                include=["valid_from", "valid_to"],
                condition=Q(recorded_until__isnull=True),
                name="fact_by_term",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_from=None) | Q(valid_to__gt=F("valid_from")),
                name="fact_valid_a_while",
            ),
            models.CheckConstraint(
                condition=Q(recorded_until=None) | Q(recorded_until__gte=F("recorded_at")),
                name="fact_known_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.term}".strip()

    def clashes(self, other: Fact) -> bool:
        """Whether both tell of one thing on the same day, and were believed at the same moment."""
        days = Span(self.valid_from, self.valid_to).overlaps(Span(other.valid_from, other.valid_to))
        believed = (self.recorded_until is None or self.recorded_until > other.recorded_at) and (
            other.recorded_until is None or other.recorded_until > self.recorded_at
        )
        return (self.kind, self.term) == (other.kind, other.term) and days and believed
