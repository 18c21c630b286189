"""Seeing, taking and holding an alarm, and losing it to the next agent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from songhe.areas.alarms import limits
from songhe.areas.alarms.actions import common, telling, visiting
from songhe.areas.alarms.limits import terms
from songhe.areas.alarms.models import Alarm, AlarmState, Attempt
from songhe.areas.alarms.queries.person import Health, health
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, Scope, elevated
from songhe.engines.acts.api import act, record_read
from songhe.engines.regions.ids import uuid7
from songhe.kit.fields import Field


@act("alarms.answer")
def take(alarm: Alarm, *, actor: Actor, at: datetime) -> Alarm:
    """Take an alarm, or take it over from whoever holds it; of two who take it at the same moment one is refused."""
    common.still_open(alarm)
    if alarm.agent_id == actor.id:
        return alarm
    if alarm.agent_id is not None and alarm.rings_from is None:
        raise Refused(
            "taken", "{name} has just taken it. Take over once it rings again.", name=alarm.agent_name
        )
    with elevated():  # whoever may act on the alarm writes its course
        if alarm.state == AlarmState.RAISED:
            common.moved(alarm, "take", actor=actor, at=at)
        else:
            common.step(alarm, "take_over", actor=actor, at=at).save(force_insert=True)
        alarm.shown_at = alarm.shown_at or at
        alarm.taken_at = alarm.taken_at or at
        telling.answered(alarm, at=at)
        telling.taken_up(alarm, at=at)
        common.acted(alarm, actor=actor, at=at)
        visiting.answered(alarm, at=at)
        return common.settled(alarm, "taken", at=at)


@act("alarms.answer")
def hear(alarm: Alarm, *, actor: Actor, at: datetime) -> Alarm:
    """Quiet an alarm that rings again, since the agent who holds it has noticed."""
    common.holds(alarm, actor)
    with elevated():  # as above
        common.step(alarm, "heard", actor=actor, at=at).save(force_insert=True)
        telling.answered(alarm, at=at)
        common.acted(alarm, actor=actor, at=at)
        return common.settled(alarm, "heard", at=at)


@act("alarms.answer")
def note_call(
    alarm: Alarm,
    *,
    actor: Actor,
    at: datetime,
    rung: Annotated[str, Field(label=_("Who was called"), choices=limits.rung_choices)],
    answer: Annotated[str, Field(label=_("What came of it"), choices=limits.answer_choices)],
    name: Annotated[str, Field(label=_("Name"), size=80)] = "",
    contact: Annotated[str, Field(label=_("Who"), hidden=True)] = "",
    words: Annotated[str, Field(label=_("What was said"), long=True)] = "",
) -> Alarm:
    """Enter one call of the verification, whatever came of it."""
    common.holds(alarm, actor)
    known = terms().answers.get(answer)
    if known is None or rung not in {one.code for one in terms().verify}:
        raise Refused("no_such_answer", "There is no such answer. Choose one from the list.", field="answer")
    clean = common.written(words, field="words", most=400)
    with elevated():  # as above
        made = Attempt(
            id=uuid7(), alarm_id=alarm.pk, region_id=alarm.region_id, rung=rung, contact_id=common.key_of(contact),
            name=common.written(name, field="name", most=80), answer=answer, reached=known.reached, at=at, by_id=actor.id,
            by_name=actor.name[:80], owner_id=alarm.owner_id, words_sealed=common.sealed(alarm.owner_id, alarm, clean),
        )  # fmt: skip
        made.save(force_insert=True)
        if known.reached:
            alarm.reached_at = alarm.reached_at or at
        common.acted(alarm, actor=actor, at=at)
        return common.settled(alarm, "called", at=at)


def open_health(alarm: Alarm, *, actor: Actor, at: datetime, purpose: str) -> Health:
    """Show whoever handles an alarm the diseases and medicines that are known; logged as a sensitive read with its purpose."""
    common.holds(alarm, actor)
    if len(purpose.strip()) < 2:
        raise Refused(
            "purpose_missing", "Say what the data is needed for. The purpose is logged.", field="purpose"
        )
    record_read("alarms.open_health", alarm, actor=actor, at=at, purpose=purpose.strip()[:200])
    return health(alarm, at=at)


def shown(ids: Iterable[UUID], *, scope: Scope, at: datetime) -> int:
    """Note which alarms a page has on screen; the first page of all counts."""
    rows = Alarm.objects.within(scope).filter(pk__in=list(ids)[:200], shown_at=None, closed_at=None)
    return rows.update(shown_at=at)


def present(actor: Actor, *, at: datetime) -> int:
    """A sign of the agent's page: nobody takes away what the agent holds. Returns how many alarms that is.

    One statement, sent often; the clock finds the sign when it looks at the alarm next, and waits on.
    """
    with elevated():  # only alarms that are the actor's own
        return _signed([actor.id], at=at)


def signed(agents: Iterable[UUID], *, at: datetime) -> set[UUID]:
    """The signs of many pages at once; returns those of the agents who hold something."""
    ids = list(agents)
    with elevated():  # as above
        _signed(ids, at=at)
        held = Alarm.everywhere.filter(agent_id__among=ids, closed_at=None)
        return {key for key in held.values_list("agent_id", flat=True) if key is not None}


def _signed(agents: list[UUID], *, at: datetime) -> int:
    mine = Alarm.everywhere.filter(agent_id__among=agents, closed_at=None, seen_at__lt=at)
    return mine.update(seen_at=at)
