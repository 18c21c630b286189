"""Consents, and enrolment in the city's service network."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.registry.models.person import Person
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field


class Consent(Scoped):
    """What a person, or who acts for the person, agreed to."""

    class Kind(models.TextChoices):
        SERVICE = "service", _("To receive services and visits")
        DATA = "data", _("To use personal data for service")
        SHARING = "sharing", _("To share data with providers")
        HEALTH = "health", _("To use health data")
        PICTURE = "picture", _("To take pictures as proof of service")
        CONTACT = "contact", _("To be told by text message and call")

    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field()
    kind = models.CharField(_("Consents to"), max_length=12, choices=Kind)
    given_on = models.DateField(_("Given"))
    withdrawn_on = models.DateField(_("Withdrawn on"), null=True)
    given_by = models.CharField(_("Given by"), max_length=60, blank=True, db_default="")
    evidence_id = models.UUIDField(null=True)

    scope_by: ClassVar[Lines] = Lines(person="person_id")
    follows_person: ClassVar[bool] = True
    if TYPE_CHECKING:
        person_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Consent")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind"], condition=Q(withdrawn_on=None), name="one_consent_of_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on=None) | Q(withdrawn_on__gte=F("given_on")), name="consent_in_order"
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class Enrolment(Scoped):
    """A person in the network, from the agreement until leaving."""

    class Leaving(models.TextChoices):
        DIED = "died", _("Deceased")
        MOVED = "moved", _("Moved away")
        INSTITUTION = "institution", _("Moved into an institution")
        WISH = "wish", _("Own request")
        UNREACHABLE = "unreachable", _("Unreachable")
        MISTAKE = "mistake", _("Enrolled by mistake")

    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field(verbose_name=_("Region"))
    agreement_no = models.CharField(_("Agreement number"), max_length=40, blank=True, db_default="")
    consent = models.ForeignKey(
        Consent, models.PROTECT, null=True, related_name="+", verbose_name=_("Consent")
    )
    since = models.DateField(_("Since"))
    until = models.DateField(_("Until"), null=True)
    leaving = models.CharField(
        _("Reason for leaving"), max_length=12, choices=Leaving, blank=True, db_default=""
    )

    scope_by: ClassVar[Lines] = Lines(person="person_id")
    follows_person: ClassVar[bool] = True
    if TYPE_CHECKING:
        person_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Enrolment")
        indexes = [models.Index(fields=["region", "since"], name="enrolment_by_region")]
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(until=None), name="enrolled_once"),
            models.UniqueConstraint(
                fields=["agreement_no"],
                condition=~Q(agreement_no="") & Q(until=None),
                name="one_open_agreement",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="enrolment_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.agreement_no}".strip()
