"""The evaluator over months: what every rule gives one person, with what is the same for many months worked out once."""

from __future__ import annotations

import calendar
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from songhe.core.codes.region import is_within
from songhe.core.refusal import Refused
from songhe.core.rules.ahead.ages import Reads, trees_of
from songhe.core.rules.ahead.kinds import Asked, Facts, Told
from songhe.core.rules.document import Document, Rule, Value
from songhe.core.rules.evaluate import decide, decide_each
from songhe.core.rules.household import once_per_household
from songhe.core.rules.outcome import Outcome
from songhe.core.rules.program import Program, program, standing


@dataclass(frozen=True, slots=True)
class Moment:
    """One month: the day whose facts count, the day whose rules count, the month whose ages count, and its days."""

    facts_on: date
    rules_on: date
    month: date
    days: int

    @classmethod
    def of(cls, day: date) -> Moment:
        """The month of a day, decided on that day."""
        return cls(day, day, day.replace(day=1), calendar.monthrange(day.year, day.month)[1])


class View:
    """The evaluator with everything that is the same for many months worked out once."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self._programs: dict[date, Mapping[str, Program]] = {}
        self._seen: dict[tuple[object, ...], dict[str, Told]] = {}
        self._kept: dict[int, Facts] = {}
        self._reads: dict[int, Reads] = {}
        self._here = [one for one in asked.documents if is_within(asked.region, one.region)]
        self._edges = sorted({edge for one in self._here for edge in _edges(one)})

    def documents(self, day: date) -> list[Document]:
        """What is in force on a day."""
        return standing(self._here, day)

    def rule(self, code: str, moment: Moment) -> Rule:
        """A rule as it stands then."""
        return self.programs(moment.rules_on)[code].rules[code]

    def programs(self, day: date) -> Mapping[str, Program]:
        """The program that grants under each code on a day; the same one between two days on which a text changes."""
        place = bisect_right(self._edges, day)
        since = self._edges[place - 1] if place else date.min
        if since not in self._programs:
            made = [program(one, on=day, region=self.asked.region) for one in self.documents(day)]
            self._programs[since] = {rule.code: one for one in made for rule in one.grants_to("person")}
        return self._programs[since]

    def all(self, facts: Facts, moment: Moment) -> dict[str, Told]:
        """What every rule gives."""
        by_document: dict[int, tuple[Program, list[str]]] = {}
        for code, one in self.programs(moment.rules_on).items():
            by_document.setdefault(id(one), (one, []))[1].append(code)
        found: dict[str, Told] = {}
        for one, codes in by_document.values():
            found |= self._once(one, codes, facts, moment)
        return found

    def _once(self, one: Program, codes: Sequence[str], facts: Facts, moment: Moment) -> dict[str, Told]:
        """What rules of one document give; months that are the same to it are worked out together."""
        if id(one.document) not in self._reads:
            self._reads[id(one.document)] = Reads.of(trees_of(one.document))
        reads = self._reads[id(one.document)]
        people = [facts]
        if any(one.rules[code].payee for code in codes):
            others = (key for key in self.asked.members if key != self.asked.me)
            people += [self.asked.members[key].on(moment.facts_on) for key in others]
        key = (
            id(one),
            tuple(codes),
            *((id(person), reads.seen(person, moment.month, moment.days)) for person in people),
        )
        if key not in self._seen:
            self._kept |= {
                id(person): person for person in people
            }  # an id is another's once its owner is gone
            self._seen[key] = self._of(one, codes, facts, moment)
        return self._seen[key]

    def one(self, code: str, facts: Facts, moment: Moment) -> Told:
        """What one rule gives; nothing where no policy gives it."""
        program = self.programs(moment.rules_on).get(code)
        return Told() if program is None else self._of(program, [code], facts, moment)[code]

    def _of(self, one: Program, codes: Sequence[str], facts: Facts, moment: Moment) -> dict[str, Told]:
        try:
            outcomes = decide_each(one, codes, facts, month=moment.month, days=moment.days)
            return {
                code: self._shared(one, code, outcome, facts, moment) for code, outcome in outcomes.items()
            }
        except Refused as refused:
            if len(codes) == 1:
                return {codes[0]: Told(None, None, refused)}
        alone = [self._of(one, [code], facts, moment) for code in codes]
        return {code: told for each in alone for code, told in each.items()}

    def _shared(self, one: Program, code: str, own: Outcome, facts: Facts, moment: Moment) -> Told:
        """What is left of an outcome where the household receives it once."""
        if own.rule.payee is None or not own.value or len(self.asked.members) < 2:
            return Told(own.value, own)
        known = {key: course.on(moment.facts_on) for key, course in self.asked.members.items()}
        known[self.asked.me] = facts
        outcomes = {
            key: own
            if key == self.asked.me
            else decide(one, code, theirs, month=moment.month, days=moment.days)
            for key, theirs in known.items()
        }
        shared = once_per_household(outcomes, known, holder=self.asked.holders.get(code, ""))[self.asked.me]
        return Told(shared.value, shared)


def _edges(document: Document) -> Iterator[date]:
    """The days from which a document says something else."""
    values = (value for one in document.parameters.values() for value in one.values)
    parts: list[Document | Rule | Value] = [document, *document.rules, *values]
    for part in parts:
        yield part.start
        if part.end is not None:
            yield part.end
