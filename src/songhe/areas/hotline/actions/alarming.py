"""What a call leads to where somebody is in danger: an alarm, which has its own course from then on."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.utils.translation import gettext_lazy as _

from songhe.areas.alarms.api import Alarm, Source, cry, kind_choices
from songhe.areas.hotline.actions.common import words_of
from songhe.areas.hotline.actions.triage import Triaged
from songhe.areas.hotline.city import branch_of
from songhe.areas.hotline.models import Call
from songhe.areas.providers.api import said
from songhe.areas.registry.api import Person
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, add_detail
from songhe.kit.fields import Field

USUAL = "call"
WORDS_MOST = 900


def _kinds(row: Any, user: Any) -> list[tuple[str, str]]:
    return kind_choices(row, user)


@act("alarms.raise")
def raise_alarm(
    call: Call,
    *,
    actor: Actor,
    at: datetime,
    kind: Annotated[str, Field(label=_("What happened"), choices=_kinds)] = USUAL,
    person: Annotated[Person | None, Field(label=_("Person"))] = None,
    words: Annotated[str, Field(label=_("What is known"), long=True, size=WORDS_MOST)] = "",
) -> Alarm:
    """Raise an alarm out of a call; it rings with every agent, and whoever is free sends help while this one talks on."""
    if call.alarm_id is not None:
        raise Refused("alarm_raised", "This call has raised an alarm already. Look at the alarm.")
    if kind not in dict(kind_choices()):
        raise Refused("no_such_choice", "This is not one of the choices. Choose from the list.", field="kind")
    return alarm_of(call, person or call.person, kind=kind, words=words, actor=actor, at=at)


def alarm_of(
    call: Call, person: Person | None, *, kind: str, words: str, actor: Actor, at: datetime
) -> Alarm:
    """Inside an act: the alarm of a call. A home that has an open one keeps it, and it rings again."""
    told = words_of(words, field="words", most=WORDS_MOST)
    alarm = cry(
        kind, actor=actor, at=at, source=Source.CALL, person=person, region_id=call.region_id, words=told
    )
    call.alarm = alarm
    call.save(update_fields=["alarm"])
    add_detail(alarm=alarm.number)
    return alarm


def kind_of(matter: str) -> str:
    """What an alarm is called that a branch of the call tree leads to."""
    branch = branch_of(matter)
    return (branch.alarm if branch else "") or USUAL


def told_of(matter: str, triaged: Triaged | None, note: str) -> str:
    """What the desk knows at this moment, in a few lines: the branch, the answers that weigh, the note."""
    branch = branch_of(matter)
    lines = [said(branch.label)] if branch else []
    lines += triaged.reasons if triaged else []
    return "\n".join([*lines, note.strip()]).strip()[:WORDS_MOST]
