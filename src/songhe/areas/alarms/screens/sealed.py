"""What others wrote down for whoever handles or reviews an alarm; each look is logged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from songhe.areas.alarms.models import Alarm
from songhe.areas.alarms.queries.course import entries_of, findings_of
from songhe.engines.access.api import User
from songhe.engines.acts.api import record_read
from songhe.kit.clock import now
from songhe.kit.history import LABELS
from songhe.kit.who import who

ENTRY = "alarms.read_entry"
FOUND = "alarms.read_finding"
LABELS[ENTRY] = _("Forced-entry record viewed")
LABELS[FOUND] = _("Finder's message viewed")


def entries(alarm: Alarm, request: HttpRequest) -> Mapping[str, Any]:
    """Why a door was forced, and who stood by."""
    user, full = who(request), _may_read(alarm, who(request))
    if full:
        record_read(ENTRY, alarm, actor=user, at=now(), purpose=alarm.number)
    return {"entries": entries_of(alarm), "full": full}


def findings(alarm: Alarm, request: HttpRequest) -> Mapping[str, Any]:
    """The number, the words and the place that a stranger sent."""
    user, full = who(request), _may_read(alarm, who(request))
    if full:
        record_read(FOUND, alarm, actor=user, at=now(), purpose=alarm.number)
    return {"findings": findings_of(alarm) if full else (), "full": full}


def _may_read(alarm: Alarm, user: User) -> bool:
    """Whoever holds it, and whoever reviews."""
    if alarm.is_open and alarm.agent_id == user.pk:
        return True
    return user.may("alarms.review") and Alarm.objects.within(user.scope("alarms.review")).filter(pk=alarm.pk).exists()  # fmt: skip
