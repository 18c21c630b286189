"""Searching for somebody who was not found."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field


class SearchState(models.TextChoices):
    """The states of the flow ``caring_search``, mirrored for lists."""

    VILLAGE = "village", _("Village searching")
    TOWN = "town", _("Escalated to the town")
    ALARMED = "alarmed", _("Help called")
    FOUND = "found", _("Was found")


class Search(Scoped):
    """Somebody was not found at a visit: the village looks, then the town, then help is called."""

    case = models.OneToOneField("cases.Case", models.PROTECT, related_name="+")
    number = models.CharField(_("Number"), max_length=24, unique=True)
    caring = models.ForeignKey(
        "caring.Caring", models.PROTECT, related_name="+", verbose_name=_("Friendly visit")
    )
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field(verbose_name=_("Region"))
    state = models.CharField(_("State"), max_length=8, choices=SearchState, default=SearchState.VILLAGE)
    alarm = models.CharField(_("Alarm"), max_length=40, blank=True, db_default="")
    words_sealed = models.BinaryField(default=b"", db_default=b"")
    due_at = models.DateTimeField(_("Due"), null=True)
    opened_at = models.DateTimeField(_("Opened"))
    closed_by = models.CharField(_("Closed by"), max_length=80, blank=True, db_default="")
    closed_at = models.DateTimeField(_("Closed at"), null=True)

    scope_by: ClassVar[Lines] = Lines()
    follows_person: ClassVar[bool] = True
    protected: ClassVar[tuple[str, ...]] = ("words_sealed",)
    if TYPE_CHECKING:
        case_id: UUID
        caring_id: UUID
        person_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Person not found")
        indexes = [models.Index(fields=["region", "state"], name="caring_search_by_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=~Q(state="found"), name="one_search_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return self.number
