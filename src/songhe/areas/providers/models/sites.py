"""What the register holds about a site beyond its own row: functions, contracts, papers, people, prices, pictures, stars."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.models.bodies import FUNCTIONS, Facility, Organisation
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field


class OfSite(Scoped):
    """A row of a site's file. ``region`` and ``organisation_id`` are the site's, and follow it."""

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+", verbose_name=_("Facility"))
    region = region_field(verbose_name=_("Region"))
    organisation_id = models.UUIDField()

    scope_by: ClassVar[Lines] = Lines(holders=("organisation_id", "facility_id"))
    if TYPE_CHECKING:
        facility_id: UUID

    class Meta(Scoped.Meta):
        abstract = True


class SiteFunction(OfSite):
    """What a site does beside its main kind, under the same licence; of one kind one at a time. ``until``: first day without."""

    kind = models.CharField(_("Function"), max_length=20, choices=FUNCTIONS)
    area_m2 = models.IntegerField(_("Floor area (m²)"), null=True)
    beds = models.IntegerField(_("Beds"), null=True)
    day_places = models.IntegerField(_("Day places"), null=True)
    diners = models.IntegerField(_("Diners per meal"), null=True)
    places = models.IntegerField(_("Other capacity"), null=True)
    since = models.DateField(_("From"))
    until = models.DateField(_("Until"), null=True)

    class Meta(OfSite.Meta):
        verbose_name = _("Function")
        indexes = [models.Index(fields=["facility", "kind"], name="function_by_site")]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")), name="function_has_length"
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class ContractKind(models.TextChoices):
    """By what contract somebody else runs a site."""

    ENTRUSTED = "entrusted", _("Contracted to a professional operator")
    PRIVATELY_RUN = "privately_run", _("Publicly built, privately run")
    EQUITY = "equity", _("Joint equity")


class Operation(OfSite):
    """The contract under which an organisation runs a site for its owner; one site has one at a time.

    ``until`` is the last day. ``fen_per_year`` is what the operator is paid, negative where it pays the owner.
    """

    kind = models.CharField(_("Kind"), max_length=16, choices=ContractKind)
    operator = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("Operator"))
    owner_name = models.CharField(_("Commissioning party"), max_length=120)
    number = models.CharField(_("Contract number"), max_length=60, blank=True)
    since = models.DateField(_("First day"))
    until = models.DateField(_("Last day"))
    fen_per_year = models.BigIntegerField(_("Annual fee"), default=0)
    professional = models.BooleanField(_("Professional operator"), default=False)
    in_effect = models.BooleanField(_("Has taken effect"), default=False)
    ended_why = models.CharField(_("Ended early because"), max_length=200, blank=True)
    entered_by = models.CharField(_("Entered by"), max_length=80)
    entered_at = models.DateTimeField(_("Entered at"))

    scope_by: ClassVar[Lines] = Lines(holders=("organisation_id", "facility_id", "operator_id"))
    if TYPE_CHECKING:
        operator_id: UUID

    class Meta(OfSite.Meta):
        verbose_name = _("Operation contract")
        indexes = [models.Index(fields=["region", "until"], name="operation_by_region")]
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="operation_in_order"),
        ]

    def __str__(self) -> str:
        return self.number or str(self.get_kind_display())

    def holds(self, on: date) -> bool:
        """Whether it is in force on a day."""
        return self.since <= on <= self.until


class PermitKind(models.TextChoices):
    """Papers that a site needs."""

    LICENCE = "licence", _("Licence")
    RECORD = "record", _("Civil affairs filing")
    FOOD = "food", _("Food permit")
    FIRE = "fire", _("Fire safety acceptance")
    MEDICAL = "medical", _("Medical licence")


class Permit(OfSite):
    """One paper with its days; the latest of a kind counts. ``valid_until`` is its last day, none where it does not end."""

    kind = models.CharField(_("Licence or permit"), max_length=8, choices=PermitKind)
    number = models.CharField(_("Number"), max_length=60, blank=True)
    issued_by = models.CharField(_("Issuing office"), max_length=120, blank=True)
    issued_on = models.DateField(_("Issued on"))
    valid_until = models.DateField(_("Valid until"), null=True)

    class Meta(OfSite.Meta):
        verbose_name = _("Licence or permit")
        indexes = [
            models.Index(fields=["facility", "kind"], name="permit_by_site"),
            models.Index(fields=["region", "valid_until"], name="permit_by_region"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("issued_on")), name="permit_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}".strip()

    def holds(self, on: date) -> bool:
        """Whether it is valid on a day."""
        return self.issued_on <= on and (self.valid_until is None or on <= self.valid_until)


class Job(models.TextChoices):
    """What somebody at a site does."""

    DIRECTOR = "director", _("Director")
    CARER = "carer", _("Carer")
    NURSE = "nurse", _("Nurse")
    DOCTOR = "doctor", _("Doctor")
    THERAPIST = "therapist", _("Therapist")
    SOCIAL_WORKER = "social_worker", _("Social worker")
    COOK = "cook", _("Cook")
    OTHER = "other", _("Other staff")


class Staffing(OfSite):
    """How many people of a job a site had when they were counted; the latest count of a job is the present one."""

    job = models.CharField(_("Staff position"), max_length=16, choices=Job)
    number = models.SmallIntegerField(_("Number of staff"))
    certified = models.SmallIntegerField(_("With certificate"), default=0)
    counted_on = models.DateField(_("Counted on"))

    class Meta(OfSite.Meta):
        verbose_name = _("Staff")
        constraints = [
            models.UniqueConstraint(fields=["facility", "job", "counted_on"], name="one_count_of_a_job"),
            models.CheckConstraint(
                condition=Q(number__gte=0, certified__gte=0) & Q(certified__lte=F("number")),
                name="certified_among_staff",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_job_display()} {self.number}"


class Agreement(OfSite):
    """What a medical body agreed to do for a site. ``until`` is the last day."""

    body = models.CharField(_("Medical institution"), max_length=120)
    what = models.CharField(_("What was agreed"), max_length=400)
    since = models.DateField(_("First day"))
    until = models.DateField(_("Last day"), null=True)

    class Meta(OfSite.Meta):
        verbose_name = _("Agreement with a clinic")
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="agreement_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.body


class Price(OfSite):
    """A price on the public list; of one item and unit one at a time. ``until``: first day on which it is another."""

    class Per(models.TextChoices):
        """For what the price is."""

        MONTH = "month", _("month")
        DAY = "day", _("day")
        HOUR = "hour", _("hour")
        TIME = "time", _("session")
        MEAL = "meal", _("meal")

    item = models.CharField(_("Charged item"), max_length=60)
    per = models.CharField(_("Per"), max_length=8, choices=Per)
    fen = models.IntegerField(_("List price"))
    since = models.DateField(_("From"))
    until = models.DateField(_("Until"), null=True)

    class Meta(OfSite.Meta):
        verbose_name = _("List price")
        constraints = [
            models.CheckConstraint(condition=Q(fen__gte=0), name="site_price_not_below_zero"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")), name="price_has_length"
            ),
        ]

    def __str__(self) -> str:
        return self.item


class Rating(OfSite):
    """A star rating after GB/T 37276; the latest that is valid counts. ``valid_until`` is its last day."""

    stars = models.SmallIntegerField(_("Stars"))
    rated_on = models.DateField(_("Rated on"))
    valid_until = models.DateField(_("Valid until"))
    source = models.CharField(_("Source"), max_length=200)

    class Meta(OfSite.Meta):
        verbose_name = _("Star rating")
        constraints = [
            models.CheckConstraint(condition=Q(stars__range=(1, 5)), name="stars_one_to_five"),
            models.CheckConstraint(condition=Q(valid_until__gt=F("rated_on")), name="rating_has_length"),
        ]

    def __str__(self) -> str:
        return "★" * self.stars


class Photo(OfSite):
    """A picture of a site; one is its face. ``public``: may be shown to everybody."""

    attachment_id = models.UUIDField()
    caption = models.CharField(_("Caption"), max_length=120, blank=True)
    face = models.BooleanField(_("Cover photo"), default=False)
    public = models.BooleanField(_("Shown to the public"), default=False)
    added_at = models.DateTimeField(_("Added"))

    class Meta(OfSite.Meta):
        verbose_name = _("Photo")
        constraints = [
            models.UniqueConstraint(fields=["facility"], condition=Q(face=True), name="one_face_of_a_site"),
        ]

    def __str__(self) -> str:
        return self.caption


class SiteFact(OfSite):
    """What the register said of a site: valid on days in [valid_from, valid_to), believed at moments in
    [recorded_at, recorded_until). Only what ever changed has rows; the rest is the site's own column."""

    what = models.CharField(_("What is recorded"), max_length=20)
    value: models.JSONField[Any, Any] = models.JSONField(_("Recorded value"), null=True)
    valid_from = models.DateField(_("From"), null=True)
    valid_to = models.DateField(_("Until"), null=True)
    recorded_at = models.DateTimeField(_("Recorded"))
    recorded_until = models.DateTimeField(null=True)
    recorded_by = models.CharField(_("Recorded by"), max_length=80, blank=True)
    note = models.CharField(_("Reason"), max_length=200, blank=True)

    class Meta(OfSite.Meta):
        verbose_name = _("Register entry")
        indexes = [models.Index(fields=["facility", "what"], name="site_fact_by_site")]
        constraints = [
            models.CheckConstraint(
                condition=Q(recorded_until=None) | Q(recorded_until__gte=F("recorded_at")),
                name="site_fact_known_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.what


class SiteDouble(Scoped):
    """Two entries that may be one site. ``region`` is the smallest that holds both."""

    class State(models.TextChoices):
        """Where the suspicion stands."""

        OPEN = "open", _("To decide")
        DIFFERENT = "different", _("Two sites")
        SAME = "same", _("One site")

    region = region_field(verbose_name=_("Region"))
    first = models.ForeignKey(Facility, models.PROTECT, related_name="+", verbose_name=_("One"))
    second = models.ForeignKey(Facility, models.PROTECT, related_name="+", verbose_name=_("The other"))
    evidence: models.JSONField[list[str], list[str]] = models.JSONField(_("Evidence"), default=list)
    score = models.SmallIntegerField(_("Similarity"))
    state = models.CharField(_("State"), max_length=10, choices=State, default=State.OPEN)
    found_at = models.DateTimeField(_("Found"))
    decided_at = models.DateTimeField(_("Decided at"), null=True)
    decided_by = models.CharField(_("Decided by"), max_length=80, blank=True)
    reason = models.CharField(_("Reason"), max_length=200, blank=True)

    scope_by: ClassVar[Lines] = Lines()
    if TYPE_CHECKING:
        first_id: UUID
        second_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Suspected duplicate entry")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="one_suspicion_of_two_sites"),
            models.CheckConstraint(condition=~Q(first=F("second")), name="two_sites_suspected"),
        ]

    def __str__(self) -> str:
        return f"{self.first} · {self.second}"


FILES: tuple[type[OfSite], ...] = (
    SiteFunction, Operation, Permit, Staffing, Agreement, Price, Rating, Photo, SiteFact,
)  # fmt: skip
"""Every table whose rows follow their site."""
