"""What an outcome leads to, the same for visits and calls."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from songhe.areas.caring.actions.pausing import begin_pause
from songhe.areas.caring.models import Caring, Outcome, PauseKind
from songhe.areas.registry.api import Death, Person, report_death
from songhe.core.refusal import Refused
from songhe.engines.access.api import Actor, elevated
from songhe.kit.days import day_of

PAUSES = {
    Outcome.IN_HOSPITAL: PauseKind.IN_HOSPITAL,
    Outcome.AWAY: PauseKind.AWAY,
    Outcome.MOVED: PauseKind.MOVED,
    Outcome.REFUSED: PauseKind.REFUSED,
}
AWAY_DAYS = 366


def follow(
    caring: Caring, outcome: Outcome, words: str, back: date | None, *, actor: Actor, at: datetime
) -> None:
    """Pause for whoever is not there or does not want it; a death is reported, for another to confirm."""
    if outcome not in PAUSES and outcome != Outcome.DIED:
        return
    if outcome == Outcome.REFUSED and not words:
        raise Refused("say_what", "Write down what the person said.", field="words")
    if back is not None and not day_of(at) < back <= day_of(at) + timedelta(days=AWAY_DAYS):
        raise Refused("term", "Choose a day after today and within a year.", field="back")
    with elevated():  # the person may be tied to the helper only; death and pause go to the office
        person = Person.everywhere.get(pk=caring.person_id)
        if outcome == Outcome.DIED:
            _report_death(person, actor=actor, at=at)
        else:
            kind = PAUSES[outcome]
            begin_pause(
                person,
                kind,
                back if kind in (PauseKind.IN_HOSPITAL, PauseKind.AWAY) else None,
                words,
                actor=actor,
                at=at,
            )


def _report_death(person: Person, *, actor: Actor, at: datetime) -> None:
    if person.is_living and not Death.everywhere.filter(person=person, state=Death.State.REPORTED).exists():
        report_death(person, actor=actor, at=at, died_on=day_of(at), source=Death.Source.VISIT)
