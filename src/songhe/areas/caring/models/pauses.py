"""Why somebody is not visited for a while."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field


class PauseKind(models.TextChoices):
    """Why."""

    REFUSED = "refused", _("Does not want visits")
    IN_HOSPITAL = "in_hospital", _("In hospital")
    AWAY = "away", _("Temporarily away")
    MOVED = "moved", _("Moved; to be entered by the village")


class Pause(Scoped):
    """From one day until another somebody is not planned for. A refusal says who heard it, and when it is asked again."""

    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field(verbose_name=_("Region"))
    kind = models.CharField(_("Reason"), max_length=12, choices=PauseKind)
    since = models.DateField(_("From"))
    until = models.DateField(_("Until"), null=True)
    ask_on = models.DateField(_("Ask again on"), null=True)
    words_sealed = models.BinaryField(default=b"", db_default=b"")
    by = models.CharField(_("Entered by"), max_length=80)
    at = models.DateTimeField(_("Entered at"))

    scope_by: ClassVar[Lines] = Lines()
    follows_person: ClassVar[bool] = True
    protected: ClassVar[tuple[str, ...]] = ("words_sealed",)
    if TYPE_CHECKING:
        person_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Visit pause")
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(until=None), name="one_open_pause"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="pause_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.since}"

    def holds_on(self, on: date) -> bool:
        """Whether it holds on a day."""
        return self.since <= on and (self.until is None or on < self.until)
