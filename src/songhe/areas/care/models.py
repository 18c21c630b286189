"""Care plans with their lines, when a person is away, and the months that were planned."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.assessment.api import Level
from songhe.areas.care.rules import Recurring, Window
from songhe.areas.care.weeks import Often
from songhe.areas.providers.api import Worker, item_name
from songhe.areas.visits.api import PaidBy, opened
from songhe.engines.access.api import KinLines, Lines, Scoped
from songhe.engines.regions.fields import CodeField, region_field


class PlanState(models.TextChoices):
    """Where a version of a plan stands."""

    DRAFT = "draft", _("Draft")
    ACTIVE = "active", _("In force")
    SUPERSEDED = "superseded", _("Superseded")
    ENDED = "ended", _("Has ended")
    DISCARDED = "discarded", _("Discarded")


class Signer(models.TextChoices):
    """Who signed."""

    PERSON = "person", _("The person")
    FAMILY = "family", _("The family")


class Plan(Scoped):
    """One version of a person's care plan; both its days are included. Its organisation leads it and sees all of it.

    ``signed_region`` is where the person lived then: after a move the plan waits to be looked at again.
    """

    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field(verbose_name=_("Region"))
    organisation = models.ForeignKey(
        "providers.Organisation", models.PROTECT, related_name="+", verbose_name=_("Organisation")
    )
    version = models.SmallIntegerField(_("Version"), default=1)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    state = models.CharField(_("State"), max_length=10, choices=PlanState, default=PlanState.DRAFT)
    since = models.DateField(_("From"))
    until = models.DateField(_("Until"), null=True)
    review_on = models.DateField(_("Review by"))
    level = models.SmallIntegerField(_("Level"), null=True, choices=Level)
    wishes_sealed = models.BinaryField(default=b"")
    signed_by = models.CharField(_("Signed by"), max_length=60, blank=True)
    signer = models.CharField(_("Signed as"), max_length=6, choices=Signer, blank=True)
    signed_on = models.DateField(_("Signed on"), null=True)
    signed_region = CodeField(null=True)
    prepared_by = models.CharField(_("Drafted by"), max_length=80)
    prepared_at = models.DateTimeField(_("Drafted at"))
    reason = models.CharField(_("Reason"), max_length=400, blank=True)

    scope_by: ClassVar[Lines] = KinLines(holders=("organisation_id",))
    protected: ClassVar[tuple[str, ...]] = ("wishes_sealed",)
    follows_person: ClassVar[bool] = True
    if TYPE_CHECKING:
        person_id: UUID
        organisation_id: UUID
        replaces_id: UUID | None

    class Meta(Scoped.Meta):
        verbose_name = _("Care plan")
        indexes = [
            models.Index(fields=["region", "state"], name="plan_by_region"),
            models.Index(fields=["organisation", "state"], name="plan_by_organisation"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(state="draft"), name="one_draft_plan"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")) | Q(state__in=["superseded", "ended"]),
                name="plan_days_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(state="active") | Q(signed_on__isnull=False, signed_region__isnull=False),
                name="active_is_signed",
            ),
        ]

    def __str__(self) -> str:
        return gettext("Version {number} from {day}").format(number=self.version, day=self.since)

    @property
    def moved(self) -> bool:
        """Whether the person lives elsewhere than when the plan was signed: it waits to be looked at again."""
        return bool(self.signed_region != self.region_id)

    @property
    def wishes(self) -> str:
        """What the person and the family wish, in words."""
        return opened(self.person_id, self.wishes_sealed)


class Line(Scoped):
    """One service of a plan that recurs. ``rule`` is an RFC 5545 rule, ``but`` its exceptions as ISO days.

    With ``times`` the rule's days are those that are possible; so many of each week, at least ``days_apart``, are taken, and the
    planner chooses which. A double visit is by two workers; the second begins ``gap_least`` to ``gap_most`` minutes after the first.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="lines")
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+")
    region = region_field()
    organisation = models.ForeignKey(
        "providers.Organisation", models.PROTECT, related_name="+", verbose_name=_("Organisation")
    )
    item = models.CharField(_("Service"), max_length=12)
    minutes = models.IntegerField(_("Duration"))
    rule = models.CharField(_("Rule"), max_length=200)
    but: models.JSONField[list[str], list[str]] = models.JSONField(_("Date to skip"), default=list)
    earliest = models.TimeField(_("Earliest start"))
    latest = models.TimeField(_("Latest start"))
    hard = models.BooleanField(_("Exact time"), default=False)
    skips_holidays = models.BooleanField(_("Not on public holidays"), default=False)
    times = models.SmallIntegerField(_("Times a week"), null=True)
    days_apart = models.SmallIntegerField(_("Days apart, at least"), default=1, db_default=1)
    paid_by = models.CharField(_("Paid by"), max_length=12, choices=PaidBy, default=PaidBy.ENTITLEMENT)
    gender = models.CharField(_("Worker's gender"), max_length=1, blank=True, choices=Worker.Sex)
    language = models.CharField(_("Language or dialect"), max_length=20, blank=True)
    preferred: models.JSONField[list[str], list[str]] = models.JSONField(_("Preferred workers"), default=list)
    unwanted: models.JSONField[list[str], list[str]] = models.JSONField(_("Excluded workers"), default=list)
    double = models.BooleanField(_("Two workers"), default=False)
    gap_least = models.IntegerField(_("Second worker after, at least (min)"), default=0)
    gap_most = models.IntegerField(_("Second worker after, at most (min)"), default=0)

    scope_by: ClassVar[Lines] = KinLines(holders=("organisation_id",))
    follows_person: ClassVar[bool] = True
    if TYPE_CHECKING:
        plan_id: UUID
        person_id: UUID
        organisation_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Care plan line")
        indexes = [models.Index(fields=["plan"], name="line_by_plan")]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__range=(5, 720)) & Q(latest__gte=F("earliest")), name="line_takes_time"
            ),
            models.CheckConstraint(
                condition=Q(gap_least__gte=0) & Q(gap_most__gte=F("gap_least")), name="line_gap_is_a_span"
            ),
            models.CheckConstraint(
                condition=(Q(times=None) | Q(times__range=(1, 7))) & Q(days_apart__range=(1, 7)),
                name="line_fits_a_week",
            ),
        ]

    def __str__(self) -> str:
        return self.item_label

    @property
    def item_label(self) -> str:
        """The service's name."""
        return item_name(self.item)

    @property
    def window(self) -> Window:
        """When a visit may begin."""
        return Window(self.earliest, self.latest, self.hard)

    @property
    def halves(self) -> int:
        """How many workers come."""
        return 2 if self.double else 1

    @property
    def often(self) -> Often | None:
        """How often a week, where the planner chooses the days."""
        return None if self.times is None else Often(self.rule, self.times, self.days_apart)

    def recurring(self, plan: Plan) -> Recurring:
        """When it takes place, within its plan; or may take place, where the planner chooses the days."""
        return Recurring(
            rule=self.rule,
            start=plan.since,
            until=plan.until,
            but=frozenset(date.fromisoformat(day) for day in self.but),
            skips_holidays=self.skips_holidays,
        )


