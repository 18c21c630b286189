"""Policy versions."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songhe.engines.regions.fields import region_field
from songhe.engines.regions.ids import uuid7
from songhe.engines.regions.models import language_is_chinese


class PolicyVersion(models.Model):
    """One policy document of one version. ``replaced_at`` is set when a newer version of the same code is loaded."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(_("Policy"), max_length=60)
    number = models.CharField(_("Number"), max_length=120)
    title_en = models.CharField(max_length=200)
    title_zh = models.CharField(max_length=200)
    issuer_en = models.CharField(max_length=120)
    issuer_zh = models.CharField(max_length=120)
    region = region_field(verbose_name=_("Region"))
    start = models.DateField(_("Takes effect"))
    end = models.DateField(_("Expires"), null=True)
    file = models.CharField(_("File"), max_length=120)
    content_hash = models.CharField(max_length=64, unique=True)
    text = models.TextField()
    loaded_at = models.DateTimeField(_("Loaded"))
    replaced_at = models.DateTimeField(_("Replaced"), null=True)

    class Meta:
        verbose_name = _("Policy")
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=Q(replaced_at=None), name="one_newest_policy"),
            models.CheckConstraint(
                condition=Q(end=None) | Q(end__gt=F("start")), name="policy_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.title_zh if language_is_chinese() else self.title_en

    @property
    def issuer(self) -> str:
        """Who issued it, in the language of the page."""
        return self.issuer_zh if language_is_chinese() else self.issuer_en
