"""Orders."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import Worker, item_name
from songhe.engines.access.api import KinLines, Lines, Scoped
from songhe.engines.regions.fields import CodeField, region_field
from songhe.engines.vault.api import open_keys, reveal_with

LINES = KinLines(holders=("organisation_id", "worker_id"))


class OrderState(models.TextChoices):
    """The states of the flow ``order``, mirrored for lists."""

    RECEIVED = "received", _("To dispatch")
    OFFERED = "offered", _("In the pool")
    TAKEN = "taken", _("Taken, worker to choose")
    DISPATCHED = "dispatched", _("Awaiting acceptance")
    ACCEPTED = "accepted", _("Accepted")
    ON_THE_WAY = "on_the_way", _("On the way")
    IN_SERVICE = "in_service", _("In service")
    COMPLETED = "completed", _("To be accepted by the person")
    CONFIRMED = "confirmed", _("To follow up")
    FOLLOWED_UP = "followed_up", _("To settle")
    SETTLED = "settled", _("Settled")
    REFUSED = "refused", _("Not served")
    CANCELLED = "cancelled", _("Cancelled")


TO_BEGIN = (
    OrderState.RECEIVED,
    OrderState.OFFERED,
    OrderState.TAKEN,
    OrderState.DISPATCHED,
    OrderState.ACCEPTED,
    OrderState.ON_THE_WAY,
)
"""Nobody has begun to serve yet."""
OPEN_STATES = (*TO_BEGIN, OrderState.IN_SERVICE)
TO_FOLLOW_UP = (OrderState.COMPLETED, OrderState.CONFIRMED)
SENT = (OrderState.DISPATCHED, OrderState.ACCEPTED, OrderState.ON_THE_WAY)
"""A worker is planned and not there yet."""
NOT_BEGUN = (OrderState.RECEIVED, OrderState.TAKEN, OrderState.DISPATCHED, OrderState.ACCEPTED)
"""An organisation has it, and nobody is on the way."""
STAMPS = {
    "placed": "placed_at",
    "offered": "offered_at",
    "taken": "taken_at",
    "assigned": "assigned_at",
    "accepted": "accepted_at",
    "departed": "departed_at",
    "arrived": "arrived_at",
    "done": "completed_at",
    "confirmed": "confirmed_at",
    "called_back": "followed_up_at",
    "settled": "settled_at",
}
"""The column of each moment."""


class Disposition(models.TextChoices):
    """Endings of an order that the program itself enters; all of them are in the data file ``orders.yaml``."""

    COMPLETED = "completed", _("Completed")
    NO_CONTACT = "no_contact", _("Nobody reached")
    REFUSED = "refused", _("The person refused")
    HOSPITALISED = "hospitalised", _("The person is in hospital")
    DECEASED = "deceased", _("The person has died")
    PROVIDER_UNAVAILABLE = "provider_unavailable", _("No provider available")
    DUPLICATE = "duplicate", _("Ordered twice")


class AcceptedBy(models.TextChoices):
    """How a person accepted a service."""

    SIGNATURE = "signature", _("Signature")
    THUMBPRINT = "thumbprint", _("Thumbprint")
    WITNESS = "witness", _("A witness")
    FAMILY = "family", _("Family")
    TIME = "time", _("Nobody objected")


class PaidBy(models.TextChoices):
    """Who pays for an order."""

    ENTITLEMENT = "entitlement", _("Entitlement")
    SELF = "self", _("The person")


class Source(models.TextChoices):
    """Where an order came from."""

    HOTLINE = "hotline", _("Hotline")
    PLAN = "plan", _("Service plan")
    VILLAGE = "village", _("Village or community")
    FAMILY = "family", _("Family")
    ALARM = "alarm", _("Alarm")


def opened(person_id: UUID, blob: bytes | memoryview) -> str:
    """Sealed words; none where the person's data was erased, so that the order itself stays readable."""
    keys = open_keys([person_id]) if blob else {}
    return reveal_with(keys[person_id], person_id, blob) if person_id in keys else ""


