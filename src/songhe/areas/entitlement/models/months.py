"""Entitlements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songhe.engines.access.api import Lines, Scoped
from songhe.engines.policies.api import PolicyVersion
from songhe.engines.regions.fields import region_field
from songhe.kit.words import is_chinese


class State(models.TextChoices):
    """Where an entitlement stands."""

    DRAFT = "draft", _("To be approved")
    APPROVED = "approved", _("Approved")
    SUSPENDED = "suspended", _("Suspended")
    ENDED = "ended", _("Has ended")
    PENDING = "pending", _("Waiting for a document")
    NOT_GRANTED = "not_granted", _("Not granted")


class Unit(models.TextChoices):
    """What is granted."""

    MINUTE = "minute", _("Hours of service")
    FEN = "fen", _("Money")
    MEAL = "meal", _("Meals")


OPEN = (State.DRAFT, State.PENDING, State.NOT_GRANTED)
HELD = (State.APPROVED, State.SUSPENDED)


class Entitlement(Scoped):
    """What one rule of one policy decided for one person and month. ``amount`` counts ``unit``; money is in fen.

    ``reason`` is the trace: steps with rule, case, clause, formula and inputs. ``returned`` is what a suspension or
    end gave back of what was granted. ``carried`` is the part of the amount that was left of the month before, ``moved``
    what went on to the month after. ``differs``: a later determination came to another result.
    """

    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field(verbose_name=_("Region"))
    household_id = models.UUIDField(null=True)
    policy = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="+", verbose_name=_("Policy"))
    rule = models.CharField(_("Entitlement"), max_length=60)
    name_en = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120)
    unit = models.CharField(_("Unit"), max_length=8, choices=Unit)
    amount = models.BigIntegerField(_("Amount"), default=0)
    month = models.DateField(_("Month"))
    state = models.CharField(_("State"), max_length=12, choices=State)
    reason: models.JSONField[Any, Any] = models.JSONField(default=dict)
    assumed = models.BooleanField(_("Based on an assumed value"), default=False)
    differs = models.BooleanField(_("Decide again"), default=False)
    proposal: models.JSONField[Any, Any] = models.JSONField(default=dict)
    prepared_by_id = models.UUIDField()
    prepared_at = models.DateTimeField(_("Determined"))
    approved_by_id = models.UUIDField(null=True)
    approved_at = models.DateTimeField(_("Approved at"), null=True)
    changed_at = models.DateTimeField(null=True)
    note = models.CharField(_("Note"), max_length=400, blank=True)
    returned = models.BigIntegerField(_("Returned"), default=0)
    carried = models.BigIntegerField(_("Carried over"), default=0)
    moved = models.BigIntegerField(_("Carried to the next month"), default=0)
    once_key = models.UUIDField(null=True)
    if TYPE_CHECKING:
        person_id: UUID
        policy_id: UUID

    scope_by: ClassVar[Lines] = Lines(person="person_id")
    follows_person: ClassVar[bool] = True

    class Meta(Scoped.Meta):
        verbose_name = _("Entitlement")
        indexes = [
            models.Index(fields=["region", "month", "state"], name="entitlement_by_region"),
            models.Index(fields=["household_id", "month"], name="entitlement_by_household"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["person", "rule", "month"], name="one_decision_a_month"),
            models.UniqueConstraint(
                fields=["once_key", "rule", "month"],
                condition=Q(state__in=["approved", "suspended"], once_key__isnull=False),
                name="once_per_household",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["pending", "not_granted"], amount=0)
                | (~Q(state__in=["pending", "not_granted"]) & Q(amount__gt=0)),
                name="granted_more_than_nothing",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="month_by_first_day"),
            models.CheckConstraint(condition=Q(carried__gte=0, moved__gte=0), name="carried_and_moved"),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "suspended", "ended"])
                | (Q(approved_by_id__isnull=False) & ~Q(approved_by_id=models.F("prepared_by_id"))),
                name="approved_by_another",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What is granted, in the language of the page."""
        return self.name_zh if is_chinese() else self.name_en

    @property
    def account_code(self) -> str:
        """The use of the ledger account that holds what is granted for the month."""
        return account_code(self.rule, self.month)


def account_code(rule: str, month: Any) -> str:
    """The use of the account of one rule and month."""
    return f"{rule[:30]}:{month:%Y-%m}"
