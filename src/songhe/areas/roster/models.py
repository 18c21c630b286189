"""Rosters, their lines, what was changed by hand, news for those concerned, and calendar feeds."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import item_name
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field


class State(models.TextChoices):
    """Where a roster stands."""

    PLANNING = "planning", _("Planning under way")
    DRAFT = "draft", _("Draft")
    PUBLISHING = "publishing", _("Being published")
    PUBLISHED = "published", _("Published")
    SUPERSEDED = "superseded", _("Superseded")
    FAILED = "failed", _("Not planned")


class Days(models.IntegerChoices):
    """How many days a roster covers."""

    DAY = 1, _("One day")
    WEEK = 7, _("One week")


OWN = Lines(holders=("organisation_id",))


class Roster(Scoped):
    """One plan of one span: of an organisation, or of a region where ``organisation`` is empty.

    ``terms`` are what the plan is judged by, one by one; ``params`` is what it assumed. ``again``: planned anew from what
    was promised, with as little change as can be. ``origin`` is the plan that it was made from.
    """

    organisation = models.ForeignKey(
        "providers.Organisation", models.PROTECT, null=True, related_name="+", verbose_name=_("Organisation")
    )
    region = region_field(verbose_name=_("Region"))
    first = models.DateField(_("First day"))
    days = models.SmallIntegerField(_("Planning horizon"), choices=Days, default=Days.DAY)
    state = models.CharField(_("State"), max_length=10, choices=State, default=State.PLANNING)
    again = models.BooleanField(_("Re-planned"), default=False)
    reason = models.CharField(_("Reason"), max_length=400, blank=True)
    origin = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    seed = models.IntegerField(_("Seed"), default=0)
    seconds = models.IntegerField(_("Search time (seconds)"))
    params: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    terms: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    cost = models.BigIntegerField(_("Cost"), null=True)
    moves = models.BigIntegerField(_("Plans tried"), default=0)
    unassigned = models.IntegerField(_("Unassigned"), default=0)
    revision = models.IntegerField(default=0)
    job_id = models.UUIDField(null=True)
    made_by_id = models.UUIDField()
    made_by_name = models.CharField(_("Made by"), max_length=80)
    made_at = models.DateTimeField(_("Created at"))
    planned_at = models.DateTimeField(_("Planned at"), null=True)
    published_by_id = models.UUIDField(null=True)
    published_at = models.DateTimeField(_("Roster published at"), null=True)

    scope_by: ClassVar[Lines] = OWN
    if TYPE_CHECKING:
        organisation_id: UUID | None
        origin_id: UUID | None

    class Meta(Scoped.Meta):
        verbose_name = _("Roster")
        constraints = [
            models.CheckConstraint(condition=Q(days__in=[1, 7]), name="roster_day_or_week"),
            models.CheckConstraint(condition=Q(seconds__gt=0), name="roster_takes_time"),
        ]
        indexes = [
            models.Index(fields=["organisation", "first"], name="roster_by_organisation"),
            models.Index(fields=["region", "first"], name="roster_by_region"),
        ]

    def __str__(self) -> str:
        return f"{self.first:%m-%d}" if self.days == 1 else f"{self.first:%m-%d} – {self.last:%m-%d}"

    @property
    def last(self) -> date:
        """The last day."""
        return self.first + timedelta(days=self.days - 1)

    @property
    def goes_on(self) -> bool:
        """Whether it begins with what was planned where it was made from; with another seed it begins otherwise."""
        return self.origin is not None and self.origin.seed == self.seed

    @property
    def is_halted(self) -> bool:
        """Whether its publishing broke off part way."""
        return self.state == State.PUBLISHING and self.job_id is None

    @property
    def is_draft(self) -> bool:
        """Whether it may be changed."""
        return self.state == State.DRAFT


class Outcome(models.TextChoices):
    """What publishing did with a line."""

    WAITING = "", _("Not published")
    SENT = "sent", _("Worker sent")
    MOVED = "moved", _("Assignment changed")
    SAME = "same", _("As before")
    BACK = "back", _("Back to dispatch")
    LEFT = "left", _("Nobody yet")
    SKIPPED = "skipped", _("Left as it is")


class Pinned(models.TextChoices):
    """What a planner fixed of a line."""

    NO = "", _("Not pinned")
    WORKER = "worker", _("This worker")
    BOTH = "both", _("This worker at this time")


class RosterLine(Scoped):
    """One order in a plan: who does it and when, or why nobody does. ``code`` and ``part`` are its task in the problem.

    ``told_*`` is the visit that was promised when the plan was made; ``assumed``: the person's place is not known and
    the middle of the village was taken.
    """

    roster = models.ForeignKey(Roster, models.CASCADE, related_name="lines")
    order = models.ForeignKey("visits.Order", models.PROTECT, related_name="+", verbose_name=_("Order"))
    organisation = models.ForeignKey("providers.Organisation", models.PROTECT, null=True, related_name="+")
    region = region_field(verbose_name=_("Region"))
    person_id = models.UUIDField()
    item = models.CharField(_("Service"), max_length=12)
    minutes = models.IntegerField(_("Duration"))
    code = models.CharField(max_length=40)
    part = models.SmallIntegerField(default=0)
    worker = models.ForeignKey(
        "providers.Worker", models.PROTECT, null=True, related_name="+", verbose_name=_("Worker")
    )
    starts_at = models.DateTimeField(_("Promised from"), null=True)
    pinned = models.CharField(_("Pinned"), max_length=8, choices=Pinned, blank=True, default="")
    begun = models.BooleanField(default=False)
    assumed = models.BooleanField(default=False)
    reason = models.CharField(max_length=20, blank=True)
    told_visit_id = models.UUIDField(null=True)
    told_worker_id = models.UUIDField(null=True)
    told_at = models.DateTimeField(null=True)
    outcome = models.CharField(_("Publishing outcome"), max_length=8, choices=Outcome, blank=True, default="")
    said = models.CharField(_("Note"), max_length=300, blank=True)

    scope_by: ClassVar[Lines] = OWN
    if TYPE_CHECKING:
        roster_id: UUID
        order_id: UUID
        organisation_id: UUID | None
        worker_id: UUID | None

    class Meta(Scoped.Meta):
        verbose_name = _("Roster line")
        constraints = [
            models.UniqueConstraint(fields=["roster", "order"], name="one_line_per_order"),
            models.CheckConstraint(
                condition=Q(worker=None, starts_at=None) | Q(worker__isnull=False, starts_at__isnull=False),
                name="line_has_both",
            ),
        ]
        indexes = [models.Index(fields=["roster", "outcome"], name="line_by_outcome")]

    def __str__(self) -> str:
        return item_name(self.item)

    @property
    def item_label(self) -> str:
        """The service's name."""
        return item_name(self.item)

    @property
    def ends_at(self) -> Any:
        """When the stay ends."""
        return None if self.starts_at is None else self.starts_at + timedelta(minutes=self.minutes)

    @property
    def changed(self) -> bool:
        """Whether somebody was told otherwise; who is there already need not be told when that began."""
        told = (self.told_worker_id, self.told_at)
        return self.told_visit_id is not None and not self.begun and told != (self.worker_id, self.starts_at)


