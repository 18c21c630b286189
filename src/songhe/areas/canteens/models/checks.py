"""Checks on persons who were expected and did not come."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from songhe.areas.canteens.limits import meal_name
from songhe.areas.canteens.models.common import TABLE, OfCanteen
from songhe.areas.canteens.models.table import Diner
from songhe.engines.access.api import Lines


class CheckState(models.TextChoices):
    """The states of the flow ``diner_check``, mirrored for lists."""

    ASKED = "asked", _("Neighbour to ask")
    DOOR = "door", _("To be visited at home")
    ALARM = "alarm", _("Escalated to the town")
    HELPED = "helped", _("Help under way")
    CLOSED = "closed", _("Check closed")


OPEN = (CheckState.ASKED, CheckState.DOOR, CheckState.ALARM, CheckState.HELPED)


class Found(models.TextChoices):
    """What was found out."""

    FINE = "fine", _("Is well")
    AWAY = "away", _("Is away")
    HELP = "help", _("Needs help")
    NO_ANSWER = "no_answer", _("No answer")


class Check(OfCanteen):
    """Somebody looks after a diner who did not come. What was found is sealed with the person's key."""

    case = models.OneToOneField("cases.Case", models.PROTECT, related_name="+")
    number = models.CharField(_("Number"), max_length=24, unique=True)
    diner = models.ForeignKey(Diner, models.PROTECT, related_name="+", verbose_name=_("Diner"))
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    on = models.DateField(_("Day"))
    meal = models.CharField(_("Meal"), max_length=12)
    state = models.CharField(_("State"), max_length=8, choices=CheckState, default=CheckState.ASKED)
    neighbour = models.CharField(_("Who asks"), max_length=60, blank=True)
    due_at = models.DateTimeField(_("Due"), null=True)
    found = models.CharField(_("Outcome of the check"), max_length=10, choices=Found, blank=True)
    words_sealed = models.BinaryField(default=b"")
    opened_at = models.DateTimeField(_("Opened"))
    closed_by = models.CharField(_("Closed by"), max_length=80, blank=True)
    closed_at = models.DateTimeField(_("Closed at"), null=True)

    scope_by: ClassVar[Lines] = TABLE
    protected: ClassVar[tuple[str, ...]] = ("words_sealed",)
    if TYPE_CHECKING:
        person_id: UUID
        diner_id: UUID
        case_id: UUID

    class Meta(OfCanteen.Meta):
        verbose_name = _("Absent-diner welfare check")
        indexes = [models.Index(fields=["region", "state"], name="diner_check_by_state")]
        constraints = [models.UniqueConstraint(fields=["person", "on", "meal"], name="one_check_of_a_meal")]

    def __str__(self) -> str:
        return f"{self.number} {self.on} {meal_name(self.meal)}"
