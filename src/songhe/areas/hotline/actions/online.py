"""A call on the telephone line becomes a call of the desk."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from songhe.areas.hotline.actions.calls import answer
from songhe.areas.hotline.models import Call, Channel
from songhe.areas.lines.api import Media, OnLine, link
from songhe.core.codes import parse_phone
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act


@act("hotline.answer")
def open_line(session: OnLine, *, actor: Actor, at: datetime) -> Call:
    """Take the call of a session, with its number; opened twice, it is the same call."""
    known = _known(session)
    if known is None:
        channel = Channel.TEXT if session.media == Media.TEXT else Channel.PHONE
        try:
            with transaction.atomic():  # another tab may open it in the same moment
                known = answer(
                    actor=actor, at=at, number=_number(session.number), channel=channel, line_id=session.id
                )
        except IntegrityError:
            known = _known(session)
            assert known is not None, "whoever was quicker has opened it"
    with elevated():  # the exchange may stand with another region than the agent answers for
        link(session.id, known.pk, at=at)
    return known


def _known(session: OnLine) -> Call | None:
    with elevated():
        return Call.everywhere.filter(line_id=session.id).first()


def _number(number: str) -> str:
    """The number as the desk keeps it; none where it comes from abroad, and then the line's own page shows it."""
    try:
        return parse_phone(number).dialled if number else ""
    except Refused:
        return ""
