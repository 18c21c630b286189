"""What areas do at once when a death is confirmed, and when it is taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from songhe.areas.registry.models import Death, Person
from songhe.engines.access.api import Actor, elevated

Effect = Callable[[Person, Death, Actor, datetime], None]
_DEAD: list[Effect] = []
_LIVING: list[Effect] = []


def when_dead(effect: Effect) -> Effect:
    """Let an area stop what has no receiver any more: ``effect(person, death, actor, at)``, inside the act."""
    _DEAD.append(effect)
    return effect


def when_living(effect: Effect) -> Effect:
    """Let an area undo that when the death was a mistake."""
    _LIVING.append(effect)
    return effect


def died(person: Person, death: Death, *, actor: Actor, at: datetime) -> None:
    """Tell every area of a confirmed death; all of it or nothing happens."""
    with elevated():  # what ends may lie in the next village, or with any organisation
        for effect in _DEAD:
            effect(person, death, actor, at)


def lives(person: Person, death: Death, *, actor: Actor, at: datetime) -> None:
    """Tell every area that a confirmed death was taken back."""
    with elevated():  # as above
        for effect in _LIVING:
            effect(person, death, actor, at)
