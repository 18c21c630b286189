"""Acts, the seals over them, and the keys of what happened once."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from songhe.engines.regions.ids import uuid7


class Act(models.Model):
    """One logged write or sensitive read. The columns seq, digest and seal_no are kept by the database alone."""

    class Kind(models.TextChoices):
        WRITE = "write", _("Write")
        READ = "read", _("Sensitive read")
        BULK = "bulk", _("Bulk write")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(_("When"))
    kind = models.CharField(_("Kind"), max_length=8, choices=Kind)
    verb = models.CharField(_("Action"), max_length=64)
    actor_id = models.UUIDField()
    actor_name = models.CharField(_("Who"), max_length=80)
    subject_kind = models.CharField(_("What"), max_length=64)
    subject_id = models.UUIDField(null=True)
    subject_name = models.CharField(max_length=120, blank=True)
    person_id = models.UUIDField(null=True)
    region_id = models.BigIntegerField(default=0)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    rows = models.IntegerField(default=1)
    content_hash = models.CharField(max_length=64, blank=True)
    purpose = models.CharField(_("Purpose"), max_length=200, blank=True)
    channel = models.CharField(_("Channel"), max_length=12)
    address = models.CharField(_("Source address"), max_length=45, blank=True)
    within_id = models.UUIDField(null=True)

    class Meta:
        verbose_name = _("Action")
        indexes = [
            models.Index(fields=["subject_id", "at"], name="act_by_subject"),
            models.Index(fields=["person_id", "at"], name="act_by_person"),
            models.Index(fields=["region_id", "at"], name="act_by_region"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} · {self.subject_name or self.subject_kind}"


class Seal(models.Model):
    """One link of the chain: the hash of the seal before it and of the digests of the acts it covers."""

    no = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    acts = models.IntegerField()
    previous = models.BinaryField()
    hash = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.no} {bytes(self.hash).hex()}"


class Once(models.Model):
    """The key of something that must have one effect, and what came of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    actor_id = models.UUIDField()
    key = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    result = models.JSONField()

    class Meta:
        indexes = [BrinIndex(fields=["at"], name="once_by_time", pages_per_range=32)]
        constraints = [models.UniqueConstraint(fields=["actor_id", "key"], name="once_per_actor_and_key")]
