"""What the screens of inspections share."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from songhe.areas.inspections.models import Finding, Inspection, Mark
from songhe.areas.providers.api import Kind
from songhe.engines.access.api import elevated
from songhe.engines.vault.models import Attachment
from songhe.kit.history import LABELS
from songhe.kit.pages import file_guard

LABELS["inspections.fill_checklist"] = _("Filled in the checklist")
LABELS["inspections.finish_check"] = _("Finished the check")
CAMPAIGN_TONES = {"draft": "warn", "drawn": "info", "published": "ok", "dropped": "muted"}
STATE_TONES = {
    "drawn": "warn", "rectify": "danger", "recheck": "info", "escalated": "danger", "clean": "ok", "closed": "ok",
    "cancelled": "muted",
}  # fmt: skip
FINDING_TONES = {"open": "danger", "answered": "info", "mended": "ok"}
SEVERITY_TONES = {"minor": "muted", "serious": "warn", "grave": "danger"}
LEVEL_TONES = {0: "danger", 1: "warn", 2: "ok"}


def kind_name(code: str) -> str:
    """A kind of facility in words."""
    return str(Kind(code).label) if code in Kind.values else code


@file_guard
def _may_open(attachment: Attachment, user: Any) -> bool:
    """Pictures of a check open for those who may see it: not for its facility before it is carried out."""
    with elevated():
        mark = Mark.everywhere.filter(pk=attachment.about_id).first()
        finding = None if mark else Finding.everywhere.filter(pk=attachment.about_id).first()
    if mark is None and finding is None:
        return True
    key = mark.inspection_id if mark is not None else finding.inspection_id  # type: ignore[union-attr]
    seen = Inspection.objects.within(user.scope("inspections.view")).filter(pk=key)
    return bool(user.may("inspections.view") and seen.exists())
