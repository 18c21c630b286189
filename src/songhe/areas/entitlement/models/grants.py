"""Grants in force: who has a right to a benefit, from which month until which."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement.models.applications import Application
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.policies.api import PolicyVersion
from songhe.engines.regions.fields import region_field
from songhe.kit.words import is_chinese


class HolderKind(models.TextChoices):
    """Who has the right: the beneficiaries that policies name."""

    PERSON = "person", _("Person")
    HOUSEHOLD = "household", _("Household")
    FACILITY = "facility", _("Facility")
    ORGANISATION = "organisation", _("Organisation")
    WORKER = "worker", _("Worker")


class GrantState(models.TextChoices):
    """What was decided last about a grant."""

    IN_FORCE = "in_force", _("Grant in force")
    SUSPENDED = "suspended", _("Suspended")
    STOPPED = "stopped", _("Stopped")


class Owed(models.TextChoices):
    """Whether suspended months are paid after all."""

    NO = "", _("No")
    OWED = "owed", _("With the next payment")
    PAID = "paid", _("Paid")


class Grant(Scoped):
    """The right of a person, household, facility, organisation or worker to one benefit.

    The months run from ``from_month`` up to but without ``until_month`` (None: open); the months themselves and their
    amounts are ``Entitlement``. ``organisation_id``: whose facility or worker it is. ``state`` is what was decided last, the spans say for which months. ``why`` is a reason
    of ``data/nation/grant_reasons.yaml``. ``basis``: the facts that the policy looked at when it was granted, so that a
    review sees what changed.
    """

    holder_kind = models.CharField(_("Held by"), max_length=12, choices=HolderKind, default=HolderKind.PERSON)
    holder_id = models.UUIDField(null=True)
    organisation_id = models.UUIDField(null=True)
    holder_name = models.CharField(max_length=120, blank=True)
    person = models.ForeignKey(
        "registry.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("Person")
    )
    region = region_field(verbose_name=_("Region"))
    number = models.CharField(_("Decision number"), max_length=60)
    benefit = models.CharField(_("Benefit"), max_length=60)
    name_en = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120)
    policy = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="+", verbose_name=_("Policy"))
    application = models.OneToOneField(
        Application, models.PROTECT, null=True, related_name="grant", verbose_name=_("Application")
    )
    from_month = models.DateField(_("From month"))
    until_month = models.DateField(_("Before month"), null=True)
    state = models.CharField(_("State"), max_length=10, choices=GrantState, default=GrantState.IN_FORCE)
    why = models.CharField(_("Reason"), max_length=20, default="granted")
    basis: models.JSONField[Any, Any] = models.JSONField(default=dict)
    prepared_by_id = models.UUIDField()
    approved_by_id = models.UUIDField()
    granted_at = models.DateTimeField(_("Granted at"))
    changed_at = models.DateTimeField(_("Changed"))
    if TYPE_CHECKING:
        person_id: UUID | None
        policy_id: UUID
        application_id: UUID | None

    scope_by: ClassVar[Lines] = Lines(holders=("holder_id", "organisation_id"), person="person_id")
    follows_person: ClassVar[bool] = True

    class Meta(Scoped.Meta):
        verbose_name = _("Benefit grant")
        indexes = [
            models.Index(fields=["region", "state"], name="grant_by_region"),
            models.Index(fields=["person", "benefit"], name="grant_by_person"),
            models.Index(fields=["number"], name="grant_by_number"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=(Q(holder_kind="person") & Q(person__isnull=False, holder_id=None))
                | (~Q(holder_kind="person") & Q(holder_id__isnull=False)),
                name="grant_has_a_holder",
            ),
            models.CheckConstraint(
                condition=Q(from_month__day=1) & (Q(until_month=None) | Q(until_month__day=1)),
                name="grant_by_months",
            ),
            models.CheckConstraint(
                condition=Q(until_month=None) | Q(until_month__gte=models.F("from_month")),
                name="grant_months_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(approved_by_id=models.F("prepared_by_id")), name="granted_by_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder} · {self.name}"

    @property
    def name(self) -> str:
        """The benefit, in the language of the page."""
        return self.name_zh if is_chinese() else self.name_en

    @property
    def holder(self) -> str:
        """Who has it."""
        return self.holder_name or (str(self.person) if self.person_id else "")

    def covers(self, month: date) -> bool:
        """Whether the right holds in a month, suspended or not."""
        return self.from_month <= month and (self.until_month is None or month < self.until_month)


class GrantSpan(Scoped):
    """One state of a grant over some months, with its reason, who decided it and when."""

    grant = models.ForeignKey(Grant, models.CASCADE, related_name="spans")
    person_id = models.UUIDField(null=True)
    holder_id = models.UUIDField(null=True)
    organisation_id = models.UUIDField(null=True)
    region = region_field()
    state = models.CharField(_("State"), max_length=10, choices=GrantState)
    from_month = models.DateField(_("From month"))
    until_month = models.DateField(_("Before month"), null=True)
    why = models.CharField(_("Reason"), max_length=20)
    note = models.CharField(_("Note"), max_length=400, blank=True)
    owed = models.CharField(_("Arrears"), max_length=4, choices=Owed, blank=True, default=Owed.NO)
    at = models.DateTimeField(_("At"))
    by_id = models.UUIDField()
    by_name = models.CharField(_("By"), max_length=80)
    if TYPE_CHECKING:
        grant_id: UUID

    scope_by: ClassVar[Lines] = Lines(holders=("holder_id", "organisation_id"), person="person_id")
    follows_person: ClassVar[bool] = True

    class Meta(Scoped.Meta):
        verbose_name = _("Months of a grant")
        indexes = [
            models.Index(fields=["grant", "from_month"], name="span_by_grant"),
            models.Index(fields=["region"], condition=Q(owed="owed"), name="span_owed"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(from_month__day=1)
                & (Q(until_month=None) | Q(until_month__day=1, until_month__gt=models.F("from_month"))),
                name="span_by_months",
            ),
            models.CheckConstraint(condition=Q(owed="") | Q(state="suspended"), name="owed_when_suspended"),
        ]

    def __str__(self) -> str:
        return f"{self.from_month:%Y-%m}"
