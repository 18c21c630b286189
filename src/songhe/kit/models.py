"""Large exports: made by a job, kept sealed for a day, for the one who asked."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from songhe.engines.jobs.models import Job
from songhe.engines.regions.ids import uuid7


class Export(models.Model):
    """One large export. Its key in the vault is its own, so that forgetting it is destroying the key."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    actor_id = models.UUIDField()
    at = models.DateTimeField()
    slug = models.CharField(max_length=80)
    query = models.TextField(blank=True)
    language = models.CharField(max_length=8)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("Export")
        indexes = [models.Index(fields=["at"], name="export_by_age")]

    def __str__(self) -> str:
        return self.slug


class ExportPart(models.Model):
    """A sealed piece of an export, in order."""

    export = models.ForeignKey(Export, models.CASCADE, related_name="parts")
    number = models.IntegerField()
    body_sealed = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["export", "number"], name="export_part_once")]

    def __str__(self) -> str:
        return f"{self.export_id} {self.number}"
