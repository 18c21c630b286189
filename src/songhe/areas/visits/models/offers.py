"""Offers: to which organisation an order was offered or handed, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import item_name
from songhe.areas.visits.models.orders import Order
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field


class Result(models.TextChoices):
    """What came of an offer."""

    OPEN = "open", _("Waits for an answer")
    TAKEN = "taken", _("Took the order")
    HANDED = "handed", _("Handed over directly")
    REFUSED = "refused", _("Turned down")
    PUT_BACK = "put_back", _("Put back")
    GONE = "gone", _("Went to somebody else")
    WITHDRAWN = "withdrawn", _("Withdrawn")


HELD = (Result.TAKEN, Result.HANDED)
"""The organisation has the order, or had it when it was served."""


class Offer(Scoped):
    """One order put before one organisation: out of the pool in a ``wave``, or handed over (wave 0).

    An order is held by at most one of them. ``reason`` is a code of the data file, ``counts`` whether it speaks against the
    organisation. ``points`` are those for which it was chosen.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="offers", verbose_name=_("Order"))
    organisation = models.ForeignKey(
        "providers.Organisation", models.PROTECT, related_name="+", verbose_name=_("Organisation")
    )
    number = models.CharField(_("Order"), max_length=24)
    region = region_field(verbose_name=_("Region"))
    item = models.CharField(_("Service"), max_length=12)
    wave = models.SmallIntegerField(_("Offer round"), default=0)
    points = models.SmallIntegerField(_("Points"), null=True)
    result = models.CharField(_("What came of it"), max_length=10, choices=Result, default=Result.OPEN)
    reason = models.CharField(_("Reason"), max_length=24, blank=True, db_default="")
    words = models.CharField(_("In words"), max_length=200, blank=True, db_default="")
    counts = models.BooleanField(_("Counts in the rating"), default=False, db_default=False)
    worker = models.ForeignKey(
        "providers.Worker", models.PROTECT, null=True, related_name="+", verbose_name=_("Worker")
    )
    by = models.CharField(_("By"), max_length=80, blank=True, db_default="")
    offered_at = models.DateTimeField(_("Offered"))
    answered_at = models.DateTimeField(_("Responded at"), null=True)

    scope_by: ClassVar[Lines] = Lines(holders=("organisation_id",))
    if TYPE_CHECKING:
        order_id: UUID
        organisation_id: UUID
        worker_id: UUID | None

    class Meta(Scoped.Meta):
        verbose_name = _("Order offer")
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(result__in=["taken", "handed"]), name="one_taker_of_an_order"
            ),
            models.UniqueConstraint(
                fields=["order", "organisation"], condition=Q(result="open"), name="offered_once_at_a_time"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "result", "offered_at"], name="offer_by_organisation"),
            models.Index(fields=["region", "offered_at"], name="offer_by_region"),
            models.Index(fields=["order", "offered_at"], name="offer_by_order"),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.offered_at):%m-%d %H:%M} {self.item_label}"

    @property
    def item_label(self) -> str:
        """The service's name."""
        return item_name(self.item)
