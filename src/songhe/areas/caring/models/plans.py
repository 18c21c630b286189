"""The plan of a month."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q, Value
from django.utils.translation import gettext_lazy as _

from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field


class PlanState(models.TextChoices):
    """How far a plan has come."""

    WORKING = "working", _("Being generated")
    MADE = "made", _("Plan generated")
    FAILED = "failed", _("Not generated")


class CaringPlan(Scoped):
    """Visits and calls of one month and region, made at once. Made again it adds only whom it lacks."""

    region = region_field(verbose_name=_("Region"))
    month = models.DateField(_("Month"))
    state = models.CharField(_("State"), max_length=8, choices=PlanState, default=PlanState.WORKING)
    persons = models.IntegerField(_("Persons due"), default=0)
    visits = models.IntegerField(_("Friendly visits"), default=0)
    calls = models.IntegerField(_("Caring calls"), default=0)
    paused = models.IntegerField(_("Not planned for"), default=0)
    unassigned = models.IntegerField(_("Nobody available"), default=0)
    groups: models.JSONField[dict[str, int], dict[str, int]] = models.JSONField(
        _("By group"), default=dict, db_default=Value({}, models.JSONField())
    )
    why: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        default=dict, db_default=Value({}, models.JSONField())
    )
    digest = models.CharField(_("Hash"), max_length=64, blank=True, db_default="")
    job_id = models.UUIDField(null=True)
    by_id = models.UUIDField()
    by = models.CharField(_("Made by"), max_length=80)
    at = models.DateTimeField(_("Created at"))

    scope_by: ClassVar[Lines] = Lines()

    class Meta(Scoped.Meta):
        verbose_name = _("Visit and call plan")
        constraints = [
            models.UniqueConstraint(fields=["region", "month"], name="one_caring_plan_of_a_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="caring_month_begins"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