class RosterEdit(Scoped):
    """One change of a draft by hand. Rows are only ever added."""

    roster = models.ForeignKey(Roster, models.PROTECT, related_name="edits")
    line_id = models.UUIDField(null=True)
    organisation = models.ForeignKey("providers.Organisation", models.PROTECT, null=True, related_name="+")
    region = region_field()
    what = models.CharField(_("Change"), max_length=12)
    before: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    after: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    cost = models.BigIntegerField(_("Cost"), default=0)
    at = models.DateTimeField(_("At"))
    actor_id = models.UUIDField()
    actor_name = models.CharField(_("By"), max_length=80)

    scope_by: ClassVar[Lines] = OWN

    class Meta(Scoped.Meta):
        verbose_name = _("Roster change")
        indexes = [models.Index(fields=["roster", "at"], name="edit_by_roster")]

    def __str__(self) -> str:
        return self.what


class News(Scoped):
    """What a worker or a relative is told of a published roster. Each is told once of each line; ``to_id`` is a
    worker's or a relative's key, the holder of its ties."""

    line = models.ForeignKey(RosterLine, models.CASCADE, related_name="+")
    to_id = models.UUIDField()
    region = region_field()
    person_id = models.UUIDField()
    item = models.CharField(_("Service"), max_length=12)
    what = models.CharField(max_length=8)  # new, moved, off
    starts_at = models.DateTimeField(_("Promised from"), null=True)
    worker_name = models.CharField(_("Worker"), max_length=60, blank=True)
    at = models.DateTimeField(_("At"))
    seen_at = models.DateTimeField(null=True)

    scope_by: ClassVar[Lines] = Lines(holders=("to_id",))

    class Meta(Scoped.Meta):
        verbose_name = _("News of a visit")
        constraints = [models.UniqueConstraint(fields=["line", "to_id", "what"], name="told_once")]
        indexes = [models.Index(fields=["to_id", "at"], condition=Q(seen_at=None), name="news_unseen")]

    def __str__(self) -> str:
        return self.what


