"""Incidents at visits, and workers who call for help."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.visits.models.orders import opened
from songhe.areas.visits.models.visits import Visit
from songhe.core.codes import Point
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field
from songhe.engines.vault.api import reveal_json

OWN = Lines(holders=("organisation_id", "worker_id"))
"""Not seen by kin, who may be what an incident is about."""


class IncidentKind(models.TextChoices):
    """What happened."""

    FALL = "fall", _("Fall")
    INJURY = "injury", _("Injury or sudden illness")
    MEDICATION = "medication", _("Medication error")
    DISPUTE = "dispute", _("Quarrel")
    DAMAGE = "damage", _("Damage or loss")
    ABUSE = "abuse", _("Abuse suspected")
    OTHER = "other", _("Other")


class Severity(models.TextChoices):
    """How bad it is."""

    MINOR = "minor", _("Minor")
    SERIOUS = "serious", _("Serious")
    GRAVE = "grave", _("Major")


class Told(models.TextChoices):
    """Who was told already."""

    FAMILY = "family", _("Family")
    OFFICE = "office", _("Own organisation")
    VILLAGE = "village", _("Village or community worker")
    AMBULANCE = "ambulance", _("Ambulance (120)")
    POLICE = "police", _("Police (110)")


class IncidentState(models.TextChoices):
    """The states of the flow ``incident``, mirrored for lists."""

    REPORTED = "reported", _("To take up")
    IN_HAND = "in_hand", _("In hand")
    CLOSED = "closed", _("Closed")


class Incident(Scoped):
    """One incident, a case on the flow ``incident``. Its words are sealed with the person's key."""

    case = models.OneToOneField("cases.Case", models.PROTECT, related_name="+")
    number = models.CharField(_("Number"), max_length=24, unique=True)
    state = models.CharField(_("State"), max_length=10, choices=IncidentState, default=IncidentState.REPORTED)
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="+", verbose_name=_("Visit"))
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field(verbose_name=_("Region"))
    organisation = models.ForeignKey(
        "providers.Organisation", models.PROTECT, related_name="+", verbose_name=_("Organisation")
    )
    worker = models.ForeignKey("providers.Worker", models.PROTECT, related_name="+", verbose_name=_("Worker"))
    kind = models.CharField(_("What happened"), max_length=10, choices=IncidentKind)
    severity = models.CharField(_("Severity"), max_length=8, choices=Severity)
    told: models.JSONField[list[str], list[str]] = models.JSONField(_("Told already"), default=list)
    words_sealed = models.BinaryField(default=b"")
    measures_sealed = models.BinaryField(default=b"")
    happened_at = models.DateTimeField(_("Happened"))
    reported_at = models.DateTimeField(_("Reported at"))
    closed_at = models.DateTimeField(_("Closed at"), null=True)

    scope_by: ClassVar[Lines] = OWN
    protected: ClassVar[tuple[str, ...]] = ("words_sealed", "measures_sealed")
    if TYPE_CHECKING:
        case_id: UUID
        visit_id: UUID
        person_id: UUID
        organisation_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Incident")
        indexes = [
            models.Index(fields=["region", "state"], name="incident_by_region"),
            models.Index(fields=["organisation", "state"], name="incident_by_organisation"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def words(self) -> str:
        """What the worker says."""
        return opened(self.person_id, self.words_sealed)

    @property
    def measures(self) -> str:
        """What was done about it."""
        return opened(self.person_id, self.measures_sealed)

    @property
    def told_names(self) -> str:
        """Who was told, in words."""
        return " · ".join(str(Told(code).label) for code in self.told if code in Told.values)


class Sos(Scoped):
    """A worker's own call for help. The key is the phone's, made when the button was pressed: what it repeats until
    somebody answers is one call. Places are sealed with the call's own key."""

    worker = models.ForeignKey("providers.Worker", models.PROTECT, related_name="+", verbose_name=_("Worker"))
    organisation = models.ForeignKey(
        "providers.Organisation", models.PROTECT, related_name="+", verbose_name=_("Organisation")
    )
    region = region_field(verbose_name=_("Region"))
    visit_id = models.UUIDField(null=True)
    called_at = models.DateTimeField(_("Called for help at"))
    last_at = models.DateTimeField(_("Last call for help"))
    times = models.IntegerField(_("Calls made"), default=1)
    place_sealed = models.BinaryField(default=b"")
    answered_at = models.DateTimeField(_("Responded at"), null=True)
    answered_by = models.CharField(_("Answered by"), max_length=80, blank=True)
    ended_at = models.DateTimeField(_("Ended"), null=True)
    words = models.CharField(_("What came of it"), max_length=400, blank=True)

    scope_by: ClassVar[Lines] = OWN
    protected: ClassVar[tuple[str, ...]] = ("place_sealed",)
    if TYPE_CHECKING:
        worker_id: UUID
        organisation_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Call for help")
        indexes = [
            models.Index(fields=["region", "called_at"], name="sos_by_region"),
            models.Index(fields=["organisation"], condition=Q(ended_at=None), name="sos_open"),
            models.Index(fields=["worker", "called_at"], name="sos_by_worker"),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.called_at):%m-%d %H:%M}"

    @property
    def step(self) -> str:
        """Calling, answered or ended."""
        return "ended" if self.ended_at else "answered" if self.answered_at else "calling"

    @property
    def place(self) -> Point | None:
        """Where the phone was when it called last."""
        found = reveal_json(self.pk, self.place_sealed) if self.place_sealed else None
        return Point(found["lon"], found["lat"]) if found else None
