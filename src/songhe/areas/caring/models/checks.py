"""The second and third look: drawn from what was carried out, so that anybody can draw again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field


class ReviewLevel(models.TextChoices):
    """Who looks again at what the villages did."""

    TOWN = "town", _("Town or street")
    COUNTY = "county", _("County")


class Review(Scoped):
    """A draw: the list as it was, the seed, what was drawn. A row is only ever added."""

    region = region_field(verbose_name=_("Region"))
    level = models.CharField(_("Level of the network"), max_length=6, choices=ReviewLevel)
    month = models.DateField(_("Month"))
    share_percent = models.SmallIntegerField(_("Sampling rate, in percent"))
    seed = models.CharField(_("Seed"), max_length=80)
    list_hash = models.CharField(_("Hash of the list"), max_length=64)
    pool: models.JSONField[Any, Any] = models.JSONField()
    listed = models.IntegerField(_("Visits on the list"))
    drawn = models.IntegerField(_("Visits sampled"))
    by_id = models.UUIDField()
    by = models.CharField(_("Sampled by"), max_length=80)
    at = models.DateTimeField(_("Sampled at"))

    scope_by: ClassVar[Lines] = Lines()

    class Meta(Scoped.Meta):
        verbose_name = _("Visit check")
        constraints = [
            models.UniqueConstraint(fields=["region", "level", "month"], name="one_review_of_a_month"),
            models.CheckConstraint(condition=Q(share_percent__range=(1, 100)), name="review_share"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.get_level_display()}"


class ProbeState(models.TextChoices):
    """Where one of the drawn stands."""

    OPEN = "open", _("To be checked")
    RIGHT = "right", _("As reported")
    WRONG = "wrong", _("Not as reported")
    MENDED = "mended", _("Made good")


class Found(models.TextChoices):
    """What was found."""

    AS_REPORTED = "as_reported", _("As reported")
    NOT_CARRIED_OUT = "not_carried_out", _("Was not carried out")
    NOT_AS_SAID = "not_as_said", _("Carried out, but not as reported")
    NEED_MISSED = "need_missed", _("A need was not recorded")
    NOT_REACHED = "not_reached", _("Could not be contacted")


class Probe(Scoped):
    """One visit that is looked at again, by telephone or at the door, by somebody who did not carry it out."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="+", verbose_name=_("Check"))
    caring = models.ForeignKey(
        "caring.Caring", models.PROTECT, related_name="+", verbose_name=_("Friendly visit")
    )
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", verbose_name=_("Person"))
    region = region_field(verbose_name=_("Region"))
    state = models.CharField(
        _("State"), max_length=6, choices=ProbeState, default=ProbeState.OPEN, db_default=ProbeState.OPEN
    )
    found = models.CharField(
        _("Result of the check"), max_length=16, choices=Found, blank=True, db_default=""
    )
    words_sealed = models.BinaryField(default=b"", db_default=b"")
    checked_by = models.CharField(_("Checked by"), max_length=80, blank=True, db_default="")
    checked_at = models.DateTimeField(_("Checked at"), null=True)
    mended_by = models.CharField(_("Made good by"), max_length=80, blank=True, db_default="")
    mended_at = models.DateTimeField(_("Made good at"), null=True)

    scope_by: ClassVar[Lines] = Lines()
    follows_person: ClassVar[bool] = True
    protected: ClassVar[tuple[str, ...]] = ("words_sealed",)
    if TYPE_CHECKING:
        review_id: UUID
        caring_id: UUID
        person_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Visit sampled for a check")
        indexes = [models.Index(fields=["region", "state"], name="probe_by_state")]
        constraints = [models.UniqueConstraint(fields=["review", "caring"], name="one_probe_of_a_visit")]

    def __str__(self) -> str:
        return f"{self.get_state_display()}"
