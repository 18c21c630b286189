"""Cases and their history."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from songhe.core.flow import Flow, State
from songhe.engines.access.lines import Lines
from songhe.engines.access.scoped import Scoped
from songhe.engines.cases.flows import flow
from songhe.engines.regions.fields import region_field


class Priority(models.IntegerChoices):
    """How much a case matters; escalation raises it."""

    LOW = 0, _("Low")
    NORMAL = 1, _("Normal")
    HIGH = 2, _("High")
    URGENT = 3, _("Urgent")


class CaseKind(models.TextChoices):
    """Whether work is left."""

    OPEN = "open", _("Not closed")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


class Case(Scoped):
    """One case. ``flow_code`` and ``state`` name a flow of the data folder and one of its states."""

    number = models.CharField(_("Number"), max_length=24, unique=True)
    flow_code = models.CharField(_("Flow"), max_length=40)
    state = models.CharField(_("State"), max_length=40)
    kind = models.CharField(max_length=10, choices=CaseKind, default=CaseKind.OPEN)
    priority = models.SmallIntegerField(_("Priority"), choices=Priority, default=Priority.NORMAL)
    person_id = models.UUIDField(null=True, db_index=True)
    holder_id = models.UUIDField(null=True)
    about_kind = models.CharField(max_length=60, blank=True)
    about_id = models.UUIDField(null=True, db_index=True)
    region = region_field(verbose_name=_("Region"))
    opened_at = models.DateTimeField(_("Opened"))
    entered_at = models.DateTimeField(_("In this state since"))
    due_at = models.DateTimeField(_("Due"), null=True)
    closed_at = models.DateTimeField(_("Closed at"), null=True)

    scope_by: ClassVar[Lines] = Lines(holders=("holder_id",), person="person_id")
    follows_person: ClassVar[bool] = True

    class Meta(Scoped.Meta):
        verbose_name = _("Case")
        indexes = [
            models.Index(fields=["due_at"], condition=Q(kind="open"), name="case_due"),
            models.Index(fields=["flow_code", "state", "region"], name="case_by_state"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="open", closed_at=None) | (~Q(kind="open") & Q(closed_at__isnull=False)),
                name="case_closed_when_ended",
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def flow(self) -> Flow:
        """The flow it moves along."""
        return flow(self.flow_code)

    @property
    def state_now(self) -> State:
        """The state it is in."""
        return self.flow.state(self.state)

    @property
    def state_label(self) -> str:
        """The state in the language of the page."""
        return self.state_now.label.in_language(get_language() or "zh")


class CaseStep(Scoped):
    """One move, or one escalation, of a case. Rows are only ever added."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="steps")
    move = models.CharField(_("Case step"), max_length=60)
    source = models.CharField(_("From state"), max_length=40, blank=True)
    target = models.CharField(_("To"), max_length=40)
    at = models.DateTimeField(_("At"))
    actor_id = models.UUIDField()
    actor_name = models.CharField(_("By"), max_length=80)
    note = models.CharField(_("Note"), max_length=400, blank=True)
    escalates = models.BooleanField(default=False)
    due_at = models.DateTimeField(_("Due"), null=True)
    region = region_field()
    person_id = models.UUIDField(null=True)
    holder_id = models.UUIDField(null=True)
    if TYPE_CHECKING:
        case_id: UUID

    scope_by: ClassVar[Lines] = Lines(holders=("holder_id",), person="person_id")
    follows_person: ClassVar[bool] = True

    class Meta(Scoped.Meta):
        verbose_name = _("Step")
        indexes = [models.Index(fields=["case", "at"], name="step_by_case")]

    def __str__(self) -> str:
        return self.move
