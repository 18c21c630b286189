"""Tones and conditions that the screens of providers share."""

from __future__ import annotations

from typing import Any

from songhe.areas.providers.models import (
    State,
    Worker,
)
from songhe.engines.access.api import Scope
from songhe.kit.clock import today
from songhe.kit.who import who

STATE_TONES = {"active": "ok", "suspended": "warn", "closed": "muted"}
FIRE_TONES = {"passed": "ok", "filed": "ok", "pending": "warn", "failed": "danger"}


def scope_of(request: Any) -> Scope:
    found: Scope = who(request).scope("providers.view")
    return found


def is_open(row: Any, user: Any) -> bool:
    return bool(row.state != State.CLOSED)


def is_here(row: Worker, user: Any) -> bool:
    return row.employed(today()) or row.since > today()
