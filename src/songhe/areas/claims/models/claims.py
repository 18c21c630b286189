"""Claims, their lines, and the towns' part in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.claims.rules import reduced
from songhe.areas.providers.api import item_name
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field

LINES = Lines(holders=("organisation_id",))


class State(models.TextChoices):
    """The states of the flow ``claim``, mirrored for lists."""

    DRAFT = "draft", _("Being drawn up")
    FILED = "filed", _("Filed, to be checked")
    SCORED = "scored", _("Scored")
    ACCEPTED = "accepted", _("Accepted by the county")
    APPROVED = "approved", _("Approved")
    PAID = "paid", _("Paid")
    RETURNED = "returned", _("Returned")
    WITHDRAWN = "withdrawn", _("Withdrawn")


LIVE = (State.DRAFT, State.FILED, State.SCORED, State.ACCEPTED, State.APPROVED, State.PAID)


class Claim(Scoped):
    """What one organisation claims for a month in one county, under one contract or under none. Sums are in fen.

    ``returned_fen``: deductions of earlier claims that are given back with this one, part of ``net_fen`` and of no line.
    ``hash`` is that of the lines as they were drawn up; ``follows`` the returned claim that this one replaces.
    """

    case = models.OneToOneField("cases.Case", models.PROTECT, related_name="+")
    number = models.CharField(_("Number"), max_length=24, unique=True)
    state = models.CharField(_("State"), max_length=10, choices=State, default=State.DRAFT)
    organisation = models.ForeignKey(
        "providers.Organisation", models.PROTECT, related_name="+", verbose_name=_("Organisation")
    )
    region = region_field(verbose_name=_("Purchaser"))
    month = models.DateField(_("Month"))
    contract = models.ForeignKey(
        "contracts.Contract", models.PROTECT, null=True, related_name="+", verbose_name=_("Contract")
    )
    follows = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", verbose_name=_("In place of")
    )
    settlement = models.ForeignKey(
        "finance.Settlement", models.PROTECT, null=True, related_name="+", verbose_name=_("Settlement")
    )
    hash = models.CharField(max_length=64)
    visits = models.IntegerField(_("Visits claimed"), default=0)
    left_out = models.IntegerField(_("Visits not claimed"), default=0)
    claimed_fen = models.BigIntegerField(_("Claimed"), default=0)
    refused_fen = models.BigIntegerField(_("Refused amount"), default=0)
    deducted_fen = models.BigIntegerField(_("Deducted"), default=0)
    returned_fen = models.BigIntegerField(_("Deductions refunded"), default=0, db_default=0)
    net_fen = models.BigIntegerField(_("Net amount payable"), default=0)
    invoice_number = models.CharField(_("Invoice number"), max_length=40, blank=True)
    invoice_on = models.DateField(_("Invoice date"), null=True)
    invoice_fen = models.BigIntegerField(_("Invoice amount"), null=True)
    difference = models.CharField(_("Difference explained"), max_length=400, blank=True)
    drawn_up_at = models.DateTimeField(_("Drawn up"))
    filed_at = models.DateTimeField(_("Filed at"), null=True)
    filed_by_id = models.UUIDField(null=True)
    filed_by = models.CharField(_("Filed by"), max_length=80, blank=True)
    sampled_at = models.DateTimeField(_("Sample drawn"), null=True)
    sampled_by_id = models.UUIDField(null=True)
    scored_at = models.DateTimeField(_("Scored at"), null=True)
    scored_by_id = models.UUIDField(null=True)
    dispute_until = models.DateTimeField(_("May be disputed until"), null=True)
    agreed_at = models.DateTimeField(_("Organisation agrees"), null=True)
    accepted_at = models.DateTimeField(_("Accepted at"), null=True)
    accepted_by = models.CharField(_("Accepted by"), max_length=80, blank=True)
    reason = models.CharField(_("Reason"), max_length=400, blank=True)

    scope_by: ClassVar[Lines] = LINES
    if TYPE_CHECKING:
        case_id: UUID
        organisation_id: UUID
        contract_id: UUID | None
        settlement_id: UUID | None

    class Meta(Scoped.Meta):
        verbose_name = _("Claim")
        indexes = [
            models.Index(fields=["region", "state", "month"], name="claim_by_region"),
            models.Index(fields=["organisation", "month"], name="claim_by_organisation"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "region", "month", "contract"],
                condition=~Q(state__in=["returned", "withdrawn"]),
                nulls_distinct=False,
                name="one_claim_of_a_month",
            ),
            models.UniqueConstraint(
                fields=["organisation", "invoice_number"],
                condition=~Q(invoice_number="") & ~Q(state__in=["returned", "withdrawn"]),
                name="invoice_claimed_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    claimed_fen=F("net_fen") - F("returned_fen") + F("deducted_fen") + F("refused_fen")
                )
                & Q(
                    net_fen__gte=F("returned_fen"),
                    returned_fen__gte=0,
                    deducted_fen__gte=0,
                    refused_fen__gte=0,
                ),
                name="claim_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"]) | Q(filed_by_id__isnull=False),
                name="claim_filed_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "approved", "paid"]) | Q(settlement__isnull=False),
                name="accepted_is_settled",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class LineState(models.TextChoices):
    """What became of a visit in a claim."""

    PAYABLE = "payable", _("Payable")
    PART = "part", _("Payable in part: beyond the grant")
    UNVERIFIED = "unverified", _("Not verified yet")
    REJECTED = "rejected", _("Found not provided")
    GRANT = "grant", _("Beyond the grant")
    CONTRACT = "contract", _("Beyond the contract")
    BUDGET = "budget", _("Beyond the budget")
    NO_PRICE = "no_price", _("No price")
    SHORTER = "shorter", _("Shorter, by the sample")
    NOT_GIVEN = "not_given", _("Not provided, by the sample")
    REFUSED = "refused", _("Refused by the town")
    CHANGED = "changed", _("In doubt since it was filed")


PAYABLE = (LineState.PAYABLE, LineState.PART, LineState.SHORTER)
DISPUTABLE = (LineState.SHORTER, LineState.NOT_GIVEN, LineState.REFUSED)


class ClaimLine(Scoped):
    """One visit in a claim. Fen of ``fund``: claimed = net + deducted + refused, whatever happens to it.

    ``claimed_minutes`` are those of the grant that it takes as claimed, ``payable_minutes`` what is left of them;
    ``told_minutes`` what the person said in the sample. ``full_fen`` is the price of the visit, ``share_fen`` the person's share of what the grant covers, ``beyond_fen`` what
    the person agreed to pay beyond it. An active line holds its visit: no other claim or settlement takes it.
    """

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="lines", verbose_name=_("Claim"))
    visit_id = models.UUIDField()
    person_id = models.UUIDField()
    organisation_id = models.UUIDField()
    region = region_field(verbose_name=_("Region"))
    item = models.CharField(_("Service"), max_length=12)
    on = models.DateField(_("Date of service"))
    minutes = models.IntegerField(_("Service time"))
    claimed_minutes = models.IntegerField(_("Time claimed"), default=0)
    payable_minutes = models.IntegerField(_("Time payable"), default=0)
    told_minutes = models.IntegerField(_("Minutes, as told by the person"), null=True)
    unit_fen = models.IntegerField(_("Unit price"), default=0)
    full_fen = models.BigIntegerField(_("Price"), default=0)
    share_fen = models.BigIntegerField(_("Person's share"), default=0)
    beyond_fen = models.BigIntegerField(_("Paid by the person"), default=0)
    claimed_fen = models.BigIntegerField(_("Claimed"), default=0)
    refused_fen = models.BigIntegerField(_("Refused amount"), default=0)
    deducted_fen = models.BigIntegerField(_("Deducted"), default=0)
    net_fen = models.BigIntegerField(_("Net amount payable"), default=0)
    state = models.CharField(_("State"), max_length=10, choices=LineState)
    reason = models.CharField(_("Reason"), max_length=400, blank=True)
    contract = models.ForeignKey(
        "contracts.Contract", models.PROTECT, null=True, related_name="+", verbose_name=_("Contract")
    )
    active = models.BooleanField(default=False)
    decided_by_id = models.UUIDField(null=True)

    scope_by: ClassVar[Lines] = LINES
    if TYPE_CHECKING:
        claim_id: UUID
        contract_id: UUID | None

    class Meta(Scoped.Meta):
        verbose_name = _("Claim line")
        indexes = [
            models.Index(fields=["claim", "on"], name="claim_line_by_claim"),
            models.Index(fields=["person_id", "on"], name="claim_line_by_person"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["claim", "visit_id"], name="visit_once_in_a_claim"),
            models.UniqueConstraint(fields=["visit_id"], condition=Q(active=True), name="visit_claimed_once"),
            models.CheckConstraint(
                condition=Q(claimed_fen=F("net_fen") + F("deducted_fen") + F("refused_fen"))
                & Q(net_fen__gte=0, deducted_fen__gte=0, refused_fen__gte=0)
                & Q(full_fen__gte=F("claimed_fen") + F("share_fen") + F("beyond_fen")),
                name="claim_line_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {item_name(self.item)}"

    @property
    def is_payable(self) -> bool:
        """Whether anything of it is to be paid."""
        return self.state in PAYABLE

    @property
    def is_disputable(self) -> bool:
        """Whether the office took something of it."""
        return self.state in DISPUTABLE

    def take_out(self, state: LineState, reason: str, *, holds: bool) -> None:
        """Refuse the whole line; ``holds`` keeps its visit from coming back with the next claim."""
        self.state, self.reason, self.active = state, reason[:400], holds
        self.refused_fen, self.deducted_fen, self.net_fen, self.payable_minutes = self.claimed_fen, 0, 0, 0

    def cut(self, minutes: int) -> None:
        """Refuse what goes beyond the minutes that the person told of."""
        self.state, self.told_minutes = LineState.SHORTER, minutes
        self.net_fen = reduced(self.claimed_fen, of=self.minutes, to=minutes)
        self.refused_fen, self.deducted_fen = self.claimed_fen - self.net_fen, 0
        self.payable_minutes = reduced(self.claimed_minutes, of=self.minutes, to=minutes)

    def restore(self) -> None:
        """Make it again what was claimed."""
        rest = self.full_fen - self.claimed_fen - self.share_fen
        self.state = LineState.PART if rest else LineState.PAYABLE
        self.reason, self.told_minutes, self.decided_by_id = "", None, None
        self.net_fen, self.refused_fen, self.deducted_fen = self.claimed_fen, 0, 0
        self.payable_minutes = self.claimed_minutes

    def deduct(self, fen: int) -> None:
        """Keep back so much of what is left after refusals."""
        self.deducted_fen = fen
        self.net_fen = self.claimed_fen - self.refused_fen - fen


class TownPart(Scoped):
    """The lines of one town in a claim, which the town accepts."""

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="towns", verbose_name=_("Claim"))
    organisation = models.ForeignKey(
        "providers.Organisation", models.PROTECT, related_name="+", verbose_name=_("Organisation")
    )
    region = region_field(verbose_name=_("Town"))
    month = models.DateField(_("Month"))
    visits = models.IntegerField(_("Visits claimed"))
    claimed_fen = models.BigIntegerField(_("Claimed"))
    is_open = models.BooleanField(default=True)
    accepted_at = models.DateTimeField(_("Accepted at"), null=True)
    accepted_by_id = models.UUIDField(null=True)
    accepted_by = models.CharField(_("Accepted by"), max_length=80, blank=True)

    scope_by: ClassVar[Lines] = LINES
    if TYPE_CHECKING:
        claim_id: UUID
        organisation_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Acceptance by a town")
        constraints = [models.UniqueConstraint(fields=["claim", "region"], name="one_part_of_a_town")]

    def __str__(self) -> str:
        return f"{self.region} {self.month:%Y-%m}"
