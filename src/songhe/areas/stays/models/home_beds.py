"""Care beds at home: a contract between a person, an address and a responsible organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.assessment.api import Level
from songhe.engines.access.api import KinLines, Lines, Scoped
from songhe.engines.regions.fields import region_field
from songhe.engines.vault.api import open_keys, reveal_with

SERVED = KinLines(holders=("organisation_id",))


class HomeBedState(models.TextChoices):
    """Where a family care bed stands."""

    DRAFT = "draft", _("Being set up")
    ACCEPTED = "accepted", _("Accepted, not begun")
    ACTIVE = "active", _("In service")
    RESTING = "resting", _("Paused")
    ENDED = "ended", _("Has ended")


class HomeBed(Scoped):
    """One family care bed. It rests by itself while the person lives in an institution. Address and plan are sealed."""

    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    organisation = models.ForeignKey(
        "providers.Organisation", models.PROTECT, related_name="+", verbose_name=_("Responsible organisation")
    )
    region = region_field(verbose_name=_("Region"))
    contract_no = models.CharField(_("Contract number"), max_length=40)
    state = models.CharField(_("State"), max_length=8, choices=HomeBedState, default=HomeBedState.DRAFT)
    level = models.SmallIntegerField(_("Level"), null=True, choices=Level)
    address_sealed = models.BinaryField(default=b"")
    plan_sealed = models.BinaryField(default=b"")
    month_minutes = models.IntegerField(_("Agreed service a month"))
    since = models.DateField(_("Begins on"), null=True)
    until = models.DateField(_("Ended on"), null=True)
    drafted_by_id = models.UUIDField()
    drafted_by = models.CharField(_("Drafted by"), max_length=80)
    drafted_at = models.DateTimeField(_("Drafted at"))
    accepted_by = models.CharField(_("Accepted by"), max_length=80, blank=True)
    accepted_at = models.DateTimeField(_("Accepted at"), null=True)
    accepted_by_id = models.UUIDField(null=True)
    reason = models.CharField(_("Reason"), max_length=200, blank=True)
    death_id = models.UUIDField(null=True)

    scope_by: ClassVar[Lines] = SERVED
    protected: ClassVar[tuple[str, ...]] = ("address_sealed", "plan_sealed")
    follows_person: ClassVar[bool] = True
    if TYPE_CHECKING:
        person_id: UUID
        organisation_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Family care bed")
        indexes = [
            models.Index(fields=["region", "state"], name="home_bed_by_region"),
            models.Index(fields=["organisation", "state"], name="home_bed_by_organisation"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=~Q(state="ended"), name="one_home_bed"),
            models.CheckConstraint(
                condition=Q(accepted_by_id=None) | ~Q(accepted_by_id=F("drafted_by_id")),
                name="home_bed_accepted_by_another",
            ),
            models.CheckConstraint(condition=Q(month_minutes__gt=0), name="home_bed_has_hours"),
        ]

    def __str__(self) -> str:
        return self.contract_no

    def _opened(self, blob: bytes | memoryview) -> str:
        keys = open_keys([self.person_id]) if blob else {}
        return reveal_with(keys[self.person_id], self.person_id, blob) if self.person_id in keys else ""

    @property
    def address(self) -> str:
        """Where it stands; whoever sees the contract needs it to come there."""
        return self._opened(self.address_sealed)

    @property
    def plan(self) -> str:
        """What is done at home, in words."""
        return self._opened(self.plan_sealed)


class ItemKind(models.TextChoices):
    """What was brought into the home."""

    RETROFIT = "retrofit", _("Home retrofit")
    DEVICE = "device", _("Device")


class Provided(Scoped):
    """One change to the home, or one device, of a family care bed."""

    home_bed = models.ForeignKey(HomeBed, models.CASCADE, related_name="provided")
    organisation_id = models.UUIDField()
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+")
    region = region_field()
    kind = models.CharField(_("Kind"), max_length=8, choices=ItemKind)
    name = models.CharField(_("Item provided"), max_length=80)
    count = models.SmallIntegerField(_("Quantity"), default=1)
    on = models.DateField(_("Installed on"), null=True)

    scope_by: ClassVar[Lines] = SERVED
    follows_person: ClassVar[bool] = True
    if TYPE_CHECKING:
        home_bed_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Retrofit or device")
        constraints = [models.CheckConstraint(condition=Q(count__gt=0), name="provided_counts")]

    def __str__(self) -> str:
        return self.name