class Feed(Scoped):
    """A private calendar address: of a worker, or of a relative for the persons tied to him or her. Only the token's
    hash is kept."""

    class Kind(models.TextChoices):
        WORKER = "worker", _("A worker's visits")
        FAMILY = "family", _("Visits to relatives")

    kind = models.CharField(_("Kind"), max_length=8, choices=Kind)
    owner_id = models.UUIDField()
    region = region_field()
    digest = models.BinaryField(max_length=32, unique=True)
    made_at = models.DateTimeField(_("Created at"))
    revoked_at = models.DateTimeField(_("Revoked"), null=True)

    scope_by: ClassVar[Lines] = Lines(holders=("owner_id",))
    protected: ClassVar[tuple[str, ...]] = ("digest",)

    class Meta(Scoped.Meta):
        verbose_name = _("Calendar address")
        indexes = [models.Index(fields=["owner_id"], name="feed_by_owner")]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class Level(models.TextChoices):
    """Whose work is counted."""

    WORKER = "worker", _("Worker")
    ORGANISATION = "organisation", _("Organisation")
    COUNTY = "county", _("County")


class WorkMonth(Scoped):
    """What a worker, an organisation or a county did in a month, each count with what it is counted against.

    ``visits`` given of those ``due`` (given, in vain or missed); ``punctual`` of those due; ``known`` by somebody who was there
    lately, of ``knowable`` to persons whom anybody was with lately; minutes of ``service``, between visits (``travel``) and ``paid``.
    """

    level = models.CharField(_("Counted for"), max_length=12, choices=Level)
    month = models.DateField(_("Month"))
    worker = models.ForeignKey(
        "providers.Worker", models.PROTECT, null=True, related_name="+", verbose_name=_("Worker")
    )
    organisation = models.ForeignKey(
        "providers.Organisation", models.PROTECT, null=True, related_name="+", verbose_name=_("Organisation")
    )
    region = region_field(verbose_name=_("Region"))
    visits = models.IntegerField(_("Visits completed"), default=0)
    due = models.IntegerField(_("Visits due"), default=0)
    punctual = models.IntegerField(_("On time"), default=0)
    known = models.IntegerField(_("By a known worker"), default=0)
    knowable = models.IntegerField(_("To persons served before"), default=0)
    service = models.BigIntegerField(_("Hours of service"), default=0)
    travel = models.BigIntegerField(_("Between visits"), default=0)
    paid = models.BigIntegerField(_("Paid hours"), default=0)
    computed_at = models.DateTimeField(_("Computed"))

    scope_by: ClassVar[Lines] = OWN
    if TYPE_CHECKING:
        worker_id: UUID | None
        organisation_id: UUID | None

    class Meta(Scoped.Meta):
        verbose_name = _("Work of a month")
        constraints = [
            models.UniqueConstraint(
                fields=["month", "level", "region", "organisation", "worker"],
                name="one_work_month",
                nulls_distinct=False,
            ),
        ]
        indexes = [models.Index(fields=["region", "month"], name="work_by_region")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