class AbsenceKind(models.TextChoices):
    """Why nobody is to come."""

    HOSPITAL = "hospital", _("In hospital")
    CARE_HOME = "care_home", _("In a care home")
    AWAY = "away", _("Away from home")
    WISH = "wish", _("At the person's wish")


class Absence(Scoped):
    """Days on which nobody is to come to a person, both included; an open end is until further notice."""

    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field(verbose_name=_("Region"))
    kind = models.CharField(_("Why"), max_length=10, choices=AbsenceKind)
    since = models.DateField(_("From"))
    until = models.DateField(_("Until"), null=True)
    entered_by = models.CharField(_("Entered by"), max_length=80)
    entered_at = models.DateTimeField(_("Entered at"))
    if TYPE_CHECKING:
        person_id: UUID

    scope_by: ClassVar[Lines] = Lines(person="person_id")
    follows_person: ClassVar[bool] = True

    class Meta(Scoped.Meta):
        verbose_name = _("Absence")
        indexes = [models.Index(fields=["person", "since"], name="absence_by_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="absence_in_order"
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class MonthState(models.TextChoices):
    """Where the making of a month's orders stands."""

    RUNNING = "running", _("Being planned")
    STOPPED = "stopped", _("Stopped")
    DONE = "done", _("Planned")


class Month(Scoped):
    """The orders of a month made in one go, for a region or for one organisation. ``reasons``: how many were left out, by
    why."""

    region = region_field(verbose_name=_("Region"))
    organisation = models.ForeignKey(
        "providers.Organisation", models.PROTECT, null=True, related_name="+", verbose_name=_("Organisation")
    )
    month = models.DateField(_("Month"))
    state = models.CharField(_("State"), max_length=8, choices=MonthState, default=MonthState.RUNNING)
    plans = models.IntegerField(_("Plans"), default=0)
    done = models.IntegerField(_("Plans processed"), default=0)
    made = models.IntegerField(_("Orders made"), default=0)
    there = models.IntegerField(_("Already there"), default=0)
    left_out = models.IntegerField(_("Left out"), default=0)
    reasons: models.JSONField[Any, Any] = models.JSONField(default=dict)
    started_by = models.CharField(_("Started by"), max_length=80)
    started_at = models.DateTimeField(_("Started at"))
    finished_at = models.DateTimeField(_("Finished at"), null=True)
    job_id = models.UUIDField(null=True)
    if TYPE_CHECKING:
        organisation_id: UUID | None

    scope_by: ClassVar[Lines] = Lines(holders=("organisation_id",))

    class Meta(Scoped.Meta):
        verbose_name = _("Monthly planning run")
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="plans_by_months"),
            models.UniqueConstraint(
                fields=["region", "organisation", "month"],
                condition=Q(state="running"),
                name="one_open_month",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.organisation or self.region}"


class Visited(Scoped):
    """That the order of a line for a day was made: the key by which a second run adds nothing.

    Where the planner chooses the days, the key is the week's Monday and the visit's number in it, and ``day`` is where it lies.
    """

    line = models.ForeignKey(Line, models.PROTECT, related_name="+")
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+")
    region = region_field()
    organisation_id = models.UUIDField()
    day = models.DateField(_("Day"))
    week = models.DateField(_("Week"), null=True)
    ordinal = models.SmallIntegerField(null=True)
    order_id = models.UUIDField()
    second_id = models.UUIDField(null=True)
    month = models.ForeignKey(Month, models.PROTECT, related_name="+")
    if TYPE_CHECKING:
        line_id: UUID
        person_id: UUID

    scope_by: ClassVar[Lines] = Lines(holders=("organisation_id",))

    class Meta(Scoped.Meta):
        verbose_name = _("Planned day")
        indexes = [models.Index(fields=["person", "day"], name="planned_by_person")]
        constraints = [
            models.UniqueConstraint(
                fields=["line", "day"], condition=Q(week=None), name="one_order_a_line_and_day"
            ),
            models.UniqueConstraint(fields=["line", "week", "ordinal"], name="one_order_a_line_and_number"),
            models.CheckConstraint(
                condition=Q(week=None, ordinal=None) | Q(week__isnull=False, ordinal__gte=0),
                name="week_has_numbers",
            ),
        ]

    def __str__(self) -> str:
        return str(self.day)


class LeftOut(Scoped):
    """A day of a line for which no order was made, and why."""

    month = models.ForeignKey(Month, models.CASCADE, related_name="+")
    line = models.ForeignKey(Line, models.CASCADE, related_name="+")
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="+")
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field(verbose_name=_("Region"))
    organisation_id = models.UUIDField()
    item = models.CharField(_("Service"), max_length=12)
    day = models.DateField(_("Day"))
    code = models.CharField(max_length=40)
    text = models.CharField(_("Why"), max_length=300)
    values: models.JSONField[Any, Any] = models.JSONField(default=dict)
    if TYPE_CHECKING:
        month_id: UUID
        person_id: UUID

    scope_by: ClassVar[Lines] = Lines(holders=("organisation_id",))

    class Meta(Scoped.Meta):
        verbose_name = _("Day that was left out")
        indexes = [models.Index(fields=["month", "code"], name="left_out_by_month")]

    def __str__(self) -> str:
        return self.code
