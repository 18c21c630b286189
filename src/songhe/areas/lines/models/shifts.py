"""Shifts of the desk, and how one is handed to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.lines.limits import say, terms
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field
from songhe.engines.vault.api import open_keys, reveal_with


class Shift(Scoped):
    """One part of one day, and who leads it."""

    day = models.DateField(_("Day"))
    part = models.CharField(_("Shift"), max_length=20)
    begins_at = models.DateTimeField(_("Begins"))
    ends_at = models.DateTimeField(_("Ends"))
    lead_id = models.UUIDField()
    lead_name = models.CharField(_("Led by"), max_length=80)
    agents: models.JSONField[list[list[str]], list[list[str]]] = models.JSONField(_("Agents"), default=list)
    region = region_field(verbose_name=_("Region"))

    scope_by: ClassVar[Lines] = Lines(holders=("lead_id",))

    class Meta(Scoped.Meta):
        verbose_name = _("Shift")
        constraints = [
            models.UniqueConstraint(fields=["region", "day", "part"], name="one_shift_of_a_part"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("begins_at")), name="shift_ends_after_it_begins"
            ),
        ]
        indexes = [models.Index(fields=["region", "begins_at"], name="shift_by_region")]

    def __str__(self) -> str:
        return f"{self.day:%m-%d} {self.part_name}"

    @property
    def part_name(self) -> str:
        """What the part of the day is called."""
        return next((say(one.label) for one in terms().parts if one.code == self.part), self.part)

    @property
    def agent_names(self) -> str:
        """Who sits at the desk."""
        return "、".join(name for _key, name in self.agents)


class Handover(Scoped):
    """What one shift leaves to the next: what is open, counted at that moment, a note, and two signatures."""

    shift = models.OneToOneField(Shift, models.PROTECT, related_name="handover", verbose_name=_("Shift"))
    counts: models.JSONField[list[Any], list[Any]] = models.JSONField(default=list)
    note_sealed = models.BinaryField(default=b"")
    given_by_id = models.UUIDField()
    given_by = models.CharField(_("Shift handed over by"), max_length=80)
    given_at = models.DateTimeField(_("Handed over at"))
    taken_by_id = models.UUIDField(null=True)
    taken_by = models.CharField(_("Taken over by"), max_length=80, blank=True)
    taken_at = models.DateTimeField(_("Taken over at"), null=True)
    remark = models.CharField(_("Remark of who took over"), max_length=400, blank=True)
    region = region_field(verbose_name=_("Region"))

    scope_by: ClassVar[Lines] = Lines(holders=("given_by_id", "taken_by_id"))
    protected: ClassVar[tuple[str, ...]] = ("note_sealed",)
    if TYPE_CHECKING:
        shift_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Hand-over")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(taken_by_id=None) | ~models.Q(taken_by_id=models.F("given_by_id")),
                name="taken_over_by_another",
            )
        ]
        indexes = [models.Index(fields=["region", "given_at"], name="handover_by_region")]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.given_at):%m-%d %H:%M} {self.given_by}"

    @property
    def note(self) -> str:
        """What the next shift has to know."""
        keys = open_keys([self.pk]) if self.note_sealed else {}
        return reveal_with(keys[self.pk], self.pk, self.note_sealed) if self.pk in keys else ""
