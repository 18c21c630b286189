"""Who of some benefits is received, written out as rules: as many rounds as there are others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from songhe.core.labels import Label
from songhe.core.rules.constructs import HANDED_ON
from songhe.core.rules.contest import Node, Pair, between, group_of, node_of
from songhe.core.rules.copying import LONGEST, Period
from songhe.core.rules.document import Case, Document, Group, Member, Rule
from songhe.core.rules.language import parse

_HANDED_ON = Label(HANDED_ON["en"], HANDED_ON["zh"])


@dataclass(frozen=True, slots=True)
class Side:
    """A benefit among those that it meets: what it would give alone and what it is worth then, by the names of the
    document in which they meet. ``facts``: what each fact of its group is worth there, by its name."""

    rule: Rule
    document: Document
    alone: str
    worth: str
    facts: Mapping[str, str]
    number: str

    @property
    def node(self) -> Node:
        """The benefit."""
        return self.document.code, self.rule.code

    @property
    def group(self) -> Group | None:
        """The group in which its own document names it."""
        return group_of(self.document, self.rule.code)

    def after(self, done: int) -> str:
        """Where it says what is received of it after some rounds."""
        return self.alone if done == 0 else f"round{done}_{self.number}__{self.rule.code}"[:LONGEST]


@dataclass(frozen=True, slots=True)
class Meeting:
    """Benefits that hang together on some days, and the clauses as the document in which they meet cites them."""

    sides: Mapping[Node, Side]
    pairs: Sequence[Pair]
    into: Document
    days: Period
    clauses: Mapping[tuple[str, str], str]

    def rules(self) -> Iterator[Rule]:
        """Every round. In the last one the document's own benefits have their own names and are granted."""
        last = max(len(self.sides) - 1, 1)
        for number in range(1, last + 1):
            for side in self.sides.values():
                own = side.document is self.into
                if number < last or own:
                    made = self._rule(side, number)
                    yield replace(made, code=side.rule.code, grants=True) if number == last else made

    def _rule(self, side: Side, number: int) -> Rule:
        cases = list(self._cases(side, number))
        start, end = self.days
        code, kept = side.after(number), side.rule
        return replace(kept, code=code, start=start, end=end, cases=tuple(cases), grants=False)

    def _cases(self, side: Side, number: int) -> Iterator[Case]:
        """Whoever goes before and is received after the round before: in the order of the own group, then by name."""
        group, met = side.group, self._met(side)
        clause = self._clause(side.document, group.clause) if group else ""
        for member in group.members if group else ():
            if member.is_fact and group is not None:
                yield from self._fact(side, member, group)
            elif (node := node_of(member, side.document)) in met:
                yield from self._met_by(side, self.sides[node], met.pop(node), number)
        for node, pair in sorted(met.items(), key=lambda one: one[0]):
            clause = clause or self._clause(pair.said_by, pair.group.clause)
            yield from self._met_by(side, self.sides[node], pair, number)
        yield Case(None, parse(side.alone), _HANDED_ON, clause, side.rule.line)

    def _met(self, side: Side) -> dict[Node, Pair]:
        found = ((node, between(side.node, node, self.pairs)) for node in self.sides if node != side.node)
        return {node: pair for node, pair in found if pair is not None}

    def _met_by(self, side: Side, other: Side, pair: Pair, number: int) -> Iterator[Case]:
        before, theirs = pair.before == other.node, other.after(number - 1)
        if pair.first and not before:
            return
        when = f"{side.alone} > 0 and {theirs} > 0"
        if not pair.first:
            when += f" and {other.worth} {'>=' if before else '>'} {side.worth}"
        yield self._lost(side, when, theirs, pair.group, pair.said_by)

    def _fact(self, side: Side, member: Member, group: Group) -> Iterator[Case]:
        """A fact is received whoever else is: others pay it."""
        places = [one.code for one in group.members]
        before, worth = (
            places.index(member.code) < places.index(side.rule.code),
            side.facts[member.code],
        )
        if group.take == "first" and before:
            yield self._lost(side, f"{side.alone} > 0 and {worth} > 0", member.code, group, side.document)
        elif group.take == "highest":
            when = f"{side.alone} > 0 and {worth} {'>=' if before else '>'} {side.worth}"
            yield self._lost(side, when, member.code, group, side.document)

    def _lost(self, side: Side, when: str, to: str, group: Group, said_by: Document) -> Case:
        clause = self._clause(said_by, group.clause)
        return Case(parse(when), parse("0"), group.why, clause, group.line, to)

    def _clause(self, document: Document, clause: str) -> str:
        return self.clauses.get((document.code, clause), clause)
