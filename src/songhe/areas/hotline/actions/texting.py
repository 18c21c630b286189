"""Answers of a caller who cannot hear: they come as text messages and stand in the call."""

from __future__ import annotations

import hashlib
from datetime import datetime

from songhe.areas.hotline.actions.calls import TOPIC, write_line
from songhe.areas.hotline.informing import LINE, line_of
from songhe.areas.hotline.models import TextLine
from songhe.engines.access.api import SYSTEM
from songhe.engines.live.api import publish
from songhe.engines.notices.api import Notice, when_answered
from songhe.engines.vault.api import open_keys


@when_answered(LINE, talk=True)
def hear_line(notice: Notice, text: str, at: datetime) -> None:
    """Keep what the caller answered; the same words to the same line are one answer, since providers tell some twice. Of somebody
    who was erased nothing is kept."""
    line = TextLine.everywhere.filter(pk=line_of(notice)).select_related("call").first()
    if line is None or not text or not open_keys([line.call.owner_id]):
        return
    call, digest = line.call, hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:24]
    write_line(call, actor=SYSTEM, at=at, words=text, incoming=True, key=f"{line.pk}:{digest}")
    publish(TOPIC, call.region_id, {"call": str(call.pk), "what": "line"}, at=at, holder_id=call.agent_id)
