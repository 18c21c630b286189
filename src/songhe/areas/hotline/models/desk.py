"""What an agent's desk keeps beside the calls: what was typed so far, nuisance numbers, services at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.hotline.models.calls import Call, unsealed
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field


class Draft(Scoped):
    """What was typed into an open call so far, field by field, sealed with the call's own key.

    ``revision`` counts the savings. Inside, each field has its words, the revision that wrote them, and the tab. The draft
    goes with the call: when it is closed the key is destroyed and the row deleted, and what was decided stands in acts.
    """

    call = models.OneToOneField(Call, models.CASCADE, related_name="draft", verbose_name=_("Call"))
    region = region_field()
    agent_id = models.UUIDField()
    owner_id = models.UUIDField()
    sealed = models.BinaryField(default=b"")
    revision = models.IntegerField(default=0)
    saved_at = models.DateTimeField(_("Saved"))

    scope_by: ClassVar[Lines] = Lines(holders=("agent_id",))
    protected: ClassVar[tuple[str, ...]] = ("sealed",)
    if TYPE_CHECKING:
        call_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Draft of a call")

    def __str__(self) -> str:
        return str(self.revision)


class Nuisance(Scoped):
    """A number that calls without a wish. It is only ever warned of: nothing keeps its calls from being answered."""

    class Reason(models.TextChoices):
        PRANK = "prank", _("Pranks")
        ABUSE = "abuse", _("Insults")
        SALES = "sales", _("Advertising")
        SILENT = "silent", _("Repeated silent calls")
        CONFUSED = "confused", _("Calls very often, confused")
        OTHER = "other", _("Something else")

    region = region_field(verbose_name=_("Region"))
    owner_id = models.UUIDField()
    number_sealed = models.BinaryField()
    number_hash = models.BinaryField(max_length=16)
    number_masked = models.CharField(_("Telephone number"), max_length=24)
    reason = models.CharField(_("Reason"), max_length=10, choices=Reason)
    note = models.CharField(_("Note"), max_length=200, blank=True)
    since = models.DateTimeField(_("Marked"))
    until = models.DateTimeField(_("Marked until"))
    by_id = models.UUIDField()
    by_name = models.CharField(_("Marked by"), max_length=80)
    lifted_at = models.DateTimeField(_("Lifted"), null=True)

    scope_by: ClassVar[Lines] = Lines()
    protected: ClassVar[tuple[str, ...]] = ("number_sealed", "number_hash")

    class Meta(Scoped.Meta):
        verbose_name = _("Nuisance number")
        indexes = [models.Index(fields=["number_hash"], name="nuisance_by_number")]
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="nuisance_ends_later"),
        ]

    def __str__(self) -> str:
        return self.number_masked

    @property
    def number(self) -> str:
        """The full number."""
        return unsealed(self.owner_id, self.number_sealed)


class Favourite(Scoped):
    """A service that an agent keeps at hand."""

    region = region_field()
    agent_id = models.UUIDField()
    item = models.CharField(_("Service"), max_length=12)
    since = models.DateTimeField()

    scope_by: ClassVar[Lines] = Lines(holders=("agent_id",))

    class Meta(Scoped.Meta):
        verbose_name = _("Favourite service")
        constraints = [models.UniqueConstraint(fields=["agent_id", "item"], name="favourite_once")]

    def __str__(self) -> str:
        return self.item
