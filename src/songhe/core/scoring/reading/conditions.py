"""Reading conditions: every name they use must be on the form, and every comparison must be able to hold."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import cast, get_args

from songhe.core.scoring.condition import Condition, What
from songhe.core.scoring.question import Dimension, Field, Item
from songhe.core.scoring.reading.node import Node

COMPARED_MAX = 10_000
_COMPARISONS = ("has", "is", "at_least", "at_most")


@dataclass
class Names:
    """What conditions may refer to."""

    items: dict[str, Item] = field(default_factory=dict)
    fields: dict[str, Field] = field(default_factory=dict)
    dimensions: dict[str, Dimension] = field(default_factory=dict)

    def add_item(self, item: Item, node: Node) -> None:
        """Make an item known."""
        self._new(item.code, node)
        self.items[item.code] = item

    def add_field(self, made: Field, node: Node) -> None:
        """Make a field known."""
        self._new(made.code, node)
        self.fields[made.code] = made

    def add_dimension(self, dimension: Dimension, node: Node) -> None:
        """Make a dimension known."""
        self._new(dimension.code, node)
        self.dimensions[dimension.code] = dimension

    def _new(self, code: str, node: Node) -> None:
        if code in self.items or code in self.fields or code in self.dimensions:
            raise node.fault(f"the code {code} is used more than once; choose another one.")

    def numbers(self, name: str) -> Sequence[int]:
        """The numbers that an item or a count can have; none for other fields."""
        if name in self.items:
            return sorted(self.items[name].scores)
        found = self.fields.get(name)
        return range(found.low, found.high + 1) if found and found.kind == "count" else ()

    def grades(self, code: str) -> list[int]:
        """The grades of a dimension, from the best."""
        found = self.dimensions.get(code)
        return sorted({grade.grade for grade in found.grades}) if found else []


def read_condition(node: Node, names: Names) -> Condition:
    """A condition out of a mapping."""
    for join in ("all", "any"):
        if node.has(join):
            node.only(join)
            parts = tuple(read_condition(part, names) for part in node.rows(join))
            return Condition(join="all" if join == "all" else "any", parts=parts)
    node.only(*get_args(What), *_COMPARISONS)
    whats = [what for what in get_args(What) if node.has(what)]
    if len(whats) != 1:
        raise node.fault(f"ask for one of {', '.join(get_args(What))}, or join conditions with all or any.")
    what = cast("What", whats[0])
    given = node.words(what)
    if len(given) != 1 and what in ("item", "field", "grade", "points"):
        raise node.fault(f"{what} takes one name.", what)
    reading = _Reading(node, what, given, names)
    return reading.by_keys() if node.has("has") else reading.by_numbers()


@dataclass(frozen=True, slots=True)
class _Reading:
    node: Node
    what: What
    given: tuple[str, ...]
    names: Names

    def by_keys(self) -> Condition:
        """An option that was chosen."""
        known: frozenset[str] = frozenset()
        if self.what == "item" and self.given[0] in self.names.items:
            known = frozenset(option.key for option in self.names.items[self.given[0]].options)
        elif self.what == "field" and self.given[0] in self.names.fields:
            known = self.names.fields[self.given[0]].keys
        else:
            raise self._strange()
        keys = frozenset(self.node.words("has"))
        if keys - known:
            strange = ", ".join(sorted(keys - known))
            raise self.node.fault(f"asks for an option that does not exist: {strange}.", "has")
        return Condition(self.what, self.given, keys=keys)

    def by_numbers(self) -> Condition:
        """A number within limits."""
        node = self.node
        if not any(node.has(comparison) for comparison in _COMPARISONS):
            raise node.fault(f"compare with one of {', '.join(_COMPARISONS)}.")
        numbers = frozenset(node.numbers("is")) if node.has("is") else frozenset()
        low = node.whole("at_least") if node.has("at_least") else None
        high = node.whole("at_most") if node.has("at_most") else None
        if numbers and (low is not None or high is not None):
            raise node.fault("compare either with is, or with at_least and at_most.")
        made = Condition(self.what, self.given, numbers=numbers, low=low, high=high)
        self._check_possible(made)
        return made

    def _check_possible(self, made: Condition) -> None:
        values = [self._values(name) for name in self.given]
        if self.what == "sum":
            possible: Sequence[int] = range(sum(v[0] for v in values), sum(v[-1] for v in values) + 1)
        else:
            possible = sorted({number for each in values for number in each})
        strange = sorted(made.numbers.difference(possible))
        if strange or not any(made.fits(number) for number in possible):
            wanted = strange[0] if strange else "such a number"
            raise self.node.fault(
                f"{', '.join(self.given)} can never be {wanted}; compare with what is possible."
            )

    def _values(self, name: str) -> Sequence[int]:
        if self.what in ("grade", "worst_of", "best_of"):
            values: Sequence[int] = self.names.grades(name)
        elif self.what == "points":
            found = self.names.dimensions.get(name)
            values = range(found.top + 1) if found else ()
        elif (self.what == "item" and name not in self.names.items) or (
            self.what == "field" and name not in self.names.fields
        ):
            values = ()
        else:
            values = self.names.numbers(name)
        if not values:
            raise self._strange()
        if len(values) > COMPARED_MAX:
            raise self.node.fault(f"{name} is too large to compare with; make it an item of kind: measure.")
        return values

    def _strange(self) -> Exception:
        names = self.names
        everything: dict[str, Collection[str]] = {
            "item": names.items,
            "field": names.fields,
            "sum": {*names.items, *names.fields},
        }
        known = everything.get(self.what, names.dimensions)
        what = ", ".join([name for name in self.given if name not in known] or self.given)
        if all(name in known for name in self.given):
            lacks = "grades" if known is names.dimensions else "number"
            return self.node.fault(f"{what} has no {lacks} to compare.", self.what)
        return self.node.fault(f"looks at {what}, which is not on the form.", self.what)
