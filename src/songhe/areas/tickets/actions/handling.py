"""What the desk does with a case of 12345."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.utils.translation import gettext_lazy as _

from songhe.areas.hotline import api as hotline
from songhe.areas.tickets.actions.common import moved, said
from songhe.areas.tickets.actions.outbox import tell
from songhe.areas.tickets.models import OPEN, CaseState, CityCase
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act
from songhe.engines.vault.api import seal
from songhe.kit.fields import Field

HANDLE = "tickets.handle"


@act(HANDLE)
def take_up(row: CityCase, *, actor: Actor, at: datetime) -> CityCase:
    """Take a case into one's hands; 12345 is told."""
    moved(row, "take_up", actor=actor, at=at)
    row.handler_id, row.handler = actor.id, actor.name[:80]
    row.save()
    tell(row, "accepted", str(_("Taken up")), actor=actor, at=at)
    return row


@act(HANDLE)
def open_at_desk(row: CityCase, *, actor: Actor, at: datetime) -> CityCase:
    """Open a call at the desk for whoever asked 12345; what is ordered or complained of there belongs to this case."""
    _in_hand(row)
    if row.call_id is not None:
        raise Refused("opened", "A call was opened for this case already. Open that one.")
    number = row.caller if row.number_masked != "***" else ""
    row.call = hotline.answer(actor=actor, at=at, number=number)
    row.save()
    return row


@act(HANDLE)
def note_progress(
    row: CityCase, *, actor: Actor, at: datetime, words: Annotated[str, Field(label=_("Progress"), long=True, size=1000)]
) -> CityCase:  # fmt: skip
    """Tell 12345 how far a case has come."""
    _in_hand(row)
    tell(row, "progress", said(words, "words", most=1000), actor=actor, at=at)
    return row


@act(HANDLE)
def answer(
    row: CityCase, *, actor: Actor, at: datetime, words: Annotated[str, Field(label=_("Answer"), long=True, size=2000)]
) -> CityCase:  # fmt: skip
    """Answer 12345; the caller is called back by 12345 itself."""
    clean = said(words, "words")
    moved(row, "answer", actor=actor, at=at)
    row.answer_sealed, row.answered_at = seal(row.pk, clean), at
    row.save()
    tell(row, "answered", clean, actor=actor, at=at)
    return row


@act(HANDLE)
def send_back(
    row: CityCase, *, actor: Actor, at: datetime, reason: Annotated[str, Field(label=_("Why it is not ours"), long=True, size=400)]
) -> CityCase:  # fmt: skip
    """Send a case back that is not ours to answer."""
    clean = said(reason, "reason", most=400)
    if row.call_id is not None:
        raise Refused("begun", "A call was opened for this case. Answer it instead of sending it back.")
    moved(row, "send_back", actor=actor, at=at, note=clean)
    row.closed_at = at
    row.save()
    tell(row, "sent_back", clean, actor=actor, at=at)
    return row


def _in_hand(row: CityCase) -> None:
    if row.state in OPEN and row.state != CaseState.IN_HAND:
        raise Refused("not_taken_up", "Take the case up first.")
    if row.state != CaseState.IN_HAND:
        raise Refused("not_in_hand", "This case is not in hand any more.")
