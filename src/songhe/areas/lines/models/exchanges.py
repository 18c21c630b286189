"""Telephone exchanges that may tell what happens on their lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field
from songhe.engines.vault.api import reveal


class Exchange(Scoped):
    """An exchange with its own secret; its calls belong to its region. ``url``: where it takes our wishes."""

    class Way(models.TextChoices):
        SIMULATED = "simulated", _("Simulated")
        SIGNED = "signed", _("Signed HTTP")

    code = models.SlugField(_("Code"), max_length=40, unique=True)
    name = models.CharField(_("Exchange name"), max_length=80)
    region = region_field(verbose_name=_("Region"))
    way = models.CharField(_("Kind"), max_length=10, choices=Way, default=Way.SIGNED)
    url = models.CharField(_("Command address"), max_length=200, blank=True)
    secret_sealed = models.BinaryField()
    enabled = models.BooleanField(_("Enabled"), default=True)
    made_at = models.DateTimeField(_("Created at"))

    scope_by: ClassVar[Lines] = Lines()
    protected: ClassVar[tuple[str, ...]] = ("secret_sealed",)

    class Meta(Scoped.Meta):
        verbose_name = _("Telephone exchange")

    def __str__(self) -> str:
        return self.name

    @property
    def secret(self) -> str:
        """What we sign with."""
        return reveal(self.pk, self.secret_sealed)


class Wish(Scoped):
    """What the exchange shall do, written in the transaction that wanted it and carried out after it.

    A wish that is too old is not carried out: nobody wants to be connected minutes later.
    """

    class Kind(models.TextChoices):
        DIAL = "dial", _("Dial")
        HANG_UP = "hang_up", _("Hang up")
        SAY = "say", _("Write back")
        SEAT = "seat", _("Seat status")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits")
        DONE = "done", _("Executed")
        FAILED = "failed", _("Failed")

    exchange = models.ForeignKey(Exchange, models.PROTECT, related_name="+", verbose_name=_("Exchange"))
    kind = models.CharField(_("Kind"), max_length=8, choices=Kind)
    state = models.CharField(_("State"), max_length=7, choices=State, default=State.WAITING)
    session_id = models.UUIDField(null=True)
    body_sealed = models.BinaryField()
    fault = models.CharField(_("Why not"), max_length=200, blank=True)
    tries = models.SmallIntegerField(_("Attempts"), default=0)
    asked_at = models.DateTimeField(_("Requested at"))
    expires_at = models.DateTimeField(_("Valid until"))
    done_at = models.DateTimeField(_("Executed at"), null=True)
    region = region_field()

    scope_by: ClassVar[Lines] = Lines()
    protected: ClassVar[tuple[str, ...]] = ("body_sealed",)
    if TYPE_CHECKING:
        exchange_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Exchange command")
        indexes = [
            models.Index(fields=["asked_at"], condition=models.Q(state="waiting"), name="wish_waiting")
        ]

    def __str__(self) -> str:
        return self.kind
