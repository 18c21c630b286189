"""Documents whose benefits exclude each other, joined with what the other benefit is worked out from.

By itself such a document knows the other rule's amount as a fact, so that it is checked and tried alone. Joined, the
other rule stands in it as rules that grant nothing, and who goes before whom is written out in rounds: in the first
everybody yields to what others would give alone, in each further one to what the round before left. After as many rounds
as there are others nothing changes any more. They are plain rules, so that every evaluator, run and explanation works
them out; and whichever document says that two benefits exclude each other, in whatever order they come, it is the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from songhe.core.codes.region import is_within
from songhe.core.labels import Label
from songhe.core.rules import contest
from songhe.core.rules.constructs import ALONE
from songhe.core.rules.contest import Node, Pair, group_of, joined_with
from songhe.core.rules.copying import Copy, Period, Read, cited, head_of, within
from songhe.core.rules.document import Case, Document, Fact, Rule
from songhe.core.rules.language import parse
from songhe.core.rules.rounds import Meeting, Side

NOT_THEN = Label("Not in force then", "当时未施行")
Standing = tuple[Document, Period]


def linked(documents: Iterable[Document]) -> list[Document]:
    """Documents in their order, each whose benefits exclude others of another document joined with those."""
    given = list(documents)
    if not any(named_elsewhere(one) for one in given):
        return given
    periods = sorted(_periods(given), key=lambda one: (one[0].code, one[0].start, one[0].file))
    return [_joined(one, periods) for one in given]


def named_elsewhere(document: Document) -> tuple[Fact, ...]:
    """The facts that are amounts of other documents' rules."""
    return tuple(fact for fact in document.facts.values() if fact.of)


def _periods(documents: Sequence[Document]) -> Iterator[Standing]:
    """Each document with the days on which it stands: until it ends or the next version of its code begins."""
    for one in documents:
        later = [other.start for other in documents if other.code == one.code and other.start > one.start]
        ends = [day for day in (one.end, *later) if day is not None]
        yield one, (one.start, min(ends, default=None))


@dataclass(frozen=True, slots=True)
class _Days:
    """Some days on which the same documents and versions of rules stand, with whom each own benefit meets then."""

    period: Period
    here: Mapping[str, tuple[int, Document]]
    pairs: Sequence[Pair]

    def met_by(self, node: Node) -> tuple[Node, ...]:
        """A benefit with all that hang together with it."""
        return joined_with(node, self.pairs)


def _joined(document: Document, periods: Sequence[Standing]) -> Document:
    days = list(_days(document, periods))
    meeting = [rule.code for rule in document.rules if rule.grants and _meets(document, rule.code, days)]
    if not meeting and not named_elsewhere(document):
        return document
    copies = _copies(document, meeting, days, periods)
    made = _with_copies(document, copies.values())
    rules: list[Rule] = []
    for rule in made.rules:
        rules += _own(document, rule) if rule.code in meeting else [rule]
    for one in days:
        for nodes in dict.fromkeys(one.met_by((document.code, code)) for code in meeting):
            rules += _met(document, nodes, one, copies)
    made = replace(made, rules=_in_order(document, rules))
    return replace(made, rules=(*made.rules, *_read_elsewhere(document, made, days, copies)))


