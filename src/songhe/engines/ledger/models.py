"""Accounts, journals, entries and holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.engines.access.lines import Lines
from songhe.engines.access.scoped import Scoped
from songhe.engines.regions.fields import region_field
from songhe.engines.regions.ids import uuid7


class Unit(models.TextChoices):
    """What an account counts; always in whole units."""

    FEN = "fen", _("Fen")
    MINUTE = "minute", _("Minutes")
    POINT = "point", _("Credit points")
    MEAL = "meal", _("Portions")


class OwnerKind(models.TextChoices):
    """Whose account it is."""

    PERSON = "person", _("Person")
    ORGANISATION = "organisation", _("Organisation")
    FACILITY = "facility", _("Facility")
    FUND = "fund", _("Fund")
    REGION = "region", _("Region")


class Account(Scoped):
    """One owner's stock of one unit for one use. ``balance`` is kept by the database alone."""

    owner_kind = models.CharField(_("Owner kind"), max_length=12, choices=OwnerKind)
    owner_id = models.UUIDField(_("Owner"))
    region = region_field(verbose_name=_("Region"))
    unit = models.CharField(_("Unit"), max_length=8, choices=Unit)
    code = models.CharField(_("Use"), max_length=40)
    name = models.CharField(_("Account name"), max_length=120, blank=True)
    may_overdraw = models.BooleanField(_("May be overdrawn"), default=False)
    balance = models.BigIntegerField(_("Balance"), default=0, editable=False)
    held = models.BigIntegerField(_("Held"), default=0)
    opened_at = models.DateTimeField(_("Opened at"))

    scope_by: ClassVar[Lines] = Lines(holders=("owner_id",), person="owner_id")
    follows_person: ClassVar[bool] = True
    person_column: ClassVar[str] = "owner_id"

    class Meta(Scoped.Meta):
        verbose_name = _("Account")
        indexes = [models.Index(fields=["region", "code"], name="account_by_region")]
        constraints = [
            models.UniqueConstraint(fields=["owner_id", "unit", "code"], name="account_once"),
            models.CheckConstraint(
                condition=Q(may_overdraw=True) | Q(balance__gte=F("held")), name="account_not_overdrawn"
            ),
            models.CheckConstraint(condition=Q(held__gte=0), name="account_held_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name or self.code

    @property
    def free(self) -> int:
        """Units that can still be spent: the balance without what is held."""
        return self.balance - self.held


class Journal(Scoped):
    """Entries posted together, once per ``key``. ``size`` is the number of its entries."""

    key = models.CharField(max_length=200, unique=True)
    digest = models.BinaryField(max_length=32)
    kind = models.CharField(_("Kind"), max_length=60)
    region = region_field(verbose_name=_("Region"))
    at = models.DateTimeField(_("At"))
    actor_id = models.UUIDField()
    actor_name = models.CharField(_("Posted by"), max_length=80)
    about_kind = models.CharField(max_length=60, blank=True)
    about_id = models.UUIDField(null=True)
    size = models.IntegerField(_("Entries"))

    scope_by: ClassVar[Lines] = Lines()

    class Meta(Scoped.Meta):
        verbose_name = _("Journal")
        indexes = [
            models.Index(fields=["region", "at"], name="journal_by_region"),
            models.Index(fields=["about_id"], name="journal_by_about"),
        ]
        constraints = [models.CheckConstraint(condition=Q(size__gte=2), name="journal_has_lines")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"


class Entry(Scoped):
    """One line of a journal. Its region and owner are the account's on that day and never change."""

    id = models.BigAutoField(primary_key=True)  # type: ignore[assignment]  # written by the hundred thousand
    journal = models.ForeignKey(Journal, models.PROTECT, related_name="+")
    seq = models.IntegerField()
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("Account"))
    amount = models.BigIntegerField(_("Amount"))
    at = models.DateTimeField(_("At"))
    kind = models.CharField(_("Kind"), max_length=60)
    region = region_field(db_index=False)
    owner_id = models.UUIDField()
    about_id = models.UUIDField(null=True)
    if TYPE_CHECKING:
        account_id: UUID
        journal_id: UUID

    scope_by: ClassVar[Lines] = Lines(holders=("owner_id",), person="owner_id")

    class Meta(Scoped.Meta):
        verbose_name = _("Entry")
        indexes = [
            models.Index(fields=["account", "at", "id"], name="entry_by_account"),
            models.Index(fields=["about_id"], name="entry_by_about", condition=Q(about_id__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["journal", "seq"], name="entry_once"),
            models.CheckConstraint(condition=~Q(amount=0), name="entry_moves"),
        ]

    def __str__(self) -> str:
        return f"{self.amount:+d}"


class Hold(Scoped):
    """Units set aside on an account until they are settled, voided or past their day."""

    class State(models.TextChoices):
        PENDING = "pending", _("Held")
        SETTLED = "settled", _("Settled")
        VOIDED = "voided", _("Voided")
        EXPIRED = "expired", _("Expired")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.CharField(max_length=200, unique=True)
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("Account"))
    amount = models.BigIntegerField(_("Amount"))
    state = models.CharField(_("State"), max_length=8, choices=State, default=State.PENDING)
    made_at = models.DateTimeField(_("Created at"))
    until = models.DateTimeField(_("Until"))
    ended_at = models.DateTimeField(null=True)
    journal = models.ForeignKey(Journal, models.PROTECT, null=True, related_name="+")
    about_id = models.UUIDField(null=True)
    region = region_field()
    owner_id = models.UUIDField()
    if TYPE_CHECKING:
        account_id: UUID

    scope_by: ClassVar[Lines] = Lines(holders=("owner_id",), person="owner_id")
    follows_person: ClassVar[bool] = True
    person_column: ClassVar[str] = "owner_id"

    class Meta(Scoped.Meta):
        verbose_name = _("Hold")
        indexes = [models.Index(fields=["until"], name="hold_pending", condition=Q(state="pending"))]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="hold_holds")]

    def __str__(self) -> str:
        return f"{self.amount} ({self.get_state_display()})"
