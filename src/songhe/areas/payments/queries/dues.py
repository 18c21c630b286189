"""Working out what every grant of a run is due, month by month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

import numpy as np

from songhe.areas.entitlement.api import OWED, STATES, Finder, Holdings, Readings, Received
from songhe.areas.payments.queries.facts import PERSONS, Bodies, Facts, is_money
from songhe.areas.payments.rules.differences import (
    ENDED,
    KEPT,
    NO_POLICY,
    PAYABLE,
    PENDING,
    Array,
    Differences,
    Due,
    Posted,
    differences,
    month_number,
)
from songhe.core.codes.region import span
from songhe.core.days import month_end
from songhe.core.rules import Document, Rule, standing
from songhe.core.rules.many import Decided, decide_all

SUSPENDED, OWING = STATES.index("suspended"), (OWED.index("owed"), OWED.index("paid"))


@dataclass(frozen=True, slots=True)
class Part:
    """What one document decided for some persons or bodies in one month, for whoever checks it. ``persons`` are rows of
    the ``readings`` that it saw."""

    readings: Readings | Holdings
    document: Document
    month: date
    persons: Array
    decided: Mapping[str, Decided]


@dataclass(slots=True)
class Worked:
    """Differences of each month by its number, the grants' rows that wait for a document, and what decided."""

    months: dict[int, Differences] = field(default_factory=dict)
    pending: dict[int, Array] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)


