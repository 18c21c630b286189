"""Organisations, facilities and workers."""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.catalogue import skill_name
from songhe.areas.providers.rules import Hours, Opening
from songhe.core.codes import Point
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field
from songhe.engines.vault.api import reveal
from songhe.kit.words import WEEKDAYS


class OrganisationKind(models.TextChoices):
    """What an organisation does; one may do several."""

    HOME = "home", _("Home services")
    RESIDENTIAL = "residential", _("Residential care")
    COMMUNITY = "community", _("Community care")
    MEALS = "meals", _("Meal services")
    MEDICAL = "medical", _("Medical care")
    RETROFIT = "retrofit", _("Home retrofit")
    ASSESSMENT = "assessment", _("Ability assessment")
    CALL_CENTRE = "call_centre", _("Call centre")


class Kind(models.TextChoices):
    """What a facility is, as the cities' own plans name them."""

    NURSING_HOME = "nursing_home", _("Nursing home")
    TOWNSHIP_HOME = "township_home", _("Township nursing home")
    DAY_CARE = "day_care", _("Day-care centre")
    CARE_STATION = "care_station", _("Care station")
    REHABILITATION = "rehabilitation", _("Rehabilitation centre")
    COMPREHENSIVE = "comprehensive", _("Community comprehensive centre")
    STREET_CENTRE = "street_centre", _("Street or township comprehensive centre")
    EMBEDDED = "embedded", _("Embedded small care home")
    DEMONSTRATION = "demonstration", _("Demonstration community centre")
    HAPPINESS_HOME = "happiness_home", _("Happiness home")
    MUTUAL_HELP = "mutual_help", _("Mutual-help care centre")
    MUTUAL_POINT = "mutual_point", _("Mutual-aid point")
    CANTEEN = "canteen", _("Canteen for the elderly")
    DINING_TABLE = "dining_table", _("Rural dining table")
    MEDICAL_CARE = "medical_care", _("Integrated medical and care facility")
    GERIATRIC = "geriatric", _("Geriatric medical centre")
    ACTIVITY = "activity", _("Activity centre")
    HOME_SERVICE = "home_service", _("Home service point")


class Purpose(models.TextChoices):
    """What a site does beside its kind; no site is called so, yet people look for it."""

    BATHING = "bathing", _("Assisted bathing")
    SHORT_STAY = "short_stay", _("Short stays")
    ASSESSMENT = "assessment", _("Ability assessment")


FUNCTIONS = [*Kind.choices, *Purpose.choices]
"""What a site may do further: everything that another site is for, and the purposes above."""
CANTEENS = (Kind.CANTEEN, Kind.DINING_TABLE)
RESIDENTIAL = (Kind.NURSING_HOME, Kind.TOWNSHIP_HOME, Kind.EMBEDDED, Kind.MEDICAL_CARE, Kind.GERIATRIC)


class Ownership(models.TextChoices):
    """Who owns the site."""

    PUBLIC = "public", _("Public")
    COLLECTIVE = "collective", _("Village or community")
    NON_PROFIT = "non_profit", _("Private, not for profit")
    ENTERPRISE = "enterprise", _("Enterprise")


class Mode(models.TextChoices):
    """How the site is operated."""

    OWN = "own", _("Owner-operated")
    PRIVATELY_RUN = "privately_run", _("Publicly built, privately run")
    AIDED = "aided", _("Private with public aid")
    ENTRUSTED = "entrusted", _("Contracted to a professional operator")
    EQUITY = "equity", _("Joint equity")


class FireSafety(models.TextChoices):
    """Where the fire safety acceptance stands."""

    PASSED = "passed", _("Passed")
    FILED = "filed", _("Filing made")
    PENDING = "pending", _("Not yet accepted")
    FAILED = "failed", _("Not passed")


class State(models.TextChoices):
    """Whether an organisation or a facility works."""

    ACTIVE = "active", _("Operating")
    SUSPENDED = "suspended", _("Suspended")
    CLOSED = "closed", _("Closed")


class Frame(models.TextChoices):
    """The frame in which a place was entered; WGS-84 is what is stored."""

    WGS84 = "wgs84", _("WGS-84 / CGCS2000 (satellite)")
    GCJ02 = "gcj02", _("GCJ-02 (most web maps)")
    BD09 = "bd09", _("BD-09 (Baidu)")


class Travel(models.TextChoices):
    """How a worker gets from one person to the next."""

    WALK = "walk", _("On foot")
    BIKE = "bike", _("By bicycle")
    EBIKE = "ebike", _("By electric bicycle")
    CAR = "car", _("By car")


