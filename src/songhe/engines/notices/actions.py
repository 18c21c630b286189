"""What people do about messages: stopping one, and sending one again."""

from __future__ import annotations

from datetime import datetime

from songhe.core.refusal import Refused
from songhe.engines.access.actor import Actor
from songhe.engines.access.scope import elevated
from songhe.engines.acts.api import act
from songhe.engines.notices.book import book
from songhe.engines.notices.course import due, end, step
from songhe.engines.notices.models import Notice, State, Step, Why
from songhe.engines.notices.telling import wake


@act("notices.manage")
def stop_sending(notice: Notice, *, actor: Actor, at: datetime) -> Notice:
    """Send it no further; what a provider has already accepted still arrives."""
    if not notice.is_open:
        raise Refused("message_ended", "This message has ended already. There is nothing to stop.")
    done = end(notice, State.STOPPED, at, Why.BY_HAND)
    notice.save()
    _kept(done)
    return notice


@act("notices.manage")
def send_again(notice: Notice, *, actor: Actor, at: datetime) -> Notice:
    """Send it anew from the first channel on, under new ids: it is meant to arrive twice."""
    form = book().templates.get(notice.template)
    if notice.is_open or form is None:
        raise Refused("message_open", "This message is still on its way. Wait for its end, or stop it first.")
    if not notice.channels:
        raise Refused(
            "message_no_way",
            "This message has no channel to its recipient. Correct the number or the consent first.",
        )
    if not notice.text_sealed:
        raise Refused("message_gone", "The text of this message is no longer kept. Write a new one.")
    notice.round, notice.rung = notice.round + 1, 0
    notice.state, notice.why, notice.ended_at, notice.arrived_at = State.WAITING, "", None, None
    notice.expires_at = at + form.worth
    notice.next_at = due(notice, at)
    notice.save()
    _kept(step(notice, Step.What.AGAIN, at, channel=notice.channel))
    with elevated():  # the reader's own box and pages
        wake([notice], at)
    return notice


def _kept(done: Step) -> None:
    done.save(force_insert=True)
