"""Where the money comes from: sources with their rules, budget lines, and what is set aside on each level."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.finance.api import Fund
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.ledger.api import Hold
from songhe.engines.regions.fields import region_field


class Level(models.TextChoices):
    """Who pays a share."""

    CENTRE = "centre", _("Central government")
    PROVINCE = "province", _("Province")
    CITY = "city", _("City")
    COUNTY = "county", _("County")


class Shortfall(models.TextChoices):
    """What happens where a line has less than a run needs."""

    BLOCK = "block", _("The run is not posted")
    QUEUE = "queue", _("The oldest first, the others wait")
    SHARE = "pro_rata", _("The same share for everybody, the rest waits")


class Source(Scoped):
    """Money that a fund received under one rule of the city's data. ``whole_fen``: of how much it is a share."""

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="+", verbose_name=_("Fund"))
    region = region_field(verbose_name=_("Purchaser"))
    rule = models.CharField(_("Kind of money"), max_length=40)
    level = models.CharField(_("Level of government"), max_length=10, choices=Level)
    document = models.CharField(_("Budget document"), max_length=120)
    fen = models.BigIntegerField(_("Amount"))
    whole_fen = models.BigIntegerField(_("Total amount"), null=True)
    received_at = models.DateTimeField(_("Received at"))
    received_by = models.CharField(_("Received by"), max_length=80)

    scope_by: ClassVar[Lines] = Lines()

    class Meta(Scoped.Meta):
        verbose_name = _("Source of money")
        constraints = [
            models.UniqueConstraint(fields=["fund", "rule", "document"], name="one_source_a_document"),
            models.CheckConstraint(condition=Q(fen__gt=0), name="source_brings"),
        ]

    def __str__(self) -> str:
        return f"{self.document}"


class BudgetLine(Scoped):
    """What a purchaser sets apart for some benefits in a year, with the rules of the city's data as they were then."""

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="+", verbose_name=_("Fund"))
    region = region_field(verbose_name=_("Purchaser"))
    code = models.CharField(_("Code"), max_length=40)
    name_en = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120)
    purpose = models.CharField(_("Purpose"), max_length=40)
    benefits: models.JSONField[Any, Any] = models.JSONField(_("Benefits"), default=list)
    shortfall = models.CharField(_("Shortfall"), max_length=8, choices=Shortfall)
    opened_at = models.DateTimeField(_("Budget line set up at"))
    if TYPE_CHECKING:
        fund_id: UUID

    scope_by: ClassVar[Lines] = Lines()

    class Meta(Scoped.Meta):
        verbose_name = _("Budget line")
        constraints = [models.UniqueConstraint(fields=["fund", "code"], name="one_budget_line")]

    def __str__(self) -> str:
        from songhe.kit.words import is_chinese

        return self.name_zh if is_chinese() else self.name_en


class BudgetLevel(Scoped):
    """One level's share of a line, in basis points, and the hold on its account for what is due and not yet approved."""

    line = models.ForeignKey(BudgetLine, models.PROTECT, related_name="levels")
    region = region_field()
    level = models.CharField(_("Level of government"), max_length=10, choices=Level)
    place = models.SmallIntegerField()
    share_bp = models.IntegerField(_("Share"))
    held_fen = models.BigIntegerField(_("Set aside"), default=0)
    holds = models.IntegerField(default=0)
    hold = models.ForeignKey(Hold, models.PROTECT, null=True, related_name="+")

    scope_by: ClassVar[Lines] = Lines()

    class Meta(Scoped.Meta):
        verbose_name = _("Level of a budget line")
        constraints = [
            models.UniqueConstraint(fields=["line", "level"], name="one_budget_level"),
            models.CheckConstraint(
                condition=Q(share_bp__gt=0, share_bp__lte=10_000, held_fen__gte=0), name="budget_level_share"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level}"
