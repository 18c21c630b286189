"""Benefits given unasked to everybody of a county who is entitled: proposed, then approved by somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.engines.access.api import Lines, Scoped
from songhe.engines.policies.api import PolicyVersion
from songhe.engines.regions.fields import region_field


class AwardState(models.TextChoices):
    """Where a list stands."""

    COMPUTING = "computing", _("Being calculated")
    READY = "ready", _("To be approved")
    APPROVED = "approved", _("Approved")
    DISCARDED = "discarded", _("Discarded")


class Award(Scoped):
    """Everybody of a county who is entitled to a benefit that is given unasked and has no grant of it yet.

    ``sums`` has, by benefit, how many and how much a month. Approved, each line is a grant from ``month`` on.
    """

    region = region_field(verbose_name=_("Region"))
    month = models.DateField(_("From month"))
    number = models.CharField(_("Number"), max_length=40, unique=True)
    state = models.CharField(_("State"), max_length=10, choices=AwardState, default=AwardState.COMPUTING)
    people = models.IntegerField(_("People"), default=0)
    grants = models.IntegerField(_("Grants"), default=0)
    sums: models.JSONField[Any, Any] = models.JSONField(default=dict)
    prepared_by_id = models.UUIDField()
    prepared_by = models.CharField(_("Prepared by"), max_length=80)
    prepared_at = models.DateTimeField(_("Prepared at"))
    decided_by_id = models.UUIDField(null=True)
    decided_by = models.CharField(_("Decided by"), max_length=80, blank=True)
    decided_at = models.DateTimeField(_("Decided at"), null=True)
    note = models.CharField(_("Note"), max_length=400, blank=True)

    scope_by: ClassVar[Lines] = Lines()

    class Meta(Scoped.Meta):
        verbose_name = _("Automatic grants")
        constraints = [
            models.UniqueConstraint(
                fields=["region"], condition=Q(state__in=["computing", "ready"]), name="one_open_award"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="award_by_months"),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | (Q(decided_by_id__isnull=False) & ~Q(decided_by_id=F("prepared_by_id"))),
                name="awarded_by_another",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class AwardLine(Scoped):
    """One person and benefit of a list. ``amount`` is what a month gives, ``basis`` the facts it rests on."""

    id = models.BigAutoField(primary_key=True)  # type: ignore[assignment]  # written by the hundred thousand
    award = models.ForeignKey(Award, models.CASCADE, related_name="+")
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field(verbose_name=_("Region"), db_index=False)
    benefit = models.CharField(_("Benefit"), max_length=60)
    policy = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="+", verbose_name=_("Policy"))
    amount = models.BigIntegerField(_("Amount"))
    basis: models.JSONField[Any, Any] = models.JSONField(default=dict)
    if TYPE_CHECKING:
        award_id: UUID
        person_id: UUID
        policy_id: UUID

    scope_by: ClassVar[Lines] = Lines(person="person_id")

    class Meta(Scoped.Meta):
        verbose_name = _("Automatic grants")
        constraints = [
            models.UniqueConstraint(fields=["award", "person", "benefit"], name="awarded_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="awarded_something"),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.benefit}"
