"""Listening to a recording: never without a reason that is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.utils.translation import gettext_lazy as _

from songhe.areas.lines.models import Session
from songhe.core.refusal import Refused
from songhe.core.text import normalise
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, record_read
from songhe.engines.vault.api import reveal_json
from songhe.kit.fields import Field


@act("lines.listen")
def listen(
    session: Session,
    *,
    actor: Actor,
    at: datetime,
    purpose: Annotated[str, Field(label=_("Purpose"), help=_("Is kept with your name"), size=200)],
) -> list[str]:
    """The exchange's references of the recordings; who asked, and what for, is kept."""
    words = normalise(purpose, field="purpose")
    if not words:
        raise Refused("purpose", "Say why you are listening. It is kept with your name.", field="purpose")
    if not session.recordings:
        raise Refused("no_recording", "The exchange reported no recording of this call.")
    record_read("lines.heard_recording", session, actor=actor, at=at, purpose=words)
    found: list[str] = reveal_json(session.pk, session.recordings_sealed)
    return found
