"""Which benefits of several documents go before which, where only one of them is received.

Somebody receives a benefit unless one that goes before it is received. With ``first``, what is named before goes before;
with ``highest``, what is worth more, and of two that are worth the same the one named before. A document says so of its
own benefits: two benefits of other documents that it names in one list do not exclude each other by that.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from songhe.core.codes.region import is_within
from songhe.core.rules.document import Document, Group, Member, Rule
from songhe.core.rules.language import parse

Node = tuple[str, str]
"""A benefit: the code of its document, and its rule."""
MOST = 8
"""Benefits that hang together: each is worked out in as many rounds as there are others."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two benefits of which one is received, as one document says it; ``before`` is named before ``after``."""

    before: Node
    after: Node
    group: Group
    said_by: Document

    @property
    def first(self) -> bool:
        """Whether the one named before goes before, whatever they are worth."""
        return self.group.take == "first"

    def worth(self, node: Node) -> str:
        """What this document says a benefit is worth; empty where it counts by its amount."""
        return next(one.worth for one in self.group.members if node_of(one, self.said_by) == node)


def node_of(member: Member, document: Document) -> Node:
    """The benefit that a member of a group is."""
    return member.of or document.code, member.code


def granting(document: Document, code: str, on: date) -> Rule | None:
    """The benefit of a document as it stands on a day; None where nothing is granted to each person alone."""
    return next(
        (one for one in document.rules if one.code == code and _is_alone(one) and one.holds(on)), None
    )


def _is_alone(rule: Rule) -> bool:
    return rule.grants and rule.payee is None and rule.beneficiary == "person"


def pairs(documents: Iterable[Document], on: date) -> list[Pair]:
    """Every pair that documents standing on a day say of benefits that stand then, in an order of their own."""
    given = sorted(documents, key=lambda one: one.code)
    there = {
        (one.code, rule.code): one.region
        for one in given
        for rule in one.rules
        if _is_alone(rule) and rule.holds(on)
    }
    return [
        pair for one in given for group in one.exclusive for pair in _said(one, group) if _met(pair, there)
    ]


def _said(document: Document, group: Group) -> Iterator[Pair]:
    for one, other in combinations([member for member in group.members if not member.is_fact], 2):
        if not (one.of and other.of):
            yield Pair(node_of(one, document), node_of(other, document), group, document)


def _met(pair: Pair, there: Mapping[Node, int]) -> bool:
    """Whether both are granted wherever the document holds that says so."""
    both = pair.before, pair.after
    return pair.before != pair.after and all(
        node in there and is_within(pair.said_by.region, there[node]) for node in both
    )


def joined_with(node: Node, found: Iterable[Pair]) -> tuple[Node, ...]:
    """A benefit and all that hang together with it, sorted."""
    given, seen, waiting = list(found), {node}, [node]
    while waiting:
        one = waiting.pop()
        for pair in given:
            for other in {pair.before, pair.after} if one in (pair.before, pair.after) else set():
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
    return tuple(sorted(seen))


def faults(nodes: Sequence[Node], found: Sequence[Pair]) -> Iterator[tuple[Pair, str]]:
    """What keeps benefits that hang together from an order, each with the pair that says it."""
    if len(nodes) > MOST:
        text = f"{_names(nodes)} hang together, which are more than {MOST}; take some of them out of their groups."
        yield found[0], text
        return
    unlike = list(_unlike(found))
    yield from unlike or [*_worths(found), *_mixed(nodes, found)]


def _unlike(found: Sequence[Pair]) -> Iterator[tuple[Pair, str]]:
    """Both sides of a pair say it in the same order and take the same."""
    said: dict[frozenset[Node], Pair] = {}
    for pair in found:
        other = said.setdefault(frozenset((pair.before, pair.after)), pair)
        one, two = pair.before[1], pair.after[1]
        if other.before != pair.before:
            text = f"{one} is named before {two} by {pair.said_by.code} and after it by {other.said_by.code}; name them in one order."
            yield pair, text
        if other.first != pair.first:
            text = f"of {one} and {two} {pair.said_by.code} and {other.said_by.code} do not take the same; say highest in both, or first."
            yield pair, text


