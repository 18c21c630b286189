"""Ending alarms with a reason, opening them again, and the review by somebody else."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.utils.translation import gettext_lazy as _

from songhe.areas.alarms import limits
from songhe.areas.alarms.actions import common, errands, telling, visiting
from songhe.areas.alarms.limits import terms
from songhe.areas.alarms.models import Alarm, AlarmState, Response
from songhe.areas.alarms.queries.course import calls_of
from songhe.areas.alarms.queries.person import known, ladder
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, Scope, elevated
from songhe.engines.acts.api import act, four_eyes
from songhe.kit.fields import Field


def _others(alarm: Alarm, user: Actor) -> Any:
    rows = Alarm.objects.within(user.scope("alarms.answer"))
    return rows.exclude(pk=alarm.pk).exclude(outcome=AlarmState.DUPLICATE).order_by("-raised_at")


Other = Annotated[Alarm, Field(label=_("The same as"), among=_others)]
Words = Annotated[str, Field(label=_("What happened and what was done"), long=True)]


@act("alarms.answer")
def resolve(
    alarm: Alarm,
    *,
    actor: Actor,
    at: datetime,
    reason: Annotated[str, Field(label=_("How it ended"), choices=limits.reason_choices("resolve"))],
    words: Words,
) -> Alarm:
    """End an alarm in which help was given."""
    return _ended(alarm, "resolve", reason, words, actor=actor, at=at, passed=("reason",))


@act("alarms.answer")
def call_false(
    alarm: Alarm,
    *,
    actor: Actor,
    at: datetime,
    reason: Annotated[str, Field(label=_("False alarm cause"), choices=limits.reason_choices("call_false"))],
    words: Words,
) -> Alarm:
    """End a false alarm; only after somebody who knows was spoken to, or somebody has looked."""
    return _ended(alarm, "call_false", reason, words, actor=actor, at=at, passed=("reason", *_reached(alarm)))


@act("alarms.answer")
def call_test(
    alarm: Alarm,
    *,
    actor: Actor,
    at: datetime,
    reason: Annotated[str, Field(label=_("Why it was tested"), choices=limits.reason_choices("call_test"))],
    words: Annotated[str, Field(label=_("What happened and what was done"), long=True)] = "",
) -> Alarm:
    """End an alarm that was a test; only after somebody said so."""
    return _ended(alarm, "call_test", reason, words, actor=actor, at=at, passed=("reason", *_reached(alarm)))


@act("alarms.answer")
def give_up(
    alarm: Alarm,
    *,
    actor: Actor,
    at: datetime,
    reason: Annotated[
        str, Field(label=_("Why nobody was reached"), choices=limits.reason_choices("give_up"))
    ],
    words: Words,
) -> Alarm:
    """End an alarm in which nobody was reached: each kind of call that can be made was made, and somebody has looked on the
    spot."""
    common.holds(alarm, actor)
    calls = calls_of(alarm)
    tried = {one.rung for one in calls}
    missing = [
        one.label
        for one in ladder(alarm, known(alarm, at=at, scope=Scope.EVERYTHING), calls)
        if one.code not in tried
    ]
    if missing and not alarm.provisional:
        raise Refused("not_called", "Call first, and enter the outcome: {names}.", names=", ".join(missing))  # fmt: skip
    with elevated():  # the whole course counts
        looked = Response.everywhere.filter(alarm_id=alarm.pk, arrived_at__isnull=False).exists()
    passed = ("reason", "ladder", "looked") if alarm.provisional or looked else ("reason", "ladder")
    return _ended(alarm, "give_up", reason, words, actor=actor, at=at, passed=passed)


@act("alarms.answer")
def call_duplicate(
    alarm: Alarm,
    *,
    actor: Actor,
    at: datetime,
    same: Other,
    reason: Annotated[
        str, Field(label=_("Reason"), choices=limits.reason_choices("call_duplicate"))
    ] = "same",
) -> Alarm:
    """End an alarm that is handled as another one."""
    if same.pk == alarm.pk:
        raise Refused(
            "itself", "An alarm cannot be a duplicate of itself. Choose the other one.", field="same"
        )
    return ended_as(same, alarm, reason, actor=actor, at=at)


@act("alarms.answer")
def reopen(
    alarm: Alarm,
    *,
    actor: Actor,
    at: datetime,
    reason: Annotated[str, Field(label=_("Reason"), choices=limits.reason_choices("reopen"))],
) -> Alarm:
    """Go on with an alarm that had ended; whoever does so holds it."""
    if alarm.is_open:
        raise Refused("open", "This alarm is open. Go on with it.")
    with elevated():  # whoever may act on the alarm writes its course; the home may have another by now
        other = Alarm.everywhere.filter(home_id=alarm.home_id, closed_at=None).first()
        if other is not None:
            raise Refused("another_open", "Alarm {number} from this home is still open. Continue with that one.", number=other.number)  # fmt: skip
        common.moved(alarm, "reopen", actor=actor, at=at, detail=reason)
        alarm.outcome = alarm.reason = alarm.verdict = ""
        alarm.closed_by_id, alarm.closed_by_name, alarm.same_as = None, "", None
        alarm.reviewed_at, alarm.reviewed_by_name, alarm.tries, alarm.level = None, "", 0, ""
        alarm.taken_at = alarm.taken_at or at
        common.acted(alarm, actor=actor, at=at)
        return common.settled(alarm, "reopened", at=at)


@act("alarms.review")
def review(
    alarm: Alarm,
    *,
    actor: Actor,
    at: datetime,
    verdict: Annotated[str, Field(label=_("Conclusion"), choices=limits.verdict_choices)],
    words: Annotated[str, Field(label=_("Review findings"), long=True)] = "",
) -> Alarm:
    """Review an alarm that somebody else has ended."""
    four_eyes(alarm.closed_by_id, actor)
    if verdict not in terms().verdicts:
        raise Refused(
            "no_such_verdict", "There is no such conclusion. Choose one from the list.", field="verdict"
        )
    clean = common.written(words, field="words")
    with elevated():  # as above
        common.moved(alarm, "review", actor=actor, at=at, passed=("four_eyes",), detail=verdict)
        alarm.verdict, alarm.reviewed_at, alarm.reviewed_by_name = verdict, at, actor.name[:80]
        alarm.review_sealed = common.sealed(alarm.owner_id, alarm, clean)
        return common.settled(alarm, "reviewed", at=at)


def needs_reason(code: str, reason: str) -> None:
    """Refuse a reason that the data do not name for a move."""
    if reason not in terms().reasons[code]:
        raise Refused("no_such_reason", "There is no such reason. Choose one from the list.", field="reason")


def ended_as(same: Alarm, alarm: Alarm, reason: str, *, actor: Actor, at: datetime) -> Alarm:
    """End an alarm, inside an act, that is handled as another one."""
    alarm.same_as = same
    return _ended(alarm, "call_duplicate", reason, same.number, actor=actor, at=at, passed=("reason", "other"))  # fmt: skip


def _ended(
    alarm: Alarm,
    code: str,
    reason: str,
    words: str,
    *,
    actor: Actor,
    at: datetime,
    passed: tuple[str, ...],
) -> Alarm:
    common.holds(alarm, actor)
    needs_reason(code, reason)
    clean = common.written(words, field="words", needed=code in ("resolve", "call_false", "give_up"))
    with elevated():  # whoever may act on the alarm writes its course
        common.moved(alarm, code, actor=actor, at=at, passed=passed, detail=reason)
        alarm.outcome, alarm.reason = alarm.state, reason
        alarm.closed_by_id, alarm.closed_by_name = actor.id, actor.name[:80]
        alarm.agent_id, alarm.agent_name = None, ""
        alarm.seen_at = alarm.acted_at = None
        if clean:
            told = f"{alarm.words}\n{clean}".strip()[-2000:]
            alarm.words_sealed = common.sealed(alarm.owner_id, alarm, told)
        for one in Response.everywhere.filter(
            alarm_id=alarm.pk, left_at=None, refused_at=None, lapsed_at=None
        ):
            one.due_at = None
            one.save(update_fields=["due_at"])
            errands.released(one, actor=actor, at=at)
            common.tell_responder(one, "over", at=at)
        telling.family(alarm, alarm.state, at=at)
        telling.taken_up(alarm, at=at)
        visiting.ended(alarm, clean, at=at)
        return common.settled(alarm, "ended", at=at)


def _reached(alarm: Alarm) -> tuple[str, ...]:
    """Whether somebody who knows was spoken to, or somebody was there."""
    return ("reached",) if alarm.reached_at is not None or alarm.arrived_at is not None else ()
