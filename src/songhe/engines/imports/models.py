"""Uploaded files, kept encrypted, and what was done with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songhe.engines.access.lines import Lines
from songhe.engines.access.scoped import Scoped
from songhe.engines.imports.spec import SPECS
from songhe.engines.regions.fields import region_field

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class ImportFile(Scoped):
    """One uploaded spreadsheet. Its bytes and all that quotes them are sealed with a data key of its own."""

    region = region_field(verbose_name=_("Region"))
    name = models.CharField(_("File name"), max_length=200)
    size_bytes = models.IntegerField()
    sha256 = models.BinaryField(max_length=32)
    uploaded_by_id = models.UUIDField()
    uploaded_at = models.DateTimeField(_("Uploaded"))

    scope_by: ClassVar[Lines] = Lines()

    class Meta(Scoped.Meta):
        verbose_name = _("Uploaded file")
        indexes = [models.Index(fields=["sha256"], name="import_file_by_content")]

    def __str__(self) -> str:
        return self.name


class ImportPart(Scoped):
    """A sealed piece of what is kept apart so that lists of files and runs stay light."""

    class Kind(models.TextChoices):
        BODY = "body", _("File")
        LAYOUT = "layout", _("Columns")
        FAULTS = "faults", _("Errors")

    region = region_field()
    file = models.ForeignKey(ImportFile, models.CASCADE, related_name="+")
    about_id = models.UUIDField()
    kind = models.CharField(max_length=8, choices=Kind)
    place = models.SmallIntegerField(default=0, db_default=0)
    sealed = models.BinaryField()

    scope_by: ClassVar[Lines] = Lines()
    protected: ClassVar[tuple[str, ...]] = ("sealed",)

    class Meta(Scoped.Meta):
        constraints = [models.UniqueConstraint(fields=["about_id", "kind", "place"], name="import_part_once")]

    def __str__(self) -> str:
        return self.kind


class ImportRun(Scoped):
    """One file on its way into the tables: mapped, checked, imported, and what came of it."""

    class State(models.TextChoices):
        MAPPED = "mapped", _("Columns to confirm")
        CHECKING = "checking", _("Checking")
        CHECKED = "checked", _("Checked")
        IMPORTING = "importing", _("Importing")
        DONE = "done", _("Imported")
        CANCELLED = "cancelled", _("Stopped")
        FAILED = "failed", _("Failed")

    region = region_field(verbose_name=_("Region"))
    file = models.ForeignKey(ImportFile, models.PROTECT, related_name="+", verbose_name=_("File"))
    spec = models.CharField(_("Kind of list"), max_length=60)
    state = models.CharField(_("State"), max_length=10, choices=State, default=State.MAPPED)
    sheet = models.CharField(_("Sheet"), max_length=120, blank=True)
    header_row = models.IntegerField(_("Header row"), default=0)
    columns: models.JSONField[Any, Any] = models.JSONField(default=dict)
    rows_total = models.IntegerField(_("Rows"), default=0)
    rows_good = models.IntegerField(_("Valid rows"), default=0)
    rows_bad = models.IntegerField(_("Rows with errors"), default=0)
    rows_taken = models.IntegerField(default=0)
    rows_made = models.IntegerField(_("New"), default=0)
    rows_changed = models.IntegerField(_("Rows changed"), default=0)
    rows_unchanged = models.IntegerField(_("Unchanged"), default=0)
    note: models.JSONField[Any, Any] = models.JSONField(default=dict)
    job_id = models.UUIDField(null=True)
    started_by_id = models.UUIDField()
    started_by_name = models.CharField(_("By"), max_length=80)
    started_at = models.DateTimeField(_("Started"))
    finished_at = models.DateTimeField(_("Finished"), null=True)

    scope_by: ClassVar[Lines] = Lines()
    if TYPE_CHECKING:
        file_id: UUID

    class Meta(Scoped.Meta):
        verbose_name = _("Import")
        indexes = [models.Index(fields=["region", "started_at"], name="import_by_region")]
        constraints = [
            models.CheckConstraint(
                condition=Q(rows_taken__gte=0) & Q(rows_good__gte=0) & Q(rows_bad__gte=0),
                name="import_counts_up",
            ),
        ]

    def __str__(self) -> str:
        return str(self.file)

    @property
    def title(self) -> str | _StrPromise:
        """The kind of list in words."""
        known = SPECS.get(self.spec)
        return known.title if known else self.spec

    @property
    def is_busy(self) -> bool:
        """Whether a job is at work on it."""
        return self.state in (self.State.CHECKING, self.State.IMPORTING)