def _worths(found: Sequence[Pair]) -> Iterator[tuple[Pair, str]]:
    """What a benefit is worth is said alike wherever the highest is taken."""
    said: dict[Node, Pair] = {}
    for pair in (pair for pair in found if not pair.first):
        for node in (pair.before, pair.after):
            other = said.setdefault(node, pair)
            if _measured(pair, node) != _measured(other, node):
                text = f"what {node[1]} is worth is not said alike by {pair.said_by.code} and {other.said_by.code}; say the same worth in both."
                yield pair, text


def _measured(pair: Pair, node: Node) -> tuple[object, ...]:
    """A worth with all that it is worked out from: the amounts of its parameters, and whose its rules are."""
    text, document = pair.worth(node), pair.said_by
    if not text:
        return ()
    expression, rules = parse(text), {rule.code for rule in document.rules}
    amounts = [
        sorted((str(one.start), str(one.end), one.region, str(one.amount)) for one in parameter.values)
        for name in expression.names
        if (parameter := document.parameters.get(name))
    ]
    return ast.unparse(expression.tree), str(amounts), document.code if rules & {*expression.names} else ""


def _mixed(nodes: Sequence[Node], found: Sequence[Pair]) -> Iterator[tuple[Pair, str]]:
    """``first`` leads from one set of benefits compared with each other to another, and never back."""
    sets = {node: joined_with(node, [pair for pair in found if not pair.first]) for node in nodes}
    inside = [pair for pair in found if pair.first and sets[pair.before] == sets[pair.after]]
    for pair in inside:
        text = (
            f"{pair.before[1]} goes before {pair.after[1]} by take: first, but they are compared by take: highest "
            f"through {_names(sets[pair.before])}; take highest for both, or take one of them out."
        )
        yield pair, text
    named = [(pair.before, pair.after, pair) for pair in found]
    led = [(sets[pair.before], sets[pair.after], pair) for pair in found if pair.first and pair not in inside]
    for links in (named, led):
        circle = _circle(links)
        if circle:
            text = f"{_names({node for pair in circle for node in (pair.before, pair.after)})} are named before each other in a circle; take one of them out of a group, or change the order."
            yield circle[0], text
            return


def _circle(links: Sequence[tuple[object, object, Pair]]) -> list[Pair]:
    """The pairs that lead in a circle; what leads nowhere or comes from nowhere is left out until nothing changes."""
    left = list(links)
    while True:
        starts, ends = {one for one, _two, _pair in left}, {two for _one, two, _pair in left}
        kept = [link for link in left if link[0] in ends and link[1] in starts]
        if len(kept) == len(left):
            return [pair for _one, _two, pair in kept]
        left = kept


def _names(nodes: Iterable[Node]) -> str:
    return ", ".join(sorted(rule for _document, rule in nodes))


def between(one: Node, other: Node, found: Iterable[Pair]) -> Pair | None:
    """The pair of two benefits, as the document of the first says it, else as another one does."""
    said = [pair for pair in found if {pair.before, pair.after} == {one, other}]
    return min(said, key=lambda pair: pair.said_by.code != one[0], default=None)


def valued(node: Node, found: Iterable[Pair]) -> tuple[str, Document] | None:
    """What a benefit is worth and which document says so; None where it counts by its amount."""
    said = [pair for pair in found if not pair.first and node in (pair.before, pair.after)]
    pair = min(said, key=lambda pair: pair.said_by.code != node[0], default=None)
    worth = pair.worth(node) if pair else ""
    return (worth, pair.said_by) if pair and worth else None


def group_of(document: Document, code: str) -> Group | None:
    """The group in which a document names a benefit of its own."""
    groups = document.exclusive
    return next((group for group in groups if any(_is_own(one, code) for one in group.members)), None)


def _is_own(member: Member, code: str) -> bool:
    return member.code == code and not member.of and not member.is_fact
