"""What helpers report."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from songhe.areas.grid.models.helpers import Helper
from songhe.engines.access.api import Lines, Scoped
from songhe.engines.regions.fields import region_field


class ReportKind(models.TextChoices):
    """What a report is about."""

    UNWELL = "unwell", _("Somebody is unwell")
    NEEDS = "needs", _("Somebody needs something")
    DANGER = "danger", _("Danger in the home")
    ABSENT = "absent", _("Not seen for a while")
    GONE = "gone", _("Moved, in hospital or died")
    OTHER = "other", _("Something else")


class ReportState(models.TextChoices):
    """The states of the flow ``grid_report``, mirrored for lists."""

    REPORTED = "reported", _("To be taken on")
    TAKEN = "taken", _("Being handled")
    CLOSED = "closed", _("Dealt with")


OPEN = (ReportState.REPORTED, ReportState.TAKEN)


class Report(Scoped):
    """A helper tells the office something. The words are sealed with the key of the elder, or else of the helper."""

    case = models.OneToOneField("cases.Case", models.PROTECT, related_name="+")
    number = models.CharField(_("Number"), max_length=24, unique=True)
    helper = models.ForeignKey(Helper, models.PROTECT, related_name="+", verbose_name=_("Helper"))
    person = models.ForeignKey(
        "registry.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("Elder")
    )
    region = region_field(verbose_name=_("Region"))
    kind = models.CharField(_("Kind of report"), max_length=8, choices=ReportKind)
    state = models.CharField(_("State"), max_length=8, choices=ReportState, default=ReportState.REPORTED)
    owner_id = models.UUIDField()
    words_sealed = models.BinaryField(default=b"", db_default=b"")
    answer_sealed = models.BinaryField(default=b"", db_default=b"")
    photo_id = models.UUIDField(null=True)
    due_at = models.DateTimeField(_("Due"), null=True)
    reported_at = models.DateTimeField(_("Reported at"))
    closed_by = models.CharField(_("Settled by"), max_length=80, blank=True, db_default="")
    closed_at = models.DateTimeField(_("Settled at"), null=True)

    scope_by: ClassVar[Lines] = Lines(holders=("helper_id",))
    protected: ClassVar[tuple[str, ...]] = ("words_sealed", "answer_sealed")
    if TYPE_CHECKING:
        case_id: UUID
        helper_id: UUID
        person_id: UUID | None

    class Meta(Scoped.Meta):
        verbose_name = _("Helper's report")
        indexes = [models.Index(fields=["region", "state"], name="grid_report_by_state")]

    def __str__(self) -> str:
        return self.number