class Order(Scoped):
    """One service asked for. The note may hold what is private and is sealed with the person's key.

    ``preferred`` and ``unwanted`` hold workers' keys. Two orders with one ``pair`` are the halves of a double visit, by two
    workers; the later number begins ``gap_least`` to ``gap_most`` minutes after the other, 0 and 0 at once. What a grant
    pays for is under a ``contract`` of the organisation from the moment it takes the order.

    Each moment of its course is a column of its own (``STAMPS``). ``above``: the level of the network to which it was
    escalated, in ``above_region``, with who answers there; empty where it goes its ordinary way.
    """

    case = models.OneToOneField("cases.Case", models.PROTECT, related_name="+")
    number = models.CharField(_("Number"), max_length=24, unique=True)
    state = models.CharField(_("State"), max_length=12, choices=OrderState, default=OrderState.RECEIVED)
    disposition = models.CharField(_("Outcome"), max_length=24, blank=True)
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field(verbose_name=_("Region"))
    item = models.CharField(_("Service"), max_length=12)
    minutes = models.IntegerField(_("Duration"))
    wanted_from = models.DateTimeField(_("Wanted from"))
    wanted_until = models.DateTimeField(_("Wanted until"))
    paid_by = models.CharField(_("Paid by"), max_length=12, choices=PaidBy)
    source = models.CharField(_("Source"), max_length=8, choices=Source)
    note_sealed = models.BinaryField(default=b"")
    organisation = models.ForeignKey(
        "providers.Organisation", models.PROTECT, null=True, related_name="+", verbose_name=_("Organisation")
    )
    worker = models.ForeignKey(
        "providers.Worker", models.PROTECT, null=True, related_name="+", verbose_name=_("Worker")
    )
    contract = models.ForeignKey(
        "contracts.Contract", models.PROTECT, null=True, related_name="+", verbose_name=_("Contract")
    )
    placed_by_id = models.UUIDField()
    placed_by_name = models.CharField(_("Placed by"), max_length=80)
    placed_at = models.DateTimeField(_("Placed"))
    completed_at = models.DateTimeField(_("Completed at"), null=True)
    followed_up_at = models.DateTimeField(_("Followed up"), null=True)
    rating = models.SmallIntegerField(_("Rating"), null=True)
    words_sealed = models.BinaryField(default=b"")
    settled_at = models.DateTimeField(_("Visit settled at"), null=True)
    gender = models.CharField(
        _("Worker's gender"), max_length=1, blank=True, default="", db_default="", choices=Worker.Sex
    )
    language = models.CharField(
        _("Language or dialect"), max_length=20, blank=True, default="", db_default=""
    )
    preferred: models.JSONField[list[str], list[str]] = models.JSONField(
        _("Preferred workers"), default=list, db_default=[]
    )
    unwanted: models.JSONField[list[str], list[str]] = models.JSONField(
        _("Excluded workers"), default=list, db_default=[]
    )
    pair = models.UUIDField(null=True)
    gap_least = models.IntegerField(_("Second worker after, at least (min)"), default=0, db_default=0)
    gap_most = models.IntegerField(_("Second worker after, at most (min)"), default=0, db_default=0)

    offered_at = models.DateTimeField(_("Offered"), null=True)
    taken_at = models.DateTimeField(_("Taken by an organisation"), null=True)
    assigned_at = models.DateTimeField(_("Assigned"), null=True)
    accepted_at = models.DateTimeField(_("Accepted"), null=True)
    departed_at = models.DateTimeField(_("Set out"), null=True)
    arrived_at = models.DateTimeField(_("Arrived"), null=True)
    confirmed_at = models.DateTimeField(_("Accepted by the person"), null=True)
    confirmed_by = models.CharField(
        _("Accepted by"), max_length=10, blank=True, default="", db_default="", choices=AcceptedBy
    )
    wave = models.SmallIntegerField(_("Offer round"), default=0, db_default=0)
    warned_at = models.DateTimeField(_("Warned"), null=True)
    above = models.CharField(_("Escalated to"), max_length=20, blank=True, default="", db_default="")
    above_region = CodeField(null=True)
    above_names = models.CharField(_("Who answers"), max_length=200, blank=True, default="", db_default="")
    above_users: models.JSONField[list[str], list[str]] = models.JSONField(default=list, db_default=[])
    above_at = models.DateTimeField(_("Escalated"), null=True)
    seen_to_by = models.CharField(_("Handled by"), max_length=80, blank=True, default="", db_default="")
    seen_to_at = models.DateTimeField(null=True)

    scope_by: ClassVar[Lines] = LINES
    protected: ClassVar[tuple[str, ...]] = ("note_sealed", "words_sealed")
    if TYPE_CHECKING:
        person_id: UUID
        case_id: UUID
        organisation_id: UUID | None
        worker_id: UUID | None
        contract_id: UUID | None

    class Meta(Scoped.Meta):
        verbose_name = _("Order")
        constraints = [
            models.CheckConstraint(condition=Q(wanted_until__gt=F("wanted_from")), name="window_has_length"),
            models.CheckConstraint(condition=Q(minutes__gt=0), name="order_takes_time"),
            models.CheckConstraint(
                condition=Q(gap_least__gte=0) & Q(gap_most__gte=F("gap_least")), name="gap_is_a_span"
            ),
            models.CheckConstraint(
                condition=Q(rating=None) | Q(rating__range=(1, 5)), name="rating_one_to_five"
            ),
        ]
        indexes = [
            models.Index(fields=["region", "state"], name="order_by_region"),
            models.Index(fields=["organisation", "state"], name="order_by_organisation"),
            models.Index(fields=["person", "wanted_from"], name="order_by_person"),
            models.Index(fields=["pair"], condition=Q(pair__isnull=False), name="order_by_pair"),
            models.Index(fields=["above_region"], condition=~Q(above=""), name="order_above"),
            models.Index(fields=["placed_at"], condition=Q(state="received"), name="order_to_offer"),
            models.Index(fields=["completed_at"], condition=Q(state="completed"), name="order_to_accept"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def item_label(self) -> str:
        """The service's name."""
        return item_name(self.item)

    @property
    def note(self) -> str:
        """What was asked for in words."""
        return opened(self.person_id, self.note_sealed)

    @property
    def words(self) -> str:
        """What the person said afterwards."""
        return opened(self.person_id, self.words_sealed)

    @property
    def is_open(self) -> bool:
        """Whether the service is still to be given."""
        return self.state in OPEN_STATES

    @property
    def moments(self) -> dict[str, datetime | None]:
        """Every moment of its course by name, in order."""
        return {name: getattr(self, column) for name, column in STAMPS.items()}
