"""Data keys and encrypted attachments."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from songhe.engines.access.lines import Lines
from songhe.engines.access.scoped import Scoped
from songhe.engines.regions.fields import region_field


class DataKey(models.Model):
    """An owner's data key, sealed with a key of the ring."""

    owner_id = models.UUIDField(primary_key=True)
    wrapped = models.BinaryField()


class Attachment(Scoped):
    """A file kept encrypted with the data key of its owner (a person, an organisation, a facility)."""

    owner_id = models.UUIDField(db_index=True)
    person_id = models.UUIDField(null=True)
    holder_id = models.UUIDField(null=True)
    about_id = models.UUIDField(db_index=True)
    region = region_field()
    name = models.CharField(_("File name"), max_length=200)
    media_type = models.CharField(max_length=80)
    size_bytes = models.IntegerField()
    sha256 = models.BinaryField(max_length=32)
    body_sealed = models.BinaryField()
    thumbnail_sealed = models.BinaryField(default=b"")
    added_at = models.DateTimeField()
    added_by_id = models.UUIDField()

    scope_by: ClassVar[Lines] = Lines(holders=("holder_id",), person="person_id")
    protected: ClassVar[tuple[str, ...]] = ("body_sealed", "thumbnail_sealed")
    names: ClassVar[tuple[str, ...]] = ("name",)
    follows_person: ClassVar[bool] = True
    if TYPE_CHECKING:
        id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Attachment")

    def __str__(self) -> str:
        return self.name
