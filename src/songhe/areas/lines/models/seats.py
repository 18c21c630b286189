"""Seats of the desk, and what their agents did when."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from songhe.areas.lines.limits import say, terms
from songhe.areas.lines.rules import SeatState
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field

AGENT = Lines(holders=("agent_id",))


class Place(models.TextChoices):
    """What an agent is doing."""

    OFF = SeatState.OFF.value, _("Logged off")
    READY = SeatState.READY.value, _("Ready")
    TALKING = SeatState.TALKING.value, _("On a call")
    WRAPPING = SeatState.WRAPPING.value, _("After-call work")
    BREAK = SeatState.BREAK.value, _("On a break")


class Seat(Scoped):
    """An agent's place: the extension by which the exchange knows them, and what they can be asked."""

    exchange = models.ForeignKey(
        "lines.Exchange", models.PROTECT, related_name="+", verbose_name=_("Exchange")
    )
    agent_id = models.UUIDField(unique=True)
    agent_name = models.CharField(_("Agent"), max_length=80)
    extension = models.CharField(_("Extension"), max_length=20)
    skills: models.JSONField[list[str], list[str]] = models.JSONField(_("Skills"), default=list)
    state = models.CharField(_("State"), max_length=8, choices=Place, default=Place.OFF)
    reason = models.CharField(_("Break"), max_length=20, blank=True)
    since = models.DateTimeField(_("In this state since"))
    session_id = models.UUIDField(null=True)
    enabled = models.BooleanField(_("Enabled"), default=True)
    region = region_field(verbose_name=_("Region"))

    scope_by: ClassVar[Lines] = AGENT
    if TYPE_CHECKING:
        exchange_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Seat")
        constraints = [
            models.UniqueConstraint(fields=["exchange", "extension"], name="one_seat_of_an_extension")
        ]

    def __str__(self) -> str:
        return f"{self.extension} {self.agent_name}"

    @property
    def skill_names(self) -> str:
        """The skills in the reader's language."""
        known = terms().skills
        return "、".join(say(known[code]) for code in self.skills if code in known)

    @property
    def state_name(self) -> str:
        """What the agent is doing, and which break it is."""
        kind = terms().breaks.get(self.reason) if self.state == Place.BREAK else None
        return say(kind) if kind else str(Place(self.state).label)


class SeatSpell(Scoped):
    """One agent in one state, until another."""

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="+")
    agent_id = models.UUIDField()
    state = models.CharField(_("State"), max_length=8, choices=Place)
    reason = models.CharField(_("Break"), max_length=20, blank=True)
    since = models.DateTimeField(_("From"))
    until = models.DateTimeField(_("Until"), null=True)
    region = region_field()

    scope_by: ClassVar[Lines] = AGENT

    class Meta(Scoped.Meta):
        verbose_name = _("Agent status period")
        constraints = [
            models.UniqueConstraint(
                fields=["agent_id"], condition=models.Q(until=None), name="one_open_spell"
            )
        ]
        indexes = [models.Index(fields=["region", "since"], name="spell_by_region")]

    def __str__(self) -> str:
        return self.state
