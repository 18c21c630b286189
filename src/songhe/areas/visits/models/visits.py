"""Visits."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import item_name
from songhe.areas.visits.models.orders import LINES, Order, opened
from songhe.areas.visits.models.words import ArrivalBy, SeenAs, Signing
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field


class VisitState(models.TextChoices):
    """Where a visit stands."""

    PLANNED = "planned", _("Planned")
    ARRIVED = "arrived", _("In service")
    DONE = "done", _("Done")
    IN_VAIN = "in_vain", _("Unsuccessful visit")
    MISSED = "missed", _("Missed")
    CANCELLED = "cancelled", _("Called off")


OPEN_VISITS = (VisitState.PLANNED, VisitState.ARRIVED)
FLAGS: dict[str, Any] = {
    "late": _("Late"),
    "far": _("Far from the home"),
    "short": _("Shorter than promised"),
    "clock_skew": _("Phone's clock wrong"),
    "sent_late": _("Uploaded late"),
    "no_place": _("No place"),
    "wrong_tag": _("Tag of another home"),
    "wrong_code": _("Wrong door code"),
    "no_note": _("No note"),
    "no_photo": _("No picture"),
    "no_tasks": _("Tasks not all done"),
    "no_vitals": _("Nothing measured"),
    "no_signature": _("Not signed"),
    "corrected": _("Corrected by hand"),
    "doubtful": _("Doubtful against other visits"),
}
DOUBTFUL = "doubtful"


class Visit(Scoped):
    """One promised stay of a worker with a person.

    ``device`` is a name that a phone gave itself; ``looked_at`` is when the visit was last compared with others (None: it is
    to be), ``rejected_at`` when somebody decided that it was not given, ``lapsed_at`` when it was too late to be paid. Moments of arriving and leaving are the phone's, put
    right where its clock is wrong (``*_said_at`` is what it said); ``*_received_at`` is when the server heard of them. Places are
    sealed with the person's key, since they show where the person lives; distances are metres.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="visits", verbose_name=_("Order"))
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field(verbose_name=_("Region"))
    organisation = models.ForeignKey(
        "providers.Organisation", models.PROTECT, related_name="+", verbose_name=_("Organisation")
    )
    worker = models.ForeignKey("providers.Worker", models.PROTECT, related_name="+", verbose_name=_("Worker"))
    item = models.CharField(_("Service"), max_length=12)
    starts_at = models.DateTimeField(_("Promised from"))
    ends_at = models.DateTimeField(_("Promised until"))
    state = models.CharField(_("State"), max_length=10, choices=VisitState, default=VisitState.PLANNED)
    accepted_at = models.DateTimeField(_("Accepted"), null=True)
    arrived_at = models.DateTimeField(_("Arrived"), null=True)
    arrival_by = models.CharField(_("Arrival proved by"), max_length=5, choices=ArrivalBy, blank=True)
    arrival_tag_id = models.UUIDField(null=True)
    arrival_received_at = models.DateTimeField(null=True)
    arrival_said_at = models.DateTimeField(_("Arrived, by the phone's wrong clock"), null=True)
    arrival_sealed = models.BinaryField(default=b"")
    arrival_metres = models.IntegerField(_("Distance on arrival (m)"), null=True)
    left_at = models.DateTimeField(_("Left"), null=True)
    leaving_received_at = models.DateTimeField(null=True)
    leaving_said_at = models.DateTimeField(_("Left, by the phone's wrong clock"), null=True)
    leaving_sealed = models.BinaryField(default=b"")
    leaving_metres = models.IntegerField(_("Distance on leaving (m)"), null=True)
    minutes = models.IntegerField(_("Time spent"), null=True)
    flags: models.JSONField[list[str], list[str]] = models.JSONField(_("Flags"), default=list)
    photos = models.IntegerField(_("Pictures"), default=0)
    note_sealed = models.BinaryField(default=b"")
    tasks: models.JSONField[list[str], list[str]] = models.JSONField(_("Tasks done"), default=list)
    voices = models.IntegerField(_("Spoken notes"), default=0)
    vitals = models.IntegerField(_("Measurements"), default=0)
    confirmed_by = models.CharField(_("Confirmed by"), max_length=10, choices=Signing, blank=True)
    confirmed_at = models.DateTimeField(_("Confirmed at"), null=True)
    confirm_sealed = models.BinaryField(default=b"")
    verified_at = models.DateTimeField(_("Verified"), null=True)
    verified_by_id = models.UUIDField(null=True)
    corrected_by_id = models.UUIDField(null=True)
    device = models.CharField(_("Device"), max_length=40, blank=True, default="", db_default="")
    looked_at = models.DateTimeField(null=True)
    rejected_at = models.DateTimeField(_("Rejected"), null=True)
    rejected_by_id = models.UUIDField(null=True)
    settled_at = models.DateTimeField(_("Visit settled at"), null=True)
    settled_in = models.CharField(_("Settlement"), max_length=60, blank=True)
    lapsed_at = models.DateTimeField(_("Not claimed in time"), null=True)
    outcome = models.CharField(_("Outcome at the door"), max_length=12, blank=True)
    waited = models.IntegerField(_("Waited (minutes)"), null=True)
    charge_percent = models.SmallIntegerField(_("Share charged (%)"), default=100)
    charge_minutes = models.IntegerField(_("Time charged"), default=0)
    charge_draws = models.BooleanField(default=True)
    charge_why: models.JSONField[list[Any], list[Any]] = models.JSONField(default=list)
    seen_as = models.CharField(_("How the person is"), max_length=10, choices=SeenAs, blank=True)
    seen_at = models.DateTimeField(_("Welfare check"), null=True)
    seen_by = models.CharField(_("Welfare check by"), max_length=80, blank=True)
    seen_sealed = models.BinaryField(default=b"")

    scope_by: ClassVar[Lines] = LINES
    protected: ClassVar[tuple[str, ...]] = (
        "arrival_sealed", "leaving_sealed", "note_sealed", "seen_sealed", "confirm_sealed",
    )  # fmt: skip
    if TYPE_CHECKING:
        order_id: UUID
        person_id: UUID
        organisation_id: UUID
        worker_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Visit")
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="visit_has_length"),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gt=F("arrived_at")), name="leaves_after_arriving"
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(left_at__isnull=False, minutes__isnull=False),
                name="done_has_times",
            ),
            models.CheckConstraint(
                condition=~Q(state="in_vain") | (~Q(outcome="") & Q(arrived_at__isnull=False)),
                name="in_vain_says_why",
            ),
            models.CheckConstraint(
                condition=Q(charge_percent__range=(0, 100), charge_minutes__gte=0),
                name="charge_is_a_share",
            ),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(state__in=["planned", "arrived"]),
                name="one_open_visit_per_order",
            ),
        ]
        indexes = [
            models.Index(fields=["worker", "starts_at"], name="visit_by_worker"),
            models.Index(fields=["region", "starts_at"], name="visit_by_region"),
            models.Index(fields=["organisation", "state", "starts_at"], name="visit_by_organisation"),
            models.Index(fields=["ends_at"], condition=Q(state="planned"), name="visit_to_come"),
            models.Index(
                fields=["worker", "left_at"],
                condition=Q(state__in=["done", "in_vain"], looked_at=None),
                name="visit_to_look_at",
            ),
            models.Index(fields=["person", "arrived_at"], name="visit_by_person"),
            models.Index(fields=["lapsed_at"], condition=Q(lapsed_at__isnull=False), name="visit_lapsed"),
            models.Index(fields=["device", "arrived_at"], condition=~Q(device=""), name="visit_by_device"),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.starts_at):%m-%d %H:%M} {self.item_label}"

    @property
    def item_label(self) -> str:
        """The service's name."""
        return item_name(self.item)

    @property
    def stay(self) -> tuple[datetime, datetime]:
        """The promised window."""
        return self.starts_at, self.ends_at

    @property
    def promised_minutes(self) -> int:
        """The promised length."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60

    @property
    def settled_minutes(self) -> int:
        """Minutes that are settled: those worked, or of a visit in vain the share that is charged."""
        return self.charge_minutes if self.state == VisitState.IN_VAIN else self.minutes or 0

    @property
    def note(self) -> str:
        """What the worker wrote."""
        return opened(self.person_id, self.note_sealed)

    @property
    def flag_names(self) -> str:
        """Flags in words."""
        return " · ".join(str(FLAGS[flag]) for flag in self.flags if flag in FLAGS)

    @property
    def counts(self) -> bool:
        """Whether it may be settled: done, or in vain and charged; not rejected, and without flags or verified."""
        ended = self.state == VisitState.DONE or (
            self.state == VisitState.IN_VAIN and self.charge_percent > 0
        )
        sure = not self.flags or self.verified_at is not None
        return ended and self.rejected_at is None and sure

    @property
    def confirmation(self) -> dict[str, str]:
        """The strokes of a signature, or name and relation of a witness."""
        text = opened(self.person_id, self.confirm_sealed)
        return dict(json.loads(text)) if text else {}

    @property
    def seen_words(self) -> str:
        """What was found when somebody looked after the person."""
        return opened(self.person_id, self.seen_sealed)