class Organisation(Scoped):
    """A body that gives services. Its telephone is the office's, not a person's, and is shown in full."""

    region = region_field(verbose_name=_("Place of registration"))
    name = models.CharField(_("Organisation name"), max_length=120)
    credit_code = models.CharField(_("Credit code"), max_length=18, blank=True)
    kinds: models.JSONField[list[str], list[str]] = models.JSONField(_("Services"), default=list)
    legal_person = models.CharField(_("Legal representative"), max_length=60, blank=True)
    phone = models.CharField(_("Office telephone"), max_length=24, blank=True)
    address = models.CharField(_("Address"), max_length=200, blank=True)
    state = models.CharField(_("State"), max_length=10, choices=State, default=State.ACTIVE)
    since = models.DateField(_("Registered on"), null=True)

    scope_by: ClassVar[Lines] = Lines(holders=("id",))

    class Meta(Scoped.Meta):
        verbose_name = _("Organisation")
        constraints = [
            models.UniqueConstraint(
                fields=["credit_code"], condition=~Q(credit_code=""), name="one_credit_code"
            ),
        ]
        indexes = [models.Index(fields=["region", "name"], name="organisation_by_region")]

    def __str__(self) -> str:
        return self.name

    @property
    def kind_names(self) -> str:
        """Its services in words."""
        return " · ".join(
            str(OrganisationKind(kind).label) for kind in self.kinds if kind in OrganisationKind.values
        )


