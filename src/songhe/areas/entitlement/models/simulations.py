"""What a draft would change, and what policies will cost: worked out for everybody of a region and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from songhe.engines.access.api import Lines, Scoped
from songhe.engines.policies.api import PolicyDraft
from songhe.engines.regions.fields import region_field


class SimulationKind(models.TextChoices):
    """What is asked."""

    WHAT_IF = "what_if", _("Effect of a draft")
    OUTLOOK = "outlook", _("Budget outlook")


class SimulationState(models.TextChoices):
    """How far it is."""

    WORKING = "working", _("Being computed")
    DONE = "done", _("Done")
    FAILED = "failed", _("Cannot be simulated")


class Simulation(Scoped):
    """One question about everybody of a region. ``result`` has sums only, no person.

    A what-if compares the policies in force with a draft of one revision in one month; an outlook works the policies,
    and a draft if there is one, out for ``months`` months.
    """

    region = region_field(verbose_name=_("Region"))
    kind = models.CharField(_("Kind of simulation"), max_length=8, choices=SimulationKind)
    draft = models.ForeignKey(
        PolicyDraft, models.PROTECT, null=True, related_name="+", verbose_name=_("Policy draft")
    )
    revision = models.IntegerField(null=True)
    month = models.DateField(_("Month"))
    months = models.SmallIntegerField(_("Number of months"), default=1)
    state = models.CharField(
        _("State"), max_length=8, choices=SimulationState, default=SimulationState.WORKING
    )
    people = models.IntegerField(_("People simulated"), default=0)
    result: models.JSONField[Any, Any] = models.JSONField(default=dict)
    note = models.CharField(_("Note"), max_length=400, blank=True)
    asked_by_id = models.UUIDField()
    asked_by = models.CharField(_("Asked by"), max_length=80)
    asked_at = models.DateTimeField(_("Asked"))
    done_at = models.DateTimeField(_("Done"), null=True)
    if TYPE_CHECKING:
        draft_id: UUID | None

    scope_by: ClassVar[Lines] = Lines()

    class Meta(Scoped.Meta):
        verbose_name = _("Simulation")
        indexes = [models.Index(fields=["draft", "asked_at"], name="simulation_by_draft")]
        constraints = [
            models.CheckConstraint(condition=models.Q(month__day=1), name="simulation_by_months"),
            models.CheckConstraint(
                condition=~models.Q(kind="what_if") | models.Q(draft__isnull=False), name="what_if_of_a_draft"
            ),
        ]

    def __str__(self) -> str:
        return str(self.draft) if self.draft_id else str(self.get_kind_display())