class Dues:
    """The dues of all grants of some facts under the documents whose places ``facts.policies`` gives: of the persons', or
    with ``side`` of the bodies'."""

    def __init__(self, facts: Facts, documents: Sequence[Document], side: Bodies | None = None) -> None:
        self.facts, self.documents = facts, documents
        self.side: Facts | Bodies = facts if side is None else side
        self.grants = self.side.granted
        self.readings: Readings | Holdings = self.side.readings
        self.person, known = Finder(self.readings.ids).rows(self.grants.person)
        self.known = known
        self.span_grant = Finder(self.grants.ids).rows(self.grants.span_grant)[0]

    def work(self) -> Worked:
        """All months of the window."""
        worked = Worked()
        for month in self.facts.months:
            number, due, parts = month_number(month), *self.month(month)
            this = number == int(self.facts.window[1])
            worked.months[number] = differences(due, self.posted(number), this_month=this)
            worked.pending[number] = np.flatnonzero(due.status == PENDING)
            worked.parts += parts
            self._receive(number, due)
        return worked

    def until(self, month: date) -> Readings | Holdings:
        """What the rules saw in a month: what is due for the months before counts as received."""
        for before in self.facts.months:
            if before >= month:
                break
            self._receive(month_number(before), self.month(before)[0])
        return self.readings

    def month(self, month: date) -> tuple[Due, list[Part]]:
        """What is due for one month, by the facts of its last day."""
        number, last = month_number(month), month_end(month)
        day = self.readings.day(last)
        dead = self.known.copy()
        dead[self.known] = ~day.lives_in(month)[self.person[self.known]]
        covered = self.known & ~dead & (self.grants.start <= number) & (number < self.grants.stop)
        suspended, owed = self._suspended(number)
        died = dead if self.side.kinds == PERSONS else np.zeros_like(dead)  # a site that closed did not die
        due = self._nothing(died, owed)
        due.status[~self.known] = KEPT  # merged into another entry: its grants are there
        due.status[covered & suspended & ~owed] = KEPT
        asked = covered & ~(suspended & ~owed)
        due.status[asked] = PENDING  # until a policy says something
        parts: list[Part] = []
        in_force = standing(self.documents, last)
        for place, document in enumerate(self.documents):
            if document in in_force:
                parts += self._decide(place, document, month, day.home, asked, due)
        return due, parts

    def posted(self, number: int) -> Posted:
        """What was posted for one month."""
        before, size = self.side.before, len(self.grants.ids)
        rows = before.month == number
        fen, policy = np.zeros(size, np.int64), np.full(size, NO_POLICY, np.int64)
        fen[before.grant[rows]] = before.fen[rows]
        policy[before.grant[rows]] = before.policy[rows]
        return Posted(fen, policy)

    def _receive(self, number: int, due: Due) -> None:
        """Let the months that follow know what is due for this one of rules that grant once in a year or a lifetime."""
        once = {
            self.places[code]: place for place, code in enumerate(self.readings.rules) if code in self.places
        }
        if not once:
            return
        amount = np.where(
            due.status == PAYABLE, due.fen, np.where(due.status == ENDED, 0, self.posted(number).fen)
        )
        rows = np.flatnonzero(np.isin(self.grants.benefit, list(once)) & (amount != 0) & self.known)
        before = self.readings.received
        places = np.array([once[place] for place in self.grants.benefit[rows].tolist()], np.int64)
        self.readings = replace(
            self.readings,
            received=Received(
                np.append(before.row, self.person[rows]),
                np.append(before.rule, places),
                np.append(before.month, np.full(len(rows), number)),
                np.append(before.amount, amount[rows]),
            ),
        )

    def _nothing(self, dead: Array, owed: Array) -> Due:
        size = len(self.grants.ids)
        return Due(
            status=np.full(size, ENDED, np.int8),
            fen=np.zeros(size, np.int64),
            case=np.zeros(size, np.int16),
            policy=np.full(size, NO_POLICY, np.int64),
            owed=owed,
            dead=dead,
        )

    def _suspended(self, number: int) -> tuple[Array, Array]:
        """Which grants are suspended in a month, and of which of them it is owed after all."""
        size = len(self.grants.ids)
        suspended, owed = np.zeros(size, bool), np.zeros(size, bool)
        holds = (self.grants.span_start <= number) & (number < self.grants.span_stop)
        grant = self.span_grant[holds]
        suspended[grant] = self.grants.span_state[holds] == SUSPENDED
        owed[grant] = np.isin(self.grants.span_owed[holds], OWING)
        return suspended, suspended & owed

    def _decide(
        self, place: int, document: Document, month: date, home: Array, asked: Array, due: Due
    ) -> Iterator[Part]:
        """Let one document decide: what a household receives once by itself, among those who have a grant of it."""
        low, high = span(document.region)
        here = asked & self._lives(home, low, high)
        rules = [
            rule
            for rule in document.rules
            if is_money(rule, self.side.kinds) and rule.holds(month_end(month))
        ]
        alone = [[rule] for rule in rules if rule.payee is not None]
        for group in (*alone, [rule for rule in rules if rule.payee is None]):
            grants = np.flatnonzero(
                here & np.isin(self.grants.benefit, [self.places[rule.code] for rule in group])
            )
            if len(grants):
                yield self._decided(place, document, month, group, grants, due)

    def _decided(
        self, place: int, document: Document, month: date, group: Sequence[Rule], grants: Array, due: Due
    ) -> Part:
        persons, which = np.unique(self.person[grants], return_inverse=True)
        last, codes = month_end(month), [rule.code for rule in group]
        holders = {code: self._held(persons, month) for code in codes if len(group) == 1}
        columns = self.readings.day(last).columns(document, persons, holders)
        decided = decide_all(document, columns, on=last, month=month, wanted=codes)
        for code, one in decided.items():
            mine = self.grants.benefit[grants] == self.places[code]
            rows, at = grants[mine], which[mine]
            due.fen[rows], due.case[rows], due.policy[rows] = one.values[at], one.cases[at], place
            unknown = np.zeros(len(rows), bool) if one.unknown is None else one.unknown[at]
            due.status[rows] = np.where(unknown, PENDING, PAYABLE)
        return Part(self.readings, document, month, persons, decided)

    def _held(self, persons: Array, month: date) -> Array:
        """Of whom something was posted for the month: of a household they keep it."""
        before = self.side.before
        paid = self.person[before.grant[(before.month == month_number(month)) & (before.fen > 0)]]
        return np.isin(persons, paid)

    def _lives(self, home: Array, low: int, high: int) -> Array:
        homes = np.zeros(len(self.person), np.int64)
        homes[self.known] = home[self.person[self.known]]
        return (homes >= low) & (homes < high)

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The place of each benefit."""
        return {code: number for number, code in enumerate(self.side.benefits)}