class Facility(Scoped):
    """One site. ``lon`` and ``lat`` are degrees in WGS-84; ``frame`` is how they were entered. An unknown ``since``
    counts as open."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("Organisation")
    )
    region = region_field(verbose_name=_("Region"))
    name = models.CharField(_("Site name"), max_length=120)
    kind = models.CharField(_("Kind"), max_length=20, choices=Kind)
    address = models.CharField(_("Address"), max_length=200, blank=True)
    phone = models.CharField(_("Telephone"), max_length=24, blank=True)
    lon = models.FloatField(_("Longitude"), null=True)
    lat = models.FloatField(_("Latitude"), null=True)
    frame = models.CharField(_("Coordinate system used"), max_length=8, choices=Frame, default=Frame.WGS84)
    area_m2 = models.IntegerField(_("Floor area (m²)"), null=True)
    beds = models.IntegerField(_("Beds"), default=0)
    nursing_beds = models.IntegerField(_("Nursing beds"), default=0)
    day_places = models.IntegerField(_("Day places"), null=True)
    diners = models.IntegerField(_("Diners per meal"), null=True)
    places = models.IntegerField(_("Other capacity"), null=True)
    ownership = models.CharField(_("Ownership"), max_length=12, choices=Ownership, blank=True)
    mode = models.CharField(_("Operating model"), max_length=16, choices=Mode, blank=True)
    licence_no = models.CharField(_("Licence or filing number"), max_length=60, blank=True)
    fire_safety = models.CharField(
        _("Fire safety"), max_length=10, choices=FireSafety, default=FireSafety.PENDING
    )
    state = models.CharField(_("State"), max_length=10, choices=State, default=State.ACTIVE)
    since = models.DateField(_("Operating since"), null=True)
    until = models.DateField(_("Closed on"), null=True)
    public_phone = models.CharField(_("Public telephone"), max_length=24, blank=True, db_default="")
    description = models.TextField(_("Description"), blank=True, db_default="")
    hours: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        _("Opening hours"), default=dict, db_default=Value({}, models.JSONField())
    )
    gaps: models.JSONField[list[str], list[str]] = models.JSONField(
        _("Missing in the file"), default=list, db_default=Value([], models.JSONField())
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", verbose_name=_("Is the same as")
    )

    scope_by: ClassVar[Lines] = Lines(holders=("organisation_id", "id"))
    if TYPE_CHECKING:
        organisation_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Facility")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name", "kind"], name="one_site_of_a_name"),
            models.CheckConstraint(
                condition=Q(nursing_beds__gte=0) & Q(nursing_beds__lte=F("beds")),
                name="nursing_beds_among_beds",
            ),
            models.CheckConstraint(
                condition=(Q(day_places=None) | Q(day_places__gte=0))
                & (Q(diners=None) | Q(diners__gte=0))
                & (Q(places=None) | Q(places__gte=0)),
                name="capacity_is_a_count",
            ),
            models.CheckConstraint(
                condition=Q(lon__isnull=True, lat__isnull=True) | Q(lon__isnull=False, lat__isnull=False),
                name="place_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(since=None) | Q(until__gt=F("since")),
                name="closes_after_it_opens",
            ),
        ]
        indexes = [models.Index(fields=["region", "kind"], name="facility_by_region")]

    def __str__(self) -> str:
        return self.name

    @property
    def point(self) -> Point | None:
        """Where it stands, in WGS-84."""
        return None if self.lon is None or self.lat is None else Point(self.lon, self.lat)

    @property
    def opening(self) -> Opening:
        """When it is open, week by week and on days of their own."""
        return Opening.read(self.hours)

    def operates(self, on: date) -> bool:
        """Whether it is open on a day."""
        begun = self.since is None or self.since <= on
        return self.state == State.ACTIVE and begun and (self.until is None or on < self.until)


class Worker(Scoped):
    """Somebody employed to give services. The telephone is sealed with a data key of the worker's own."""

    class Sex(models.TextChoices):
        FEMALE = "f", _("Female")
        MALE = "m", _("Male")

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("Organisation")
    )
    region = region_field(verbose_name=_("Base"))
    name = models.CharField(_("Name"), max_length=60)
    sex = models.CharField(_("Gender"), max_length=1, choices=Sex)
    phone_sealed = models.BinaryField(default=b"")
    phone_masked = models.CharField(_("Telephone"), max_length=24, blank=True)
    skills: models.JSONField[list[str], list[str]] = models.JSONField(_("Skills"), default=list)
    certificate_no = models.CharField(_("Certificate number"), max_length=60, blank=True)
    certificate_until = models.DateField(_("Certificate valid until"), null=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    work_days: models.JSONField[list[int], list[int]] = models.JSONField(_("Working days"), default=list)
    works_from = models.TimeField(_("Work starts at"), default=time(8))
    works_until = models.TimeField(_("Work ends at"), default=time(18))
    languages: models.JSONField[list[str], list[str]] = models.JSONField(
        _("Languages and dialects"), default=list
    )
    travels = models.CharField(_("Travel mode"), max_length=8, choices=Travel, default=Travel.EBIKE)
    break_minutes = models.IntegerField(_("Break (minutes)"), null=True)
    weekly_minutes = models.IntegerField(_("Weekly hours"), null=True)
    since = models.DateField(_("Employed since"))
    until = models.DateField(_("Employed until"), null=True)

    scope_by: ClassVar[Lines] = Lines(holders=("organisation_id", "id"))
    protected: ClassVar[tuple[str, ...]] = ("phone_sealed", "lon", "lat")
    if TYPE_CHECKING:
        organisation_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Worker")
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")), name="leaves_after_coming"
            ),
            models.CheckConstraint(
                condition=Q(works_until__gt=F("works_from")), name="shift_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(break_minutes=None) | Q(break_minutes__range=(0, 180)), name="break_is_bearable"
            ),
            models.CheckConstraint(
                condition=Q(weekly_minutes=None) | Q(weekly_minutes__range=(0, 10_080)),
                name="week_has_its_hours",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "until"], name="worker_by_organisation")]

    def __str__(self) -> str:
        return self.name

    @property
    def point(self) -> Point | None:
        """The base place, in WGS-84."""
        return None if self.lon is None or self.lat is None else Point(self.lon, self.lat)

    @property
    def hours(self) -> Hours:
        """When the worker works."""
        return Hours(
            days=self.work_days or (1, 2, 3, 4, 5, 6, 7), since=self.works_from, until=self.works_until
        )

    @property
    def phone(self) -> str:
        """The full number; showing it to anybody but the organisation is a recorded read."""
        return reveal(self.id, self.phone_sealed)

    @property
    def skill_names(self) -> str:
        """Skills in words."""
        return " · ".join(skill_name(code) for code in self.skills)

    @property
    def day_names(self) -> str:
        """Working days in words."""
        return " · ".join(str(WEEKDAYS[day - 1]) for day in self.hours.days)

    def employed(self, on: date) -> bool:
        """Whether employed on a day."""
        return self.since <= on and (self.until is None or on < self.until)

    def certified(self, on: date) -> bool:
        """Whether the certificate, where it has an end, is valid on a day."""
        return self.certificate_until is None or on <= self.certificate_until


class Leave(Scoped):
    """Days on which a worker does not work; ``until`` is the first day back, open where it is not known."""

    class Why(models.TextChoices):
        OFF = "off", _("Day off")
        ILL = "ill", _("Ill")

    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", verbose_name=_("Worker"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("Organisation")
    )
    region = region_field(verbose_name=_("Base"))
    why = models.CharField(_("Reason"), max_length=4, choices=Why)
    since = models.DateField(_("From"))
    until = models.DateField(_("Back at work on"), null=True)

    scope_by: ClassVar[Lines] = Lines(holders=("organisation_id", "worker_id"))
    if TYPE_CHECKING:
        organisation_id: UUID
        worker_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Leave")
        constraints = [
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("since")), name="leave_has_length")
        ]
        indexes = [models.Index(fields=["worker", "since"], name="leave_by_worker")]

    def __str__(self) -> str:
        return f"{self.since:%m-%d}"
