"""What the screens of premises share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext

from songhe.areas.premises.models import Compound, Idle, Phase, Upgrade
from songhe.core.decision import Reason
from songhe.engines.vault.models import Attachment
from songhe.kit.pages import file_guard
from songhe.kit.who import who

STANDING_TONES = {"open": "muted", "complies": "ok", "fails": "danger", "struck": "muted"}
PHASE_TONES = {
    "none": "muted", "plan": "warn", "plan_review": "info", "build": "warn", "build_review": "info", "accept": "warn",
    "accept_review": "info", "deliver": "warn", "deliver_review": "info", "done": "ok", "dropped": "muted",
}  # fmt: skip
IDLE_TONES = {"available": "ok", "reserved": "info", "reused": "muted", "withdrawn": "muted"}
PROPOSAL_TONES = {"open": "warn", "accepted": "ok", "refused": "danger", "taken_back": "muted"}
UPGRADE_TONES = {"draft": "warn", "under_way": "info", "finished": "ok", "dropped": "muted"}


def pictures(row: Any, request: HttpRequest) -> Mapping[str, Any]:
    """The pictures of a row."""
    rows = Attachment.objects.within(who(request).scope("premises.view")).filter(about_id=row.pk)
    found = rows.filter(media_type__startswith="image/").defer("body_sealed", "thumbnail_sealed")
    return {"pictures": list(found.order_by("added_at", "id"))}


@file_guard
def _may_open(attachment: Attachment, user: Any) -> bool:
    """Documents and pictures of premises open for those who may see what they are about."""
    for model in (Phase, Idle, Upgrade, Compound):
        if model.everywhere.filter(pk=attachment.about_id).exists():
            seen = model.objects.within(user.scope("premises.view")).filter(pk=attachment.about_id)
            return bool(user.may("premises.view") and seen.exists())
    return True


def said(reason: Reason) -> str:
    """A reason of the rules in the language of the page."""
    return gettext(reason.text).format(**reason.values)
