"""Contracts, their dated versions, what is booked on them, and what is remarked about how they are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import item_name
from songhe.engines.access.api import Lines, Scope, Scoped
from songhe.engines.access.lines import HOLDERS
from songhe.engines.regions.fields import UpperField, region_field

_AREAS = "(SELECT nullif(current_setting('songhe.areas', true), '')::int8multirange)"
_BOUNDS = "(SELECT nullif(current_setting('songhe.bounds', true), '')::int8multirange)"
_OWN = f"organisation_id = ANY((SELECT {HOLDERS})::uuid[])"


@dataclass(frozen=True, slots=True)
class AreaLines(Lines):
    """A place of a contract is seen by every office whose regions it touches, and by the organisation."""

    def allows(self, scope: Scope) -> Q:
        """The first lock."""
        seen = Q(pk__in=[])
        for low, high in scope.areas:
            seen |= Q(region_id__lt=high, upper__gt=low)
        for low, high in scope.bounds if scope.holders else ():
            seen |= Q(region_id__lt=high, upper__gt=low, organisation_id__in=scope.holders)
        return seen

    def policy(self) -> str:
        """The second lock."""
        span = "int8range(region_id, upper)"
        return f"CASE WHEN {span} && {_AREAS} THEN true ELSE {span} && {_BOUNDS} AND {_OWN} END"


@dataclass(frozen=True, slots=True)
class ContractLines(Lines):
    """A contract is seen by the purchaser's office, by every office of its regions, and by the organisation."""

    def allows(self, scope: Scope) -> Q:
        """The first lock."""
        return Lines(holders=self.holders).allows(scope) | Q(pk__in=_places(scope).values("contract_id"))

    def policy(self) -> str:
        """The second lock; the places are under their own."""
        own = Lines(holders=self.holders).policy()
        return f"({own}) OR id IN (SELECT a.contract_id FROM contracts_area a)"  # noqa: S608  constants


def _places(scope: Scope) -> models.QuerySet[Area]:
    found: models.QuerySet[Area] = Area.objects.within(scope)
    return found


class State(models.TextChoices):
    """The states of the flow ``contract``, mirrored for lists."""

    DRAFT = "draft", _("Draft")
    APPROVED = "approved", _("Approved")
    IN_FORCE = "in_force", _("In force")
    SUSPENDED = "suspended", _("Suspended")
    ENDED = "ended", _("Has ended")
    DISCARDED = "discarded", _("Discarded")


LIVE = (State.APPROVED, State.IN_FORCE)
"""Orders may be taken for the days of the term; an approved contract whose term begins later counts from then."""


class Contract(Scoped):
    """One contract. Term and ceiling are those of the latest approved version; who may be served and where stay as drafted.

    ``region`` is the purchaser. ``served_tags``: any one of them is enough, and none means everybody.
    """

    case = models.OneToOneField("cases.Case", models.PROTECT, related_name="+")
    number = models.CharField(_("Number"), max_length=24, unique=True)
    region = region_field(verbose_name=_("Purchaser"))
    organisation = models.ForeignKey(
        "providers.Organisation", models.PROTECT, related_name="+", verbose_name=_("Organisation")
    )
    lot = models.CharField(_("Lot"), max_length=80)
    title = models.CharField(_("Contract name"), max_length=160, blank=True)
    document = models.CharField(_("Number on paper"), max_length=80, blank=True)
    state = models.CharField(_("State"), max_length=10, choices=State, default=State.DRAFT)
    since = models.DateField(_("First day"))
    until = models.DateField(_("Last day"))
    ceiling_fen = models.BigIntegerField(_("Ceiling"))
    ceiling_minutes = models.BigIntegerField(_("Ceiling in hours"), null=True)
    served_tags: models.JSONField[list[str], list[str]] = models.JSONField(
        _("Who may be served"), default=list
    )
    least_age = models.SmallIntegerField(_("From age"), default=0)
    prepared_by_id = models.UUIDField()
    prepared_by = models.CharField(_("Drafted by"), max_length=80)
    prepared_at = models.DateTimeField(_("Drafted at"))
    approved_by = models.CharField(_("Approved by"), max_length=80, blank=True)
    approved_at = models.DateTimeField(_("Approved at"), null=True)
    reason = models.CharField(_("Reason"), max_length=400, blank=True)

    scope_by: ClassVar[Lines] = ContractLines(holders=("organisation_id",))
    if TYPE_CHECKING:
        organisation_id: UUID
        case_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Contract")
        indexes = [
            models.Index(fields=["organisation", "state"], name="contract_by_organisation"),
            models.Index(fields=["region", "state", "until"], name="contract_by_region"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="contract_term_in_order"),
            models.CheckConstraint(
                condition=Q(ceiling_fen__gt=0) & (Q(ceiling_minutes=None) | Q(ceiling_minutes__gt=0)),
                name="contract_has_ceiling",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.lot}"

    def holds(self, on: date) -> bool:
        """Whether orders may be taken for a day."""
        return self.state in LIVE and self.since <= on <= self.until


class Area(Scoped):
    """One region of a contract, up to the code before ``upper``."""

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="places")
    organisation_id = models.UUIDField()
    region = region_field(verbose_name=_("Region"))
    upper = UpperField()
    if TYPE_CHECKING:
        contract_id: UUID

    scope_by: ClassVar[Lines] = AreaLines()

    class Meta(Scoped.Meta):
        verbose_name = _("Region of a contract")
        constraints = [
            models.UniqueConstraint(fields=["contract", "region"], name="one_place_of_a_contract"),
            models.CheckConstraint(condition=Q(upper__gt=F("region")), name="place_is_a_span"),
        ]

    def __str__(self) -> str:
        return str(self.region)


