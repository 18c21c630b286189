"""Marking helpers as under way, for the areas that send them."""

from __future__ import annotations

from datetime import datetime

from songhe.areas.grid.models import Helper
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act


@act("grid.send")
def engage(helper: Helper, *, actor: Actor, at: datetime, until: datetime, what: str) -> Helper:
    """Mark a helper as under way, so that others are asked first; ``what`` is the number of the case."""
    helper.busy_until, helper.busy_with = until, what[:40]
    helper.save(update_fields=["busy_until", "busy_with"])
    return helper


@act("grid.send")
def release(helper: Helper, *, actor: Actor, at: datetime, what: str) -> Helper:
    """The helper is free again, unless something else was begun meanwhile."""
    if helper.busy_with == what[:40]:
        helper.busy_until, helper.busy_with = None, ""
        helper.save(update_fields=["busy_until", "busy_with"])
    return helper
