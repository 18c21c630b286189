"""Caring calls: answered, tried again, and the visit that follows when nobody answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Annotated

from django.utils.translation import gettext_lazy as _

from songhe.areas.caring.actions.common import NOTHING, Needs, Signs, Words, known, line, still_open, tell
from songhe.areas.caring.actions.outcomes import follow
from songhe.areas.caring.limits import terms
from songhe.areas.caring.models import Caring, Outcome, State
from songhe.areas.caring.queries import going
from songhe.areas.caring.rules import Way
from songhe.core.codes import span
from songhe.core.codes.region import TOWN, at_level
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.engines.vault.api import seal
from songhe.kit.days import day_of
from songhe.kit.fields import Field

Called = Callable[[Caring, Actor, datetime], None]
CALLED: list[Called] = []
"""What areas above do in the same act when somebody was reached: an order or a complaint of what is needed."""


def when_called(hook: Called) -> Called:
    """Let an area above go on with what somebody needs: ``hook(caring, actor, at)``, inside the act, for visits and calls."""
    CALLED.append(hook)
    return hook


@act("caring.call")
def enter_call(
    caring: Caring,
    *,
    actor: Actor,
    at: datetime,
    outcome: Annotated[Outcome, Field(label=_("Outcome"), radio=True)],
    needs: Needs = NOTHING,
    signs: Signs = NOTHING,
    back: Annotated[
        date | None, Field(label=_("Back home on"), help=_("In hospital or away: where, if known"))
    ] = None,
    words: Words = "",
) -> Caring:
    """Enter what came of a call. Nobody there: it is tried again, and then somebody goes there within hours."""
    if caring.way != Way.CALL:
        raise Refused("no_call", "This is a visit. Enter it on the visit's own form.")
    still_open(caring)
    if outcome == Outcome.NOBODY:
        return _tried(caring, actor=actor, at=at)
    settled(caring, Outcome(outcome), needs, signs, words, back, actor=actor, at=at)
    caring.save()
    tell(caring, at)
    return caring


@act("caring.call")
def link_order(
    caring: Caring, *, actor: Actor, at: datetime, number: Annotated[str, Field(label=_("Number"), size=40)]
) -> Caring:
    """Keep the number of the order or complaint that a need led to."""
    caring.order_number = line(number, "number", needed=True)[:40]
    caring.save()
    return caring


def settled(
    caring: Caring, outcome: Outcome, needs: list[str], signs: list[str], words: str, back: date | None, *, actor: Actor, at: datetime
) -> None:  # fmt: skip
    """Fill in what came of a visit or call; whoever needs something says what."""
    told = line(words, "words")
    caring.needs, caring.signs = known(needs, "needs"), known(signs, "signs")
    if outcome == Outcome.NEEDS and not caring.needs:
        raise Refused("say_what", "Say what is needed.", field="needs")
    caring.outcome, caring.state = (
        (Outcome.NEEDS if caring.needs and outcome == Outcome.FINE else outcome),
        State.DONE,
    )
    caring.done_at, caring.told_at, caring.done_by_id, caring.done_by = at, at, actor.id, actor.name[:80]
    if told:
        caring.words_sealed = seal(caring.person_id, told)
    caring.save()
    follow(caring, outcome, told, back, actor=actor, at=at)
    if caring.needs:
        for hook in CALLED:
            hook(caring, actor, at)


def _tried(caring: Caring, *, actor: Actor, at: datetime) -> Caring:
    caring.tries += 1
    if caring.tries < terms().tries:
        caring.state, caring.next_at = State.AGAIN, at + timedelta(minutes=terms().again_minutes)
    else:
        caring.state, caring.next_at, caring.outcome = State.UNREACHED, None, Outcome.NOBODY
        caring.done_at, caring.told_at, caring.done_by_id, caring.done_by = at, at, actor.id, actor.name[:80]
        made = visit_after(caring, at)
        add_detail(visit=str(made.pk), helper=str(made.helper_id or ""))
    caring.save()
    tell(caring, at)
    return caring


def visit_after(caring: Caring, at: datetime) -> Caring:
    """The visit that follows a call nobody answered; the paired helper goes, within hours."""
    day, (low, high) = day_of(at), span(at_level(caring.region_id, TOWN))
    with elevated():  # the helper may live in the next village
        may = going.who_may({caring.person_id: caring.region_id}, low, high, day)[caring.person_id]
        load = going.open_loads(may, day, day + timedelta(days=2))
        paired = bool(going.paired([caring.person_id], day))
        chosen = (
            next(iter(may), None) if paired else min(may, key=lambda one: (load[one], str(one)), default=None)
        )
        made: Caring = Caring.everywhere.create(
            person_id=caring.person_id, region_id=caring.region_id, group=caring.group, way=Way.VISIT, since=day,
            until=day + timedelta(days=2), planned_on=day, due_at=at + timedelta(hours=terms().visit_hours), helper_id=chosen,
            from_call=caring,
        )  # fmt: skip
    tell(made, at)
    return made
