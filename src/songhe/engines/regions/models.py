"""Regions and what became of them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Level(models.IntegerChoices):
    """The five levels of the statistical division code, and the nation above them."""

    NATION = 0, _("Nation")
    PROVINCE = 1, _("Province")
    CITY = 2, _("City")
    COUNTY = 3, _("County")
    TOWN = 4, _("Town or street")
    VILLAGE = 5, _("Village or community")


class Region(models.Model):
    """One node of the tree; the nation's row, where there is one, stands apart from it. ``upper`` is the first code behind it: its range is [code, upper).

    ``since`` and ``until``: the first day on which the code holds, and the first on which it does not any more. ``former``: codes
    from elsewhere that ended and came to lie here; what was written under them once and for all is seen from here too.
    """

    code = models.BigIntegerField(primary_key=True)
    upper = models.BigIntegerField()
    name = models.CharField(max_length=80)
    pinyin = models.CharField(max_length=240, db_index=True)
    level = models.SmallIntegerField(choices=Level)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    setting = models.SmallIntegerField(_("Urban-rural class"), null=True)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    former = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        verbose_name = _("Region")
        indexes = [models.Index(fields=["level", "code"], name="region_by_level")]
        constraints = [
            models.CheckConstraint(condition=models.Q(upper__gt=models.F("code")), name="region_has_room"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_urban(self) -> bool | None:
        """By the urban-rural class: urban where the first digit is 1; None where the class is unknown."""
        return None if self.setting is None else self.setting // 100 == 1

    def holds(self, code: int) -> bool:
        """Whether a code lies in this region."""
        return self.code <= code < self.upper


class Recode(models.Model):
    """A code that ended: merged into, renamed to or split off another, on a date. ``applied_at``: when the rows followed."""

    class Kind(models.TextChoices):
        MERGE = "merge", _("Merged into")
        RECODE = "recode", _("New code")
        SPLIT = "split", _("Split off")

    old = models.BigIntegerField(db_index=True)
    new = models.BigIntegerField()
    on = models.DateField()
    kind = models.CharField(max_length=8, choices=Kind)
    source = models.CharField(max_length=200)
    verified = models.BooleanField(default=False)
    applied_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["old", "new", "on"], name="recode_once")]

    def __str__(self) -> str:
        return f"{self.old} → {self.new} ({self.on})"


def language_is_chinese() -> bool:
    """Whether the page is being drawn in Chinese."""
    return (get_language() or "zh").startswith("zh")
