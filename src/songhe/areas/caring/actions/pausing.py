"""Pauses: somebody does not want visits, is in hospital or away."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated

from django.utils.translation import gettext_lazy as _

from songhe.areas.caring.actions.common import Words, line
from songhe.areas.caring.limits import terms
from songhe.areas.caring.models import OPEN, Caring, Dropped, Pause, PauseKind, State
from songhe.areas.registry.api import Death, Person, when_dead
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, elevated
from songhe.engines.acts.api import act, add_detail
from songhe.engines.vault.api import seal
from songhe.kit.days import day_of
from songhe.kit.fields import Field

Whom = Annotated[Person, Field(label=_("Person"))]


@act("caring.pause")
def pause(
    *,
    actor: Actor,
    at: datetime,
    person: Whom,
    kind: Annotated[PauseKind, Field(label=_("Reason"))],
    until: Annotated[
        date | None,
        Field(label=_("Until"), help=_("The first day on which visits resume; leave empty if not known")),
    ] = None,
    words: Words = "",
) -> Pause:
    """Stop visits and calls for a while; a refusal is written down in the person's own words and asked again later."""
    if until is not None and not day_of(at) < until <= day_of(at) + timedelta(days=366):
        raise Refused("term", "Choose a day after today and within a year.", field="until")
    return begin_pause(
        person,
        PauseKind(kind),
        until,
        line(words, "words", needed=kind == PauseKind.REFUSED),
        actor=actor,
        at=at,
    )


@act("caring.pause")
def end_pause(pause: Pause, *, actor: Actor, at: datetime) -> Pause:
    """Visits go on from today; the next plan has the person again."""
    if pause.until is not None and pause.until <= day_of(at):
        raise Refused("pause_over", "This pause ended on {day}.", day=pause.until)
    pause.until = max(day_of(at), pause.since)
    pause.save()
    return pause


def begin_pause(
    person: Person, kind: PauseKind, until: date | None, words: str, *, actor: Actor, at: datetime
) -> Pause:
    """A pause from today, in the place of one that holds; what was planned in it is called off."""
    day = day_of(at)
    with elevated():  # whoever reports it may not reach the office's rows
        Pause.everywhere.filter(person=person, until=None).update(until=day)
        made: Pause = Pause.everywhere.create(
            person=person, region_id=person.region_id, kind=kind, since=day, until=until, by=actor.name[:80], at=at,
            ask_on=day + timedelta(days=terms().ask_again_days) if kind == PauseKind.REFUSED else until,
            words_sealed=seal(person.pk, words) if words else b"",
        )  # fmt: skip
        rows = Caring.everywhere.filter(person=person, state__in=OPEN)
        if until is not None:
            rows = rows.filter(until__lte=until)
        dropped = rows.update(state=State.DROPPED, dropped=Dropped.PAUSED)
    add_detail(pause=str(made.pk), dropped=dropped)
    return made


@when_dead
def _end_with_life(person: Person, death: Death, actor: Actor, at: datetime) -> None:
    """Nobody is sent to somebody who died."""
    Caring.everywhere.filter(person=person, state__in=OPEN).update(state=State.DROPPED, dropped=Dropped.DIED)
    Pause.everywhere.filter(person=person, until=None).update(until=day_of(at))
