"""What answers can lead to at all: reachable totals, and lists of conditions tried on every case there is."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from songhe.core.scoring.condition import Condition, Known, holds
from songhe.core.scoring.question import Item
from songhe.core.scoring.reading.conditions import Names
from songhe.core.scoring.reading.node import Node

CASES_MAX = 200_000


def totals(items: Iterable[Item]) -> list[int]:
    """Every sum of scores that some answers add up to, in order."""
    return sums([sorted(item.scores) for item in items])


def sums(choices: Iterable[Sequence[int]]) -> list[int]:
    """Every sum of one number of each list, in order. Bit n of the set stands for the sum n."""
    reached = 1
    for numbers in choices:
        following = 0
        for number in numbers:
            following |= reached << number
        reached = following
    return [number for number in range(reached.bit_length()) if reached >> number & 1]


def check_list(around: Node, listed: Sequence[tuple[Node, Condition | None]], names: Names) -> None:
    """Refuse a list of conditions that leaves a case open or has a row that never decides."""
    conditions = [when for _, when in listed]
    for index, (node, when) in enumerate(listed):
        if when is None and index < len(listed) - 1:
            raise node.fault("a row without when takes everything; it must be the last one.")
    decided: set[int] = set()
    for case in cases([when for when in conditions if when is not None], names, around):
        first = next(
            (i for i, when in enumerate(conditions) if when is None or holds(when, case.known)), None
        )
        if first is None:
            raise listed[-1][0].fault(f"no row holds for {case}; add a last row without when.")
        decided.add(first)
    for index, (node, _) in enumerate(listed):
        if index not in decided:
            raise node.fault(
                "this row never decides, the rows before take every case; move it up or drop it."
            )


@dataclass(frozen=True, slots=True)
class Atom:
    """One quantity that conditions read, with one of its values."""

    what: str
    name: str
    keys: frozenset[str] = frozenset()
    number: int | None = None

    def __str__(self) -> str:
        told = ", ".join(sorted(self.keys)) or ("none" if self.number is None else str(self.number))
        return f"{self.what} {self.name} {told}"


@dataclass(frozen=True, slots=True)
class Case:
    """One combination of values."""

    atoms: tuple[Atom, ...]

    @property
    def known(self) -> Known:
        """The same for reading conditions."""
        numbers = {(atom.what, atom.name): atom.number for atom in self.atoms if atom.number is not None}
        return Known(
            chosen={atom.name: atom.keys for atom in self.atoms if atom.what in ("item", "field")},
            numbers={name: number for (what, name), number in numbers.items() if what in ("item", "field")},
            grades={name: number for (what, name), number in numbers.items() if what == "grade"},
            points={name: number for (what, name), number in numbers.items() if what == "points"},
        )

    def __str__(self) -> str:
        return ", ".join(str(atom) for atom in self.atoms)


def cases(conditions: Sequence[Condition], names: Names, around: Node) -> Iterator[Case]:
    """Every case that the conditions tell apart. Values that no condition tells apart stand for each other."""
    leaves = [leaf for condition in conditions for leaf in condition.leaves]
    read = dict.fromkeys(
        (kind, name) for leaf in leaves for name in leaf.names for kind in [_kind(leaf, name, names)]
    )
    domains = [_told_apart(kind, name, leaves, names) for kind, name in read]
    if math.prod(len(domain) for domain in domains) > CASES_MAX:
        raise around.fault(
            "these conditions read too much to be checked; grade the parts, then combine the grades."
        )
    for atoms in itertools.product(*domains):
        yield Case(atoms)


def _kind(leaf: Condition, name: str, names: Names) -> str:
    if leaf.what == "points":
        return "points"
    if leaf.what in ("grade", "worst_of", "best_of"):
        return "grade"
    return "item" if name in names.items else "field"


def _told_apart(kind: str, name: str, leaves: Sequence[Condition], names: Names) -> list[Atom]:
    """One value for each way in which the conditions see this quantity."""
    own = [leaf for leaf in leaves if leaf.names == (name,) and _kind(leaf, name, names) == kind]
    shared = any(
        len(leaf.names) > 1 and name in leaf.names and _kind(leaf, name, names) == kind for leaf in leaves
    )
    kept: dict[tuple[object, ...], Atom] = {}
    for atom in _values(kind, name, own, names):
        known = Case((atom,)).known
        seen = (*(holds(leaf, known) for leaf in own), atom.number if shared else None)
        kept.setdefault(seen, atom)
    return list(kept.values())


def _values(kind: str, name: str, own: Sequence[Condition], names: Names) -> Iterator[Atom]:
    if kind == "grade":
        yield from (Atom(kind, name, number=grade) for grade in names.grades(name))
    elif kind == "points":
        yield from (Atom(kind, name, number=total) for total in totals(names.dimensions[name].items))
    elif name in names.items and names.items[name].options:
        for option in names.items[name].options:
            yield Atom(kind, name, frozenset({option.key}), option.score if option.counts else None)
    elif names.numbers(name):
        yield from (Atom(kind, name, number=number) for number in names.numbers(name))
    elif names.fields[name].kind == "many":
        asked = sorted({key for leaf in own for key in leaf.keys})
        for size in range(len(asked) + 1):
            yield from (Atom(kind, name, frozenset(some)) for some in itertools.combinations(asked, size))
    else:
        yield from (Atom(kind, name, frozenset({key})) for key in sorted(names.fields[name].keys))
