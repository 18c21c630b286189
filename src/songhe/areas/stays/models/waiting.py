"""Who waits for a bed, and the beds offered to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.stays.models.beds import Bed, BedKind
from songhe.areas.stays.models.living import COMES, KEPT
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field


class ApplicationState(models.TextChoices):
    """Where somebody who waits stands."""

    WAITING = "waiting", _("Waiting")
    OFFERED = "offered", _("Bed offered")
    ACCEPTED = "accepted", _("Offer accepted")
    ADMITTED = "admitted", _("Admitted")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Application(Scoped):
    """A person waits for a bed of a kind, in one facility or, without one, in a region.

    ``rank`` and ``groups`` are the turn by the rules of the installation, found again every night. ``anywhere`` stays true
    while a facility offers a bed to somebody who waits in a region.
    """

    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    facility = models.ForeignKey(
        "providers.Facility", models.PROTECT, null=True, related_name="+", verbose_name=_("Facility")
    )
    organisation_id = models.UUIDField(null=True)
    region = region_field(verbose_name=_("Region"))
    home = region_field(verbose_name=_("Lives in"))
    anywhere = models.BooleanField(default=False)
    kind = models.CharField(_("Bed type"), max_length=8, choices=BedKind)
    state = models.CharField(
        _("State"), max_length=10, choices=ApplicationState, default=ApplicationState.WAITING
    )
    applied_on = models.DateField(_("Applied on"))
    rank = models.SmallIntegerField(_("Position in the list"), default=0)
    groups: models.JSONField[list[str], list[str]] = models.JSONField(_("Priority group"), default=list)
    declined = models.SmallIntegerField(_("Offers declined"), default=0)
    note = models.CharField(_("Note"), max_length=200, blank=True)
    entered_by = models.CharField(_("Entered by"), max_length=80)
    entered_at = models.DateTimeField(_("Entered at"))
    reason = models.CharField(_("Reason"), max_length=200, blank=True)
    death_id = models.UUIDField(null=True)

    scope_by: ClassVar[Lines] = COMES
    if TYPE_CHECKING:
        person_id: UUID
        facility_id: UUID | None

    class Meta(Scoped.Meta):
        verbose_name = _("Waiting for a bed")
        indexes = [
            models.Index(fields=["region", "state", "rank", "applied_on"], name="waiting_by_region"),
            models.Index(fields=["facility", "state", "rank", "applied_on"], name="waiting_by_facility"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "facility", "region", "kind"],
                condition=Q(state__in=["waiting", "offered", "accepted"]),
                nulls_distinct=False,
                name="waits_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class OfferState(models.TextChoices):
    """What became of an offer."""

    OPEN = "open", _("Waits for an answer")
    ACCEPTED = "accepted", _("Offer accepted")
    USED = "used", _("Admitted")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Not answered in time")
    WITHDRAWN = "withdrawn", _("Withdrawn")


OPEN_OFFERS = (OfferState.OPEN, OfferState.ACCEPTED)
"""The bed is kept for somebody."""


class Offer(Scoped):
    """A free bed offered to somebody who waits, to be answered by a day."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="offers")
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    bed = models.ForeignKey(Bed, models.PROTECT, related_name="+", verbose_name=_("Bed"))
    facility = models.ForeignKey(
        "providers.Facility", models.PROTECT, related_name="+", verbose_name=_("Facility")
    )
    organisation_id = models.UUIDField()
    region = region_field()
    state = models.CharField(_("State"), max_length=10, choices=OfferState, default=OfferState.OPEN)
    offered_by = models.CharField(_("Offered by"), max_length=80)
    offered_at = models.DateTimeField(_("Offered at"))
    answer_by = models.DateField(_("Answer by"))
    answered_by = models.CharField(_("Replied by"), max_length=80, blank=True)
    answered_at = models.DateTimeField(_("Answered at"), null=True)
    reason = models.CharField(_("Reason"), max_length=200, blank=True)

    scope_by: ClassVar[Lines] = KEPT
    if TYPE_CHECKING:
        application_id: UUID
        person_id: UUID
        bed_id: UUID
        facility_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Offer of a bed")
        indexes = [models.Index(fields=["facility", "state", "answer_by"], name="offer_by_facility")]
        constraints = [
            models.UniqueConstraint(
                fields=["bed"], condition=Q(state__in=["open", "accepted"]), name="one_offer_of_a_bed"
            ),
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(state__in=["open", "accepted"]),
                name="one_offer_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_state_display())
