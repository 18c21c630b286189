"""Campaigns and their draws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import Kind
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field


class CampaignState(models.TextChoices):
    """The states of the flow ``campaign``, mirrored for lists."""

    DRAFT = "draft", _("To be sampled")
    DRAWN = "drawn", _("Sampling done")
    PUBLISHED = "published", _("Results published")
    DROPPED = "dropped", _("Dropped")


class By(models.TextChoices):
    """By what a list is divided before it is drawn from."""

    KIND = "kind", _("Kind of facility")
    COUNTY = "county", _("County")
    RISK = "risk", _("Risk")


class Campaign(Scoped):
    """One campaign: what is drawn from, in which shares, and until when it is carried out."""

    case = models.OneToOneField("cases.Case", models.PROTECT, related_name="+")
    number = models.CharField(_("Number"), max_length=24, unique=True)
    region = region_field(verbose_name=_("Region"))
    title = models.CharField(_("Campaign"), max_length=120)
    state = models.CharField(_("State"), max_length=9, choices=CampaignState, default=CampaignState.DRAFT)
    kinds: models.JSONField[list[str], list[str]] = models.JSONField(_("Kinds of facilities"), default=list)
    by: models.JSONField[list[str], list[str]] = models.JSONField(_("Stratified by"), default=list)
    officers: models.JSONField[list[list[str]], list[list[str]]] = models.JSONField(
        _("List of officers"), default=list
    )
    share_percent = models.SmallIntegerField(_("Sampling rate, in percent"))
    high_share_percent = models.SmallIntegerField(_("High-risk sampling rate, in percent"))
    until = models.DateField(_("Check due by"))
    listed = models.IntegerField(_("On the list"), default=0)
    drawn = models.IntegerField(_("Facilities sampled"), default=0)
    prepared_by_id = models.UUIDField()
    prepared_by = models.CharField(_("Prepared by"), max_length=80)
    prepared_at = models.DateTimeField(_("Prepared at"))
    drawn_by_id = models.UUIDField(null=True)
    drawn_by = models.CharField(_("Sampled by"), max_length=80, blank=True)
    drawn_at = models.DateTimeField(_("Sampled at"), null=True)
    published_by = models.CharField(_("Published by"), max_length=80, blank=True)
    published_at = models.DateTimeField(_("Published at"), null=True)
    if TYPE_CHECKING:
        case_id: UUID

    scope_by: ClassVar[Lines] = Lines()

    class Meta(Scoped.Meta):
        verbose_name = _("Campaign")
        constraints = [
            models.CheckConstraint(
                condition=Q(share_percent__range=(1, 100), high_share_percent__range=(1, 100)),
                name="campaign_shares",
            ),
            models.CheckConstraint(
                condition=Q(drawn_by_id=None) | ~Q(drawn_by_id=F("prepared_by_id")),
                name="campaign_drawn_by_another",
            ),
        ]
        indexes = [models.Index(fields=["region", "state"], name="campaign_by_region")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def kind_names(self) -> str:
        """What is drawn from, in words."""
        found = [str(Kind(kind).label) for kind in self.kinds if kind in Kind.values]
        return " · ".join(found) or str(_("Every kind"))

    @property
    def by_names(self) -> str:
        """By what the list is divided, in words."""
        return " · ".join(str(By(one).label) for one in self.by if one in By.values)

    @property
    def officer_names(self) -> str:
        """The officers that are drawn from."""
        return " · ".join(name for _key, name in self.officers)


class Draw(Scoped):
    """How a campaign was drawn: the list as it was, the seed, the hash. A row is only ever added."""

    campaign = models.OneToOneField(Campaign, models.PROTECT, related_name="draw")
    region = region_field()
    pool: models.JSONField[Any, Any] = models.JSONField()
    """The list: key, name and stratum of each facility."""
    officers: models.JSONField[Any, Any] = models.JSONField()
    shares: models.JSONField[Any, Any] = models.JSONField()
    team = models.SmallIntegerField()
    seed = models.CharField(_("Seed"), max_length=80)
    list_hash = models.CharField(_("Hash of the list"), max_length=64)
    drawn: models.JSONField[Any, Any] = models.JSONField()
    """The facilities drawn with their officers."""
    at = models.DateTimeField(_("Sampled at"))
    by = models.CharField(_("Sampled by"), max_length=80)

    scope_by: ClassVar[Lines] = Lines()

    class Meta(Scoped.Meta):
        verbose_name = _("Draw")

    def __str__(self) -> str:
        return self.list_hash[:12]
