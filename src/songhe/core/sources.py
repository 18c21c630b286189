"""Reading plain data out of data files: text to mappings with line numbers, and typed look-ups that name the place."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml

from songhe.core.labels import Label

Data = Mapping[str, Any]
Path = tuple[str | int, ...]
LOADER: Any = getattr(
    yaml, "CSafeLoader", yaml.SafeLoader
)  # libyaml where it comes along: ten times as quick
LONGEST = 200_000  # characters of a text that a person wrote
DEEPEST = 30  # one inside the other
DIGITS = 30
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # all but tab and line end
YEARS = range(1900, 2200)  # those of which files speak


class DataError(ValueError):
    """A data file says something that cannot be; the message names the place and what to change."""


@dataclass(frozen=True)
class Source:
    """What a YAML text holds, and the line of each part of it."""

    data: Data
    name: str = ""
    lines: Mapping[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """The line of a part, or of the nearest part around it; 0 when lines are not known."""
        while path not in self.lines and path:
            path = path[:-1]
        return self.lines.get(path, 0)


def read(text_: str, *, name: str = "") -> Source:
    """Parse YAML of plain values. A key given twice is an error, since the first value would be lost."""
    loader = LOADER(text_)
    root = _parsed(loader.get_single_node, name)
    lines: dict[Path, int] = {}
    if root is not None:
        _walk(root, (), lines, name)
    data = None if root is None else _parsed(lambda: loader.construct_document(root), name)
    if not isinstance(data, Mapping):
        raise DataError(f"{name}: expected a mapping at the top.")
    return Source(data, name, lines)


def check_written(text_: str, *, name: str = "") -> None:
    """Refuse what nobody writes into such a file and what costs without end: see the messages. Reads no further."""
    if len(text_) > LONGEST:
        raise DataError(f"{name}: longer than {LONGEST} characters.")
    depth = 0
    for event in _parsed(lambda: _events(text_), name):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise DataError(f"{_place(name, event)}: more than {DEEPEST} levels, one inside the other.")
        if getattr(event, "anchor", None):
            raise DataError(f"{_place(name, event)}: no & and * here; write the part out where it is needed.")
        if getattr(event, "tag", None):
            raise DataError(f"{_place(name, event)}: no ! here; a value is what it looks like.")


def _events(text_: str) -> list[yaml.Event]:
    """Every event up to the first that is too deep, so that a text of brackets alone ends soon."""
    found, depth = [], 0
    for event in yaml.parse(text_, Loader=LOADER):
        found.append(event)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            break
    return found


def _place(name: str, found: yaml.Event | yaml.Node) -> str:
    return f"{name}, line {found.start_mark.line + 1 if found.start_mark else 1}"


def _parsed(make: Callable[[], Any], name: str) -> Any:
    try:
        return make()
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # ValueError: 30 February
        raise DataError(f"{name}: not readable as YAML: {error}") from error


def _walk(node: yaml.Node, path: Path, lines: dict[Path, int], name: str) -> None:
    lines[path] = node.start_mark.line + 1
    if len(path) > DEEPEST:
        raise DataError(f"{_place(name, node)}: more than {DEEPEST} levels, one inside the other.")
    if isinstance(node, yaml.ScalarNode):
        _check_scalar(node, name)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise DataError(f"{name}, line {key.start_mark.line + 1}: a name must be a word.")
            if key.tag == "tag:yaml.org,2002:bool":
                raise DataError(
                    f"{name}, line {key.start_mark.line + 1}: YAML reads {key.value} as yes or no; quote it."
                )
            if key.value in seen:
                raise DataError(f"{name}, line {key.start_mark.line + 1}: {key.value} is given twice.")
            seen.add(key.value)
            _check_scalar(key, name)
            _walk(value, (*path, key.value), lines, name)
            lines[(*path, key.value)] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _walk(value, (*path, index), lines, name)


def _check_scalar(node: yaml.ScalarNode, name: str) -> None:
    """Refuse signs that no text has and no database keeps, and numbers that cannot be written out again."""
    found = _CONTROL.search(node.value)
    if found:
        raise DataError(
            f"{_place(name, node)}: a text holds the control character {ord(found[0]):04X}; remove it."
        )
    if node.tag == "tag:yaml.org,2002:int" and len(node.value) > DIGITS:
        raise DataError(
            f"{_place(name, node)}: a number has at most {DIGITS} digits; quote it where it is a text."
        )


def label(data: object, where: str) -> Label:
    """Read ``en`` and ``zh`` out of a mapping."""
    en, zh = (data.get("en"), data.get("zh")) if isinstance(data, Mapping) else (None, None)
    if not isinstance(en, str) or not isinstance(zh, str) or not en.strip() or not zh.strip():
        raise DataError(f"{where}: words are needed in both languages, en and zh.")
    return Label(en.strip(), zh.strip())


def text(data: Data, key: str, where: str) -> str:
    """A text that is not empty."""
    value = data.get(key)
    if not isinstance(value, str) or not value.strip():
        raise DataError(f"{where}: {key} must be a text.")
    return value.strip()


def whole(data: Data, key: str, where: str) -> int:
    """A whole number of 0 or more."""
    value = data.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise DataError(f"{where}: {key} must be a whole number of 0 or more.")
    return value


def day(data: Data, key: str, where: str) -> date:
    """A date."""
    value = data.get(key)
    if type(value) is not date:
        raise DataError(f"{where}: {key} must be a date like 2026-01-31.")
    if value.year not in YEARS:
        raise DataError(f"{where}: {key} must lie in the years {YEARS[0]} to {YEARS[-1]}, not on {value}.")
    return value


def day_or_none(data: Data, key: str, where: str) -> date | None:
    """A date, or nothing when the key is absent or empty."""
    return None if data.get(key) is None else day(data, key, where)


def rows(data: Data, key: str, where: str) -> Sequence[Data]:
    """A list of mappings with at least one entry."""
    value = data.get(key)
    if not isinstance(value, list) or not value or not all(isinstance(row, Mapping) for row in value):
        raise DataError(f"{where}: {key} must be a list with at least one entry.")
    return value


def part(data: Data, key: str, where: str) -> Data:
    """A mapping."""
    value = data.get(key)
    if not isinstance(value, Mapping):
        raise DataError(f"{where}: {key} must be a mapping.")
    return value
