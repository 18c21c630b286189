"""To which account a person's money goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.payments.models.holders import LINES, Held, held_by
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field


class Holder(models.TextChoices):
    """Whose account it is."""

    OWN = "own", _("The person's own")
    GUARDIAN = "guardian", _("A guardian's")
    FAMILY = "family", _("A relative's")
    VILLAGE = "village", _("The village's")
    REGISTERED = "registered", _("The organisation's own")


class PayeeState(models.TextChoices):
    """Where an account stands."""

    PROPOSED = "proposed", _("To be confirmed")
    ACTIVE = "active", _("In use")
    ENDED = "ended", _("Has ended")
    REFUSED = "refused", _("Refused")


class Payee(Held, Scoped):
    """One account for one person or body. The number is sealed with the person's key, a body's with the row's own;
    ``account_hash`` finds the same number. ``branch``: where a company has its account."""

    person = models.ForeignKey(
        "registry.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("Person")
    )
    region = region_field(verbose_name=_("Region"))
    whose = models.CharField(_("Whose account"), max_length=10, choices=Holder, default=Holder.OWN)
    holder = models.CharField(_("Account holder"), max_length=120)
    bank = models.CharField(_("Bank"), max_length=20)
    branch = models.CharField(_("Branch"), max_length=80, blank=True, db_default="")
    account_sealed = models.BinaryField()
    account_hash = models.BinaryField(max_length=16)
    last_four = models.CharField(_("Last digits"), max_length=4)
    reason = models.CharField(_("Reason"), max_length=400, blank=True)
    since = models.DateField(_("Since"))
    until = models.DateField(_("Until"), null=True)
    state = models.CharField(_("State"), max_length=10, choices=PayeeState, default=PayeeState.PROPOSED)
    proposed_by_id = models.UUIDField()
    proposed_by = models.CharField(_("Proposed by"), max_length=80)
    proposed_at = models.DateTimeField(_("Proposed at"))
    decided_by_id = models.UUIDField(null=True)
    decided_by = models.CharField(_("Decided by"), max_length=80, blank=True)
    decided_at = models.DateTimeField(_("Decided at"), null=True)
    if TYPE_CHECKING:
        person_id: UUID | None

    scope_by: ClassVar[Lines] = LINES
    follows_person: ClassVar[bool] = True
    protected: ClassVar[tuple[str, ...]] = ("account_sealed",)
    names: ClassVar[tuple[str, ...]] = ("holder",)

    class Meta(Scoped.Meta):
        verbose_name = _("Payee account")
        indexes = [models.Index(fields=["account_hash"], name="payee_by_account")]
        constraints = [
            held_by("payee_has_a_holder"),
            models.UniqueConstraint(fields=["person"], condition=Q(state="active"), name="one_payee_in_use"),
            models.UniqueConstraint(
                fields=["holder_id"], condition=Q(state="active"), name="one_body_payee_in_use"
            ),
            models.UniqueConstraint(
                fields=["holder_id"], condition=Q(state="proposed"), name="one_body_payee_proposed"
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(state="proposed"), name="one_payee_proposed"
            ),
            models.CheckConstraint(
                condition=~Q(state="active")
                | (Q(decided_by_id__isnull=False) & ~Q(decided_by_id=F("proposed_by_id"))),
                name="payee_by_two",
            ),
            models.CheckConstraint(
                condition=Q(whose__in=["own", "registered"]) | ~Q(reason=""), name="proxy_with_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder} **** {self.last_four}"

    @property
    def sealed_by(self) -> UUID:
        """Whose key seals the number."""
        return self.pk if self.person_id is None else self.person_id