def _in_order(document: Document, rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """What is granted stands in the order of the document; versions of a rule that say the same are one."""
    places = {rule.code: place for place, rule in enumerate(document.rules)}
    found: list[Rule] = []
    for rule in sorted(rules, key=lambda rule: (places.get(rule.code, len(places)), rule.code, rule.start)):
        before = found[-1] if found else None
        if before is not None and before.end == rule.start and _said(before) == _said(rule):
            found[-1] = replace(before, end=rule.end)
        else:
            found.append(rule)
    return tuple(found)


def _said(rule: Rule) -> tuple[object, ...]:
    cases = tuple(
        (case.when.text if case.when else "", case.give.text, case.why, case.clause, case.yields)
        for case in rule.cases
    )
    return rule.code, rule.label, rule.grants, rule.once_per, rule.unit, rule.payee, cases


def _days(document: Document, periods: Sequence[Standing]) -> Iterator[_Days]:
    """A document's life in spans in which the same documents and versions of rules stand."""
    near = [
        (place, one, lives)
        for place, (one, lives) in enumerate(periods)
        if one.code != document.code and _is_near(one.region, document.region)
    ]
    ends = {
        day
        for one, lives in (
            (document, (document.start, document.end)),
            *((one, lives) for _p, one, lives in near),
        )
        for part in (lives, *((rule.start, rule.end) for rule in one.rules))
        for day in part
        if day is not None and document.holds(day)
    }
    starts = sorted({document.start, *ends})
    for start, end in zip(starts, [*starts[1:], document.end], strict=True):
        here = {one.code: (place, one) for place, one, lives in near if _holds(lives, start)}
        standing = [document, *(one for _place, one in here.values())]
        yield _Days((start, end), here, contest.pairs(standing, start))


def _holds(period: Period, day: date) -> bool:
    return period[0] <= day and (period[1] is None or day < period[1])


def _is_near(one: int, other: int) -> bool:
    return is_within(one, other) or is_within(other, one)


def _meets(document: Document, code: str, days: Iterable[_Days]) -> bool:
    """Whether a benefit ever meets one of another document, or is said to."""
    group = group_of(document, code)
    if group is not None and any(one.of for one in group.members):
        return True
    return any(name != document.code for one in days for name, _rule in one.met_by((document.code, code)))


def _own(document: Document, rule: Rule) -> list[Rule]:
    """What a benefit gives alone stands in a rule of its own; whether it is received is written out anew."""
    if head_of(document, rule.code) != rule.code:
        return []
    return [replace(rule, code=f"{rule.code}__alone", grants=False)]


def _copies(
    document: Document, meeting: Sequence[str], days: Sequence[_Days], periods: Sequence[Standing]
) -> dict[int, Copy]:
    """Each version of another document that is met, as far as it is read."""
    read: dict[int, Read] = {}
    for one in days:
        nodes = {node for code in meeting for node in one.met_by((document.code, code))}
        for place, other in one.here.values():
            codes = [rule for name, rule in nodes if name == other.code]
            if codes:
                found = read.setdefault(place, Read()).add(other, (head_of(other, code) for code in codes))
                found.add(other, _worths(other))
    whole = document.start, document.end
    made: dict[int, Copy] = {}
    free = _free_names(document, {place: periods[place][0] for place in read})
    for place, found in read.items():
        other, lives = periods[place]
        both = within(lives, whole)
        if both is not None:
            benefits = (rule.code for rule in other.rules if rule.grants and rule.code in free)
            plain = {head: code for code in benefits if (head := head_of(other, code)) in found.rules}
            made[place] = Copy.made(other, document, found, both, place=place, plain=plain)
    return made


def _free_names(document: Document, others: Mapping[int, Document]) -> set[str]:
    """Benefits of other documents by whose names nothing else is called."""
    granted = {(one.code, rule.code) for one in others.values() for rule in one.rules if rule.grants}
    codes = [code for _document, code in granted]
    taken = {rule.code for rule in document.rules} | document.parameters.keys()
    taken |= {code for one in (document, *others.values()) for code, fact in one.facts.items() if not fact.of}
    return {code for code in codes if codes.count(code) == 1 and code not in taken}


def _worths(document: Document) -> Iterator[str]:
    """What the worth of members is worked out from, and the facts that are members."""
    for group in document.exclusive:
        for member in group.members:
            yield from (
                name for name in (parse(member.worth).names if member.worth else ()) if name != "alone"
            )
            yield from [member.code] if member.is_fact else []


def _with_copies(document: Document, copies: Iterable[Copy]) -> Document:
    """A document with what the benefits that it meets are worked out from, under names of their own."""
    made = replace(document, facts={code: fact for code, fact in document.facts.items() if not fact.of})
    for copy in copies:
        made = _with(made, copy)
    return made


def _with(made: Document, copy: Copy) -> Document:
    other, names = copy.of, copy.names
    clauses = [cited(other, code) for code in other.clauses]
    heads = {head_of(other, rule.code): rule for rule in other.rules if rule.grants}
    rules = [(rule, copy.rule(rule, head=rule.code in heads)) for rule in other.rules if rule.code in names]
    parameters = [copy.parameter(one) for name, one in other.parameters.items() if name in names]
    read = Read().add(other, [*(rule.code for rule in other.rules if rule.code in names), *_worths(other)])
    tags = {name: other.tags[name] for name in read.tags if name in other.tags}
    guards = [copy.guard()] if copy.is_local else []
    return replace(
        made,
        clauses={**{one.code: one for one in clauses}, **made.clauses},
        facts={**{name: other.facts[name] for name in read.facts if not other.facts[name].of}, **made.facts},
        tags={**tags, **made.tags},
        parameters={**made.parameters, **{one.code: one for one in (*parameters, *guards)}},
        rules=(*made.rules, *(_named_as(heads.get(rule.code), one) for rule, one in rules if one)),
    )


def _named_as(rule: Rule | None, copied: Rule) -> Rule:
    return replace(copied, label=rule.label, once_per=rule.once_per) if rule else copied


def _met(
    document: Document, nodes: Sequence[Node], days: _Days, copies: Mapping[int, Copy]
) -> Iterator[Rule]:
    """The rounds of benefits that hang together on some days."""
    by_code = {document.code: document} | {code: other for code, (_place, other) in days.here.items()}
    copied = {code: copies[place] for code, (place, _other) in days.here.items() if place in copies}
    sides: dict[Node, Side] = {}
    for number, (name, code) in enumerate(nodes):
        rule = contest.granting(by_code[name], code, days.period[0])
        if rule is not None:
            sides[name, code] = _side(rule, by_code[name], days, copied, _number(nodes, number))
    clauses = {
        (name, code): cited(copy.of, code).code for name, copy in copied.items() for code in copy.of.clauses
    }
    yield from Meeting(sides, days.pairs, document, days.period, clauses).rules() if sides else ()


def _number(nodes: Sequence[Node], number: int) -> str:
    return f"{nodes[0][1]}{number}"


def _side(rule: Rule, own: Document, days: _Days, copied: Mapping[str, Copy], number: str) -> Side:
    head = head_of(own, rule.code)
    copy = copied.get(own.code)
    alone = copy.names[head] if copy else f"{rule.code}__alone"
    valued = contest.valued((own.code, rule.code), days.pairs)
    worth = _worth(valued[0], copied.get(valued[1].code), alone) if valued else alone
    group = group_of(own, rule.code)
    facts = {
        one.code: _worth(one.worth, copy, one.code) if one.worth else one.code
        for one in (group.members if group else ())
        if one.is_fact
    }
    return Side(rule, own, alone, worth, facts, number)


def _worth(written: str, copy: Copy | None, alone: str) -> str:
    return f"({copy.text(written, alone=alone) if copy else ALONE.sub(alone, written)})"


def _read_elsewhere(
    document: Document, made: Document, days: Iterable[_Days], copies: Mapping[int, Copy]
) -> Iterator[Rule]:
    """Amounts of other documents that further rules read: what they give alone, nothing on days without them."""
    read = {name for rule in made.rules for name in rule.reads}
    for fact in (fact for fact in named_elsewhere(document) if fact.code in read):
        clause, line = next(
            (group.clause, group.line)
            for group in document.exclusive
            for one in group.members
            if (one.code, one.of) == (fact.code, fact.of)
        )
        for one in days:
            place, other = one.here.get(fact.of, (-1, document))
            there = place in copies and contest.granting(other, fact.code, one.period[0])
            give = copies[place].names.get(head_of(other, fact.code), "0") if there else "0"
            if give == fact.code:
                continue
            case = Case(None, parse(give), fact.label if there else NOT_THEN, clause, line)
            start, end = one.period
            yield Rule(
                fact.code, fact.label, "whole", fact.unit, start, end, (case,), grants=False, payee=None, line=line
            )  # fmt: skip
