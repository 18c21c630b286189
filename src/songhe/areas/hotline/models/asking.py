"""Calling back: whom a draw chose, and how far each call has come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field


class Drawing(Scoped):
    """One draw among served orders. List, seed and shares are kept, so that anybody can draw again and compare.

    ``pool`` holds [order, stratum, share in basis points], ``drawn`` the chosen orders. Rows are only ever added.
    """

    region = region_field(verbose_name=_("Region"))
    on = models.DateField(_("Served until"))
    seed = models.CharField(_("Seed"), max_length=80)
    digest = models.CharField(_("Hash of the list"), max_length=64)
    pool: models.JSONField[Any, Any] = models.JSONField(default=list)
    drawn: models.JSONField[Any, Any] = models.JSONField(default=list)
    listed = models.IntegerField(_("On the list"))
    chosen = models.IntegerField(_("Sampled"))
    by_id = models.UUIDField()
    by_name = models.CharField(_("By"), max_length=80)
    at = models.DateTimeField(_("Sampled at"))

    scope_by: ClassVar[Lines] = Lines()

    class Meta(Scoped.Meta):
        verbose_name = _("Follow-up sample")
        indexes = [models.Index(fields=["region", "-at"], name="drawing_by_region")]
        constraints = [
            models.CheckConstraint(
                condition=Q(chosen__gte=0, chosen__lte=F("listed")), name="drawn_among_listed"
            )
        ]

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d}"


class FollowUp(Scoped):
    """How far the call about one served order has come. Without a row the order waits like any other."""

    class State(models.TextChoices):
        DUE = "due", _("To call")
        DONE = "done", _("Follow-up done")
        UNREACHABLE = "unreachable", _("Not reached")
        LEFT_OUT = "left_out", _("Not sampled")

    order = models.OneToOneField("visits.Order", models.PROTECT, related_name="+", verbose_name=_("Order"))
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field(verbose_name=_("Region"))
    organisation_id = models.UUIDField(null=True)
    item = models.CharField(_("Service"), max_length=12)
    state = models.CharField(_("State"), max_length=12, choices=State, default=State.DUE)
    drawing = models.ForeignKey(Drawing, models.PROTECT, null=True, related_name="+", verbose_name=_("Draw"))
    attempts = models.SmallIntegerField(_("Attempts"), default=0)
    next_at = models.DateTimeField(_("Not before"), null=True)
    answers_id = models.UUIDField(null=True)
    score = models.SmallIntegerField(_("Points"), null=True)
    rating = models.SmallIntegerField(_("Rating"), null=True)
    ended_at = models.DateTimeField(_("Ended"), null=True)
    served_at = models.DateTimeField(_("Served at"))

    scope_by: ClassVar[Lines] = Lines()
    follows_person: ClassVar[bool] = True
    if TYPE_CHECKING:
        order_id: UUID
        person_id: UUID
        drawing_id: UUID | None

    class Meta(Scoped.Meta):
        verbose_name = _("Call about a service")
        indexes = [models.Index(fields=["region", "served_at"], name="follow_up_by_region")]
        constraints = [
            models.CheckConstraint(
                condition=Q(rating=None) | Q(rating__range=(1, 5)), name="asked_rating_one_to_five"
            ),
            models.CheckConstraint(
                condition=Q(state="due", ended_at=None) | (~Q(state="due") & Q(ended_at__isnull=False)),
                name="follow_up_ended_when_not_due",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_state_display())
