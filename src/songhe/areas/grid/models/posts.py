"""Posts of the levels above, and their duty rosters."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from songhe.areas.grid.limits import level_name
from songhe.areas.grid.models.helpers import Helper
from songhe.areas.grid.rules import Shift
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field
from songhe.kit.words import WEEKDAYS


class Post(Scoped):
    """Where a level answers in one region. Its telephone is the office's, not a person's, and is shown in full."""

    region = region_field(verbose_name=_("Region"))
    level = models.CharField(_("Level of the network"), max_length=20)
    name = models.CharField(_("Duty post"), max_length=80)
    phone = models.CharField(_("Office telephone"), max_length=24, blank=True, db_default="")
    since = models.DateField(_("From"))
    until = models.DateField(_("Until"), null=True)

    scope_by: ClassVar[Lines] = Lines()

    class Meta(Scoped.Meta):
        verbose_name = _("Duty post")
        constraints = [
            models.UniqueConstraint(
                fields=["region", "level"], condition=Q(until=None), name="one_post_of_a_level"
            ),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("since")), name="post_ends_after"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def level_label(self) -> str:
        """The level in the language of the page."""
        return level_name(self.level)


class Turn(Scoped):
    """A line of a post's roster: every week on some weekdays, or on one day, with or without another line it stands for.

    ``starts`` and ``ends`` are minutes of the day on which it begins; beyond 24 hours lies the next day. Without a helper
    nobody is there: the line it stands for is called off.
    """

    post = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name=_("Duty post"))
    helper = models.ForeignKey(Helper, models.PROTECT, null=True, related_name="+", verbose_name=_("On duty"))
    region = region_field(verbose_name=_("Region"))
    days: models.JSONField[list[int], list[int]] = models.JSONField(
        _("Weekdays"), default=list, db_default=Value([], models.JSONField())
    )
    on = models.DateField(_("Day"), null=True)
    starts = models.SmallIntegerField(_("Begins"))
    ends = models.SmallIntegerField(_("Ends"))
    since = models.DateField(_("From"))
    until = models.DateField(_("Until"), null=True)
    instead_of = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", verbose_name=_("Instead of")
    )
    by = models.CharField(_("Entered by"), max_length=80)
    at = models.DateTimeField(_("Entered at"))

    scope_by: ClassVar[Lines] = Lines(holders=("helper_id",))
    if TYPE_CHECKING:
        post_id: UUID
        helper_id: UUID | None
        instead_of_id: UUID | None

    class Meta(Scoped.Meta):
        verbose_name = _("Duty shift")
        indexes = [models.Index(fields=["post", "on"], name="turn_by_post")]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    starts__gte=0, starts__lt=1440, ends__gt=F("starts"), ends__lte=F("starts") + 1440
                ),
                name="turn_has_length",
            ),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("since")), name="turn_ends_after"),
            models.CheckConstraint(
                condition=Q(on=None, helper__isnull=False, instead_of=None) | Q(on__isnull=False),
                name="turn_of_week_or_day",
            ),
            models.UniqueConstraint(
                fields=["instead_of", "on"],
                condition=Q(instead_of__isnull=False),
                name="one_substitute_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day_names} {self.hour_words}"

    @property
    def shift(self) -> Shift:
        """What decisions need to know of it."""
        return Shift(
            self.pk, self.helper_id, self.starts, self.ends, tuple(self.days), self.on, self.since, self.until,
            self.instead_of_id,
        )  # fmt: skip

    @property
    def day_names(self) -> str:
        """Its weekdays or its day, in words."""
        return f"{self.on}" if self.on else " · ".join(str(WEEKDAYS[day - 1]) for day in self.days)

    @property
    def hour_words(self) -> str:
        """From when until when."""
        return f"{self.starts // 60:02}:{self.starts % 60:02}–{_clock(self.ends)}"


def _clock(minute: int) -> str:
    """A minute of the day as a clock shows it; midnight at the end of a day is 24:00."""
    within = minute if minute <= 1440 else minute - 1440
    return f"{within // 60:02}:{within % 60:02}"
