"""Whether a policy file has the outline of one: lists where lists belong, entries where entries do. Read first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from songhe.core.rules.problem import Problem
from songhe.core.sources import Path, Source

NAMED = ("clauses", "facts", "tags", "parameters")
LISTED = ("rules", "exclusive", "examples")
WITHIN = {"rules": ("cases", "requires"), "parameters": ("values",)}
WORDS = ("unit", "once_per", "beneficiary")
CONSTRUCTS = ("tiers", "share", "prorate", "taper", "cap", "carry_over")


def problems(source: Source) -> tuple[Problem, ...]:
    """Everything that is another kind of thing than it must be, with its line."""
    return tuple(
        Problem(source.name, source.line(path), "", f"{'.'.join(map(str, path))} must be {wanted}.")
        for path, wanted in _found(source.data)
    )


def _found(data: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    for key in NAMED:
        yield from _entries((key,), data.get(key), key, Mapping)
    for key in LISTED:
        yield from _entries((key,), data.get(key), key, list)


def _entries(path: Path, given: Any, key: str, kind: type) -> Iterator[tuple[Path, str]]:
    """A mapping or list of entries; what is absent is checked elsewhere."""
    if given is None:
        return
    if not isinstance(given, kind):
        yield path, "a list of entries" if kind is list else "entries by name"
        return
    entries: Any = given
    pairs = entries.items() if kind is Mapping else enumerate(entries)
    for name, row in pairs:
        here: Path = (*path, name)
        if not isinstance(row, Mapping):
            yield here, "an entry with names and values"
        else:
            yield from _entry(here, row, key)


def _entry(here: Path, row: Mapping[str, Any], key: str) -> Iterator[tuple[Path, str]]:
    if key == "rules" and not isinstance(row.get("code"), str):
        yield (*here, "code"), "a name"
    for name in WORDS:
        if row.get(name) is not None and not isinstance(row[name], str):
            yield (*here, name), "a word (in quotes, where it is a number)"
    for name in CONSTRUCTS if key == "rules" else ():
        if name in row and not isinstance(row[name], Mapping):
            yield (*here, name), "names and values"
    for inner in WITHIN.get(key, ()):
        yield from _entries((*here, inner), row.get(inner), inner, list)
    if key == "exclusive" and not _is_list(row.get("members"), (str, Mapping)):
        yield (*here, "members"), "a list of rules"
    if key == "examples":
        yield from _example(here, row)


def _example(here: Path, row: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    for name in ("facts", "expect"):
        if row.get(name) is not None and not isinstance(row[name], Mapping):
            yield (*here, name), "names and values"
    facts = row.get("facts")
    for name in ("tags", "unsure"):
        if isinstance(facts, Mapping) and name in facts and not _is_list(facts[name], (str,)):
            yield (*here, "facts", name), "a list of tags"


def _is_list(given: Any, kinds: tuple[type, ...]) -> bool:
    return isinstance(given, list) and all(isinstance(one, kinds) for one in given)
