"""Form versions and sealed answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from songhe.engines.access.lines import Lines
from songhe.engines.access.scoped import Scoped
from songhe.engines.regions.fields import region_field
from songhe.engines.regions.ids import uuid7
from songhe.engines.regions.models import language_is_chinese


class FormVersion(models.Model):
    """A form as it was when it was first used. Rows are only ever added."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(_("Form"), max_length=60)
    content_hash = models.CharField(max_length=64, unique=True)
    text = models.TextField()
    title_en = models.CharField(max_length=200)
    title_zh = models.CharField(max_length=200)
    in_force = models.DateField(_("In force from"))
    loaded_at = models.DateTimeField(_("Loaded"))

    class Meta:
        verbose_name = _("Form version")
        indexes = [models.Index(fields=["code", "loaded_at"], name="form_by_code")]

    def __str__(self) -> str:
        return self.title_zh if language_is_chinese() else self.title_en


class Answers(Scoped):
    """One filled form of one person, or of one household or facility (``subject_id``), sealed with the data key of
    ``owner_id``.

    After ``locked_at`` the database refuses every change but of the region and, when two rows turn out to be one
    person, of the person; the owner stays who it was.
    """

    form = models.ForeignKey(FormVersion, models.PROTECT, related_name="+", verbose_name=_("Form"))
    person_id = models.UUIDField(null=True, db_index=True)
    subject_id = models.UUIDField(null=True, db_index=True)
    owner_id = models.UUIDField()
    region = region_field(verbose_name=_("Region"))
    sealed = models.BinaryField(default=b"")
    result_sealed = models.BinaryField(default=b"")
    digest = models.BinaryField(max_length=32, default=b"")
    changed_at = models.DateTimeField(_("Changed"))
    changed_by_id = models.UUIDField()
    locked_at = models.DateTimeField(_("Locked"), null=True)
    if TYPE_CHECKING:
        form_id: UUID

    scope_by: ClassVar[Lines] = Lines(person="person_id", holders=("subject_id",))
    protected: ClassVar[tuple[str, ...]] = ("sealed", "result_sealed")
    follows_person: ClassVar[bool] = True

    class Meta(Scoped.Meta):
        verbose_name = _("Answers")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(person_id=None, subject_id__isnull=False)
                | models.Q(person_id__isnull=False, subject_id=None),
                name="answers_about_one",
            )
        ]

    def __str__(self) -> str:
        return str(self.form)
