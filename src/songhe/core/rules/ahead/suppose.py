"""What would be more were one fact another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from songhe.core.labels import Label
from songhe.core.rules.ahead.kinds import Asked, Difference, Facts, Supposed
from songhe.core.rules.ahead.view import Moment, View
from songhe.core.rules.document import Document
from songhe.core.rules.outcome import Scalar, Tags

FEW = 10
"""How far apart the ends of a fact's range lie at most for each of its values to be tried."""


def supposed(asked: Asked, today: date, hold: Callable[[Tags, str], Tags]) -> tuple[Supposed, ...]:
    """What would be more this month were one fact another. ``hold`` gives the tags of who belongs to one more group."""
    view, now = View(asked), Moment.of(today)
    found: list[Supposed] = []
    own = asked.members[asked.me].on(today)
    have = view.all(own, now)
    for guess, facts in _guesses(view.documents(today), own, hold):
        would = view.all(facts, now)
        told = {code: (have[code], would[code]) for code in have if have[code].key != would[code].key}
        differences = tuple(Difference(view.rule(code, now), *pair) for code, pair in told.items())
        gains = any(one.after.value and (one.more is None or one.more > 0) for one in differences)
        if gains and not (found and _same(found[-1], guess, differences)):
            found.append(
                Supposed(
                    guess.what, guess.name, guess.label, guess.bring, guess.value, guess.unit, differences
                )
            )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Guess:
    what: Literal["fact", "tag"]
    name: str
    label: Label
    bring: Label
    value: Scalar
    unit: str | None = None


def _guesses(
    documents: Iterable[Document], own: Facts, hold: Callable[[Tags, str], Tags]
) -> Iterator[tuple[_Guess, Facts]]:
    """Groups one does not belong to, answers that are not yes, and other grades of what has few."""
    seen: set[str] = set()
    tags = own.get("tags")
    held = tags if isinstance(tags, Tags) else Tags(frozenset())
    for document in documents:
        for tag in document.tags.values():
            if tag.code not in held.held and f"tag:{tag.code}" not in seen:
                seen.add(f"tag:{tag.code}")
                yield (
                    _Guess("tag", tag.code, tag.label, tag.bring, True),
                    {**own, "tags": hold(held, tag.code)},
                )
        for fact in document.facts.values():
            if fact.code in seen:
                continue
            seen.add(fact.code)
            few = fact.kind == "whole" and fact.most - fact.least <= FEW
            values: Iterable[Scalar] = range(fact.least, fact.most + 1) if few else ()
            for value in (True,) if fact.kind == "yes_no" else values:
                if value != own.get(fact.code) or own.get(fact.code) is None:
                    guess = _Guess("fact", fact.code, fact.label, fact.bring, value, fact.unit)
                    yield guess, {**own, fact.code: value}


def _same(last: Supposed, guess: _Guess, differences: tuple[Difference, ...]) -> bool:
    """Whether a further grade of the same fact would give nothing else."""
    given = [(one.rule.code, one.after.key) for one in differences]
    return last.name == guess.name and [(one.rule.code, one.after.key) for one in last.differences] == given
