"""One mapping of a form's file and where it stands, so that every complaint names file, line and part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from songhe.core import sources
from songhe.core.labels import Label
from songhe.core.sources import Data, DataError, Path, Source


@dataclass(frozen=True, slots=True)
class Node:
    """A mapping with its place. ``name`` is what a complaint calls it."""

    data: Data
    source: Source
    path: Path = ()
    name: str = ""

    def place(self, key: str = "") -> str:
        """File, line and name."""
        line = self.source.line((*self.path, key) if key else self.path)
        words = (self.source.name, f"line {line}" if line else "", self.name)
        return ", ".join(word for word in words if word)

    def fault(self, why: str, key: str = "") -> DataError:
        """What is wrong here, to be raised; ``key`` is the part of the mapping that is wrong."""
        return DataError(f"{self.place(key)}: {why}")

    def named(self, name: str) -> Node:
        """The same node under another name."""
        return replace(self, name=name)

    def only(self, *keys: str) -> None:
        """Refuse keys that mean nothing here; a misspelt one would be lost otherwise."""
        known = {*keys, "uncertain"}
        for key in self.data:
            if str(key) not in known:
                raise self.fault(f"{key} means nothing here; there are {', '.join(sorted(known))}.", str(key))

    def has(self, key: str) -> bool:
        """Whether the key is given."""
        return self.data.get(key) is not None

    def value(self, key: str) -> Any:
        """Whatever stands there."""
        return self.data.get(key)

    def text(self, key: str) -> str:
        """A text that is not empty."""
        return sources.text(self.data, key, self.place(key))

    def one_of(self, key: str, allowed: Sequence[str], default: str = "") -> str:
        """One of some words."""
        value = self.data.get(key, default)
        if value not in allowed:
            raise self.fault(f"{key} must be one of {', '.join(allowed)}.", key)
        return str(value)

    def whole(self, key: str, default: int | None = None) -> int:
        """A whole number of 0 or more."""
        if default is not None and key not in self.data:
            return default
        return sources.whole(self.data, key, self.place(key))

    def least(self, key: str, least: int) -> int:
        """A whole number that is not too small."""
        found = self.whole(key)
        if found < least:
            raise self.fault(f"{key} must be {least} or more.", key)
        return found

    def flag(self, key: str, default: bool = False) -> bool:
        """True or false."""
        value = self.data.get(key, default)
        if not isinstance(value, bool):
            raise self.fault(f"{key} must be true or false.", key)
        return value

    def day(self, key: str) -> date:
        """A date."""
        return sources.day(self.data, key, self.place(key))

    def label(self, key: str = "") -> Label:
        """The words in both languages: of this mapping, or of one inside it."""
        return sources.label(self.data.get(key) if key else self.data, self.place(key))

    def part(self, key: str) -> Node:
        """A mapping inside this one."""
        found = sources.part(self.data, key, self.place(key))
        return Node(found, self.source, (*self.path, key), f"{self.name}, {key}" if self.name else key)

    def rows(self, key: str) -> list[Node]:
        """A list of mappings with at least one entry."""
        found = sources.rows(self.data, key, self.place(key))
        return [
            Node(row, self.source, (*self.path, key, index), self.name) for index, row in enumerate(found)
        ]

    def words(self, key: str) -> tuple[str, ...]:
        """A list of words, or a single one; YAML's yes and no are read as these words."""
        value = self.data.get(key)
        given = value if isinstance(value, list) else [value]
        if not given or not all(isinstance(word, str | int) for word in given):
            raise self.fault(f"{key} must be a word or a list of words.", key)
        return tuple(
            {True: "yes", False: "no"}[word] if word is True or word is False else str(word) for word in given
        )

    def numbers(self, key: str) -> tuple[int, ...]:
        """A list of whole numbers, or a single one."""
        value = self.data.get(key)
        given = value if isinstance(value, list) else [value]
        if not given or not all(type(number) is int for number in given):
            raise self.fault(f"{key} must be a whole number or a list of whole numbers.", key)
        return tuple(given)
