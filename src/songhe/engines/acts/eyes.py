"""Who prepares may not approve."""

from __future__ import annotations

from uuid import UUID

from songhe.core.refusal import Refused
from songhe.engines.access.actor import Actor


def four_eyes(prepared_by_id: UUID | None, actor: Actor) -> None:
    """Refuse an approval by the person who prepared it."""
    if prepared_by_id is not None and prepared_by_id == actor.id:
        raise Refused(
            "same_person", "You prepared this yourself, so somebody else must approve it.", rule="four-eyes"
        )
