"""The figures of indicators."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from songhe.core.measure import Figure
from songhe.engines.access.lines import Lines
from songhe.engines.access.scoped import Scoped
from songhe.engines.regions.fields import region_field


class Value(Scoped):
    """One indicator of one region in one period (``2026-11``, ``2026-Q4``, ``2026``). Null is unknown, never 0."""

    indicator = models.CharField(_("Indicator"), max_length=60)
    region = region_field(verbose_name=_("Region"))
    period = models.CharField(_("Period"), max_length=7)
    numerator = models.BigIntegerField(null=True)
    denominator = models.BigIntegerField(null=True)
    computed_at = models.DateTimeField(_("Computed at"))
    digest = models.BinaryField(max_length=32)

    scope_by: ClassVar[Lines] = Lines()
    keeps_code: ClassVar[models.Q | None] = models.Q(pk__isnull=False)

    class Meta(Scoped.Meta):
        verbose_name = _("Figure")
        constraints = [
            models.UniqueConstraint(fields=["indicator", "period", "region"], name="one_figure"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.period}"

    @property
    def figure(self) -> Figure:
        """Numerator and denominator as a value that can be added and judged."""
        return Figure(self.numerator, self.denominator)
