"""One visit or call that was planned, asked for by an event, or followed from a call that nobody answered."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from songhe.areas.caring.limits import group_name, need_name, sign_name
from songhe.areas.caring.rules import Every, Way
from songhe.engines.access.api import KinLines, Lines, Scoped
from songhe.engines.regions.fields import region_field

WAYS = [(Way.VISIT.value, _("Friendly visit")), (Way.CALL.value, _("Caring call"))]
PERIODS = [
    (Every.WEEK.value, _("Every week")),
    (Every.MONTH.value, _("Every month")),
    (Every.QUARTER.value, _("Every quarter")),
]


class State(models.TextChoices):
    """Where a visit or call stands."""

    PLANNED = "planned", _("Planned")
    AGAIN = "again", _("To be contacted again")
    DONE = "done", _("Carried out")
    UNREACHED = "unreached", _("Not reached")
    DROPPED = "dropped", _("Cancelled")


OPEN = (State.PLANNED, State.AGAIN)
DUE = (State.PLANNED, State.AGAIN, State.DONE, State.UNREACHED)
"""What counts as due; what was called off does not."""


class Outcome(models.TextChoices):
    """What came of it."""

    FINE = "fine", _("Is well")
    NEEDS = "needs", _("Needs something")
    IN_HOSPITAL = "in_hospital", _("In hospital")
    AWAY = "away", _("Temporarily away")
    MOVED = "moved", _("Has moved")
    DIED = "died", _("Has died")
    REFUSED = "refused", _("Does not want it")
    NOBODY = "nobody", _("Nobody there")


class Dropped(models.TextChoices):
    """Why somebody need not be visited any more."""

    DIED = "died", _("Deceased")
    PAUSED = "paused", _("Not wanted, in hospital or away")
    MISTAKE = "mistake", _("Planned by mistake")


class Caring(Scoped):
    """One visit or caring call. What was seen is sealed with the person's key."""

    plan = models.ForeignKey(
        "caring.CaringPlan", models.PROTECT, null=True, related_name="+", verbose_name=_("Monthly plan")
    )
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field(verbose_name=_("Region"), db_index=False)
    group = models.CharField(_("Risk group"), max_length=20)
    every = models.CharField(_("How often"), max_length=8, choices=PERIODS, blank=True, db_default="")
    way = models.CharField(_("How"), max_length=5, choices=WAYS)
    since = models.DateField(_("Period from"))
    until = models.DateField(_("Period until"))
    planned_on = models.DateField(_("Planned on"))
    due_at = models.DateTimeField(_("Due"))
    helper = models.ForeignKey(
        "grid.Helper", models.PROTECT, null=True, related_name="+", verbose_name=_("Assigned to")
    )
    from_call = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", verbose_name=_("After a call")
    )
    event = models.CharField(_("Event"), max_length=80, blank=True, db_default="")
    state = models.CharField(
        _("State"), max_length=10, choices=State, default=State.PLANNED, db_default=State.PLANNED
    )
    tries = models.SmallIntegerField(_("Attempts"), default=0, db_default=0)
    next_at = models.DateTimeField(_("Next attempt"), null=True)
    outcome = models.CharField(_("Outcome"), max_length=12, choices=Outcome, blank=True, db_default="")
    needs: models.JSONField[list[str], list[str]] = models.JSONField(
        _("Needs"), default=list, db_default=Value([], models.JSONField())
    )
    signs: models.JSONField[list[str], list[str]] = models.JSONField(
        _("Changes noticed"), default=list, db_default=Value([], models.JSONField())
    )
    order_number = models.CharField(_("Referral number"), max_length=40, blank=True, db_default="")
    words_sealed = models.BinaryField(default=b"", db_default=b"")
    answers = models.OneToOneField("forms.Answers", models.PROTECT, null=True, related_name="+")
    level = models.SmallIntegerField(null=True)
    photo_id = models.UUIDField(null=True)
    dropped = models.CharField(
        _("Reason for cancelling"), max_length=10, choices=Dropped, blank=True, db_default=""
    )
    done_at = models.DateTimeField(_("Carried out at"), null=True)
    told_at = models.DateTimeField(_("Reported at"), null=True)
    done_by_id = models.UUIDField(null=True)
    done_by = models.CharField(_("Carried out by"), max_length=80, blank=True, db_default="")

    scope_by: ClassVar[Lines] = KinLines(holders=("helper_id",))
    follows_person: ClassVar[bool] = True
    protected: ClassVar[tuple[str, ...]] = ("words_sealed",)
    if TYPE_CHECKING:
        person_id: UUID
        helper_id: UUID | None
        plan_id: UUID | None
        from_call_id: UUID | None
        answers_id: UUID | None

    class Meta(Scoped.Meta):
        verbose_name = _("Visit or caring call")
        indexes = [
            models.Index(fields=["person", "-due_at"], name="caring_by_person"),
            models.Index(fields=["region", "due_at"], include=["state", "person"], name="caring_by_region"),
            models.Index(
                fields=["helper", "due_at"],
                condition=Q(state__in=["planned", "again"]),
                name="caring_by_helper",
            ),
            models.Index(
                fields=["planned_on", "region"],
                condition=Q(way="call", state__in=["planned", "again"]),
                name="caring_to_call",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "since", "every"],
                condition=Q(plan__isnull=False) & ~Q(state="dropped"),
                name="once_in_a_period",
            ),
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="caring_period_has_days"),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(done_at__isnull=False, told_at__isnull=False, outcome__gt=""),
                name="caring_done_with_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_way_display()} {self.planned_on}"

    @property
    def group_label(self) -> str:
        """The risk group in the language of the page."""
        return group_name(self.group)

    @property
    def need_names(self) -> str:
        """What is needed, in words."""
        return " · ".join(need_name(code) for code in self.needs)

    @property
    def sign_names(self) -> str:
        """What has changed, in words."""
        return " · ".join(sign_name(code) for code in self.signs)

    def late_at(self, at: datetime) -> bool:
        """Whether it should have been carried out."""
        return self.state in OPEN and self.due_at < at