class VersionState(models.TextChoices):
    """Where a version stands."""

    DRAFT = "draft", _("To be approved")
    APPROVED = "approved", _("Approved")
    DROPPED = "dropped", _("Dropped")


class Version(Scoped):
    """The terms of a contract from a day on. The first is the contract itself, those after it are its amendments."""

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="versions")
    region = region_field(verbose_name=_("Purchaser"))
    organisation_id = models.UUIDField()
    number = models.SmallIntegerField(_("Version"))
    state = models.CharField(_("State"), max_length=8, choices=VersionState, default=VersionState.DRAFT)
    since = models.DateField(_("From"))
    until = models.DateField(_("Last day"))
    ceiling_fen = models.BigIntegerField(_("Ceiling"))
    ceiling_minutes = models.BigIntegerField(_("Ceiling in hours"), null=True)
    document = models.CharField(_("Agreement number"), max_length=120, blank=True)
    prepared_by_id = models.UUIDField()
    prepared_by = models.CharField(_("Prepared by"), max_length=80)
    prepared_at = models.DateTimeField(_("Prepared at"))
    decided_by_id = models.UUIDField(null=True)
    decided_by = models.CharField(_("Decided by"), max_length=80, blank=True)
    decided_at = models.DateTimeField(_("Decided at"), null=True)
    if TYPE_CHECKING:
        contract_id: UUID

    scope_by: ClassVar[Lines] = Lines(holders=("organisation_id",))

    class Meta(Scoped.Meta):
        verbose_name = _("Version of a contract")
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="one_version_of_a_number"),
            models.UniqueConstraint(fields=["contract"], condition=Q(state="draft"), name="one_open_version"),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | (Q(decided_by_id__isnull=False) & ~Q(decided_by_id=F("prepared_by_id"))),
                name="version_approved_by_another",
            ),
            models.CheckConstraint(condition=Q(ceiling_fen__gt=0), name="version_has_ceiling"),
        ]

    def __str__(self) -> str:
        return str(self.number)


class Unit(models.TextChoices):
    """By what a service is paid."""

    MINUTE = "minute", _("Minute")
    TIME = "time", _("Time")
    ITEM = "item", _("Item")


class Service(Scoped):
    """One service of a version: ``fen`` for one unit, which takes ``charged`` minutes of a person's grant."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="services")
    region = region_field()
    organisation_id = models.UUIDField()
    item = models.CharField(_("Service"), max_length=12)
    unit = models.CharField(_("Per"), max_length=6, choices=Unit)
    if TYPE_CHECKING:
        version_id: UUID
    fen = models.IntegerField(_("Unit price"))
    charged = models.IntegerField(_("Minutes charged"))

    scope_by: ClassVar[Lines] = Lines(holders=("organisation_id",))

    class Meta(Scoped.Meta):
        verbose_name = _("Service of a contract")
        constraints = [
            models.UniqueConstraint(fields=["version", "item"], name="one_price_of_a_service"),
            models.CheckConstraint(condition=Q(fen__gt=0, charged__gte=0), name="service_has_price"),
        ]

    def __str__(self) -> str:
        return item_name(self.item)


class Stage(models.TextChoices):
    """How far an order under a contract has come."""

    PROMISED = "promised", _("Promised so far")
    GIVEN = "given", _("Provided so far")
    SETTLED = "settled", _("Settled")
    RELEASED = "released", _("Released")


class Use(Scoped):
    """What one order takes of a contract: fen, and minutes of the person's grant. What is released counts no more."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="+", verbose_name=_("Contract"))
    order_id = models.UUIDField(unique=True)
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    organisation_id = models.UUIDField()
    region = region_field(verbose_name=_("Region"))
    item = models.CharField(_("Service"), max_length=12)
    on = models.DateField(_("Day"))
    stage = models.CharField(_("State"), max_length=8, choices=Stage, default=Stage.PROMISED)
    fen = models.BigIntegerField(_("Amount"))
    minutes = models.IntegerField(_("Minutes charged"))
    changed_at = models.DateTimeField()
    if TYPE_CHECKING:
        contract_id: UUID
        person_id: UUID

    scope_by: ClassVar[Lines] = Lines(holders=("organisation_id",))

    class Meta(Scoped.Meta):
        verbose_name = _("Use of a contract")
        indexes = [
            models.Index(fields=["contract", "stage"], include=["fen", "minutes"], name="use_by_contract"),
            models.Index(fields=["person", "on"], include=["stage", "minutes"], name="use_by_person"),
        ]
        constraints = [models.CheckConstraint(condition=Q(fen__gte=0, minutes__gte=0), name="use_adds")]

    def __str__(self) -> str:
        return f"{self.item} {self.on}"


class RemarkKind(models.TextChoices):
    """What a remark is about."""

    GOOD = "good", _("Good work")
    QUALITY = "quality", _("Poor quality")
    REFUSAL = "refusal", _("Service refused")
    MISSED = "missed", _("Nobody came")


class Remark(Scoped):
    """How a contract is kept: entered by an office, or by itself where a visit was missed or an order not served."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="+", verbose_name=_("Contract"))
    region = region_field()
    organisation_id = models.UUIDField()
    kind = models.CharField(_("Kind"), max_length=8, choices=RemarkKind)
    on = models.DateField(_("Day"))
    words = models.CharField(_("Remark"), max_length=400)
    order_id = models.UUIDField(null=True)
    by = models.CharField(_("By"), max_length=80)
    at = models.DateTimeField(_("Entered at"))

    scope_by: ClassVar[Lines] = Lines(holders=("organisation_id",))

    class Meta(Scoped.Meta):
        verbose_name = _("Remark on a contract")
        indexes = [models.Index(fields=["contract", "on"], name="remark_by_contract")]

    def __str__(self) -> str:
        return str(self.get_kind_display())
