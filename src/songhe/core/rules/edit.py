"""Changing single values in the text of a policy. Everything else of it stays as it was written, comments too.

A change is looked up by the places that the YAML reader tells, put into the text there, and read again: what then
differs from what was asked for is refused, so that nothing is changed beside it.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import yaml

from songhe.core.days import month_end
from songhe.core.sources import LOADER, DataError, Path, read

Plain = int | bool | str | date | None
Patch = tuple[int, int, str]


def set_values(text: str, changes: Mapping[Path, Plain], *, name: str = "") -> str:
    """The text with some values changed. A value that is not there yet is added to the entry it belongs to."""
    root = _root(text, name)
    patches = [patch for path, value in changes.items() if (patch := _set(root, text, path, value))]
    wanted: Any = copy.deepcopy(read(text, name=name).data)
    for path, value in changes.items():
        around = _at(wanted, path[:-1])
        around[_key(around, path[-1])] = value
    return _patched(text, patches, wanted, name)


def add_row(text: str, path: Path, row: Mapping[str, Plain], *, name: str = "") -> str:
    """The text with one more entry in a list of entries: behind the others, in block style before them."""
    found = _node(_root(text, name), path)
    if not isinstance(found, yaml.SequenceNode) or not found.value:
        raise DataError(f"{_said(path)} is no list of entries.")
    written = "{" + ", ".join(f"{key}: {_written(value)}" for key, value in row.items()) + "}"
    wanted: Any = copy.deepcopy(read(text, name=name).data)
    rows: list[Any] = _at(wanted, path)
    if found.flow_style:
        end = found.value[-1].end_mark.index
        rows.append(dict(row))
        patch = (end, end, f", {written}")
    else:
        start = found.start_mark.index
        rows.insert(0, dict(row))
        patch = (start, start, f"- {written}\n{' ' * found.start_mark.column}")
    return _patched(text, [patch], wanted, name)


def set_rows(text: str, path: Path, rows: Sequence[Mapping[str, Any]], *, name: str = "") -> str:
    """The text with a list of entries written anew, one entry a line where it was written so."""
    found = _node(_root(text, name), path)
    if not isinstance(found, yaml.SequenceNode) or not found.value or not rows:
        raise DataError(f"{_said(path)} is no list of entries.")
    lines = [_flow(row) for row in rows]
    start, end = found.start_mark.index, _end(found)
    gap = f"\n{' ' * found.start_mark.column}- "
    made = f"[{', '.join(lines)}]" if found.flow_style else "- " + gap.join(lines)
    wanted: Any = copy.deepcopy(read(text, name=name).data)
    around = _at(wanted, path[:-1])
    around[_key(around, path[-1])] = [dict(row) for row in rows]
    return _patched(text, [(start, end, made)], wanted, name)


def _end(node: yaml.Node) -> int:
    """Where a node's last value ends; in block style the mark lies behind what follows."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_flow_key(key)}: {_flow(one)}" for key, one in value.items()) + "}"
    return _written(value)


def _flow_key(key: Any) -> str:
    plain = isinstance(key, int) or (isinstance(key, str) and key.isidentifier() and key.isascii())
    reserved = str(key).lower() in ("yes", "no", "on", "off", "y", "n", "true", "false", "null")
    return str(key) if plain and not reserved else _written(key)


def moved(text: str, *, effective: date, expires: date | None, number: str, name: str = "") -> str:
    """A document's text with new dates and number. Its examples move by whole years, people's ages with them."""
    data = read(text, name=name).data
    changes: dict[Path, Plain] = {("document", "effective"): effective, ("document", "number"): number}
    if expires is not None or _at(data, ("document",)).get("expires") is not None:
        changes["document", "expires"] = expires
    before = _at(data, ("document", "effective"))
    for index, row in enumerate(data.get("examples") or ()):
        if isinstance(before, date) and isinstance(row, Mapping):
            changes |= _moved_example(row, ("examples", index), before, effective)
    return set_values(text, changes, name=name)


def _moved_example(row: Mapping[str, Any], path: Path, before: date, effective: date) -> dict[Path, Plain]:
    month, facts = row.get("month"), row.get("facts")
    changes: dict[Path, Plain] = {}
    years = effective.year - before.year
    if isinstance(month, date):
        years = max(effective.year - month.year, 0)
        while (moved_to := _later(month, years)) < effective or month_end(moved_to).day != month_end(
            month
        ).day:
            years += 1  # a February stays as long as it was
        changes[(*path, "month")] = _later(month, years)
    for fact, value in facts.items() if isinstance(facts, Mapping) else ():
        if type(value) is date:
            changes[(*path, "facts", fact)] = _later(value, years)
    return changes if years else {}


def _later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February: whoever was born then completes a year on 1 March
        return day.replace(year=day.year + years, month=3, day=1)


def _root(text: str, name: str) -> yaml.Node:
    try:
        root = LOADER(text).get_single_node()
    except (yaml.YAMLError, ValueError) as error:
        raise DataError(f"{name}: not readable as YAML: {error}") from error
    if not isinstance(root, yaml.Node):
        raise DataError(f"{name}: expected a mapping at the top.")
    return root


def _node(root: yaml.Node, path: Path) -> yaml.Node:
    node = root
    for step in path:
        inner = _step(node, step)
        if inner is None:
            raise DataError(f"{_said(path)} is not in the text any more.")
        node = inner
    return node


def _step(node: yaml.Node, step: str | int) -> yaml.Node | None:
    found: yaml.Node | None = None
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and 0 <= step < len(node.value):
        found = node.value[step]
    elif isinstance(node, yaml.MappingNode):
        found = next((value for key, value in node.value if key.value == str(step)), None)
    return found


def _set(root: yaml.Node, text: str, path: Path, value: Plain) -> Patch | None:
    around = _node(root, path[:-1])
    found = _step(around, path[-1])
    if found is None:
        return _added(around, path, value)
    if not isinstance(found, yaml.ScalarNode) or found.style in ("|", ">"):
        raise DataError(f"{_said(path)} is more than one value; change it in the text.")
    start, end = found.start_mark.index, found.end_mark.index
    gap = " " if start == end and text[start - 1 : start] == ":" else ""
    return (start, end, gap + _written(value))


def _added(around: yaml.Node, path: Path, value: Plain) -> Patch | None:
    """Before the first name of the entry: there is a first, and nothing has to be known of how the last one ends."""
    if value is None:
        return None
    if not isinstance(around, yaml.MappingNode) or not around.value:
        raise DataError(f"{_said(path)} cannot be added here; change it in the text.")
    first = around.value[0][0].start_mark
    gap = ", " if around.flow_style else f"\n{' ' * first.column}"
    return (first.index, first.index, f"{path[-1]}: {_written(value)}{gap}")


def _patched(text: str, patches: Sequence[Patch], wanted: Any, name: str) -> str:
    made = text
    for start, end, new in sorted(patches, reverse=True):
        made = made[:start] + new + made[end:]
    if _plain(read(made, name=name).data) != _plain(wanted):
        raise DataError("This cannot be changed by itself; change it in the text.")
    return made


def _plain(data: Any) -> Any:
    """Data in which nothing that is missing differs from nothing, and 1 is not true."""
    if isinstance(data, Mapping):
        return {key: _plain(value) for key, value in data.items() if value is not None}
    if isinstance(data, list):
        return [_plain(value) for value in data]
    return (type(data), data)


def _at(data: Any, path: Path) -> Any:
    for step in path:
        try:
            data = data[_key(data, step)]
        except (KeyError, IndexError, TypeError):
            raise DataError(f"{_said(path)} is not in the text any more.") from None
    return data


def _key(data: Any, step: str | int) -> Any:
    """A name as the reader made it: 80 for “80”."""
    if isinstance(data, Mapping) and step not in data:
        return next((key for key in data if str(key) == str(step)), step)
    return step


def _written(value: Plain) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)


def _said(path: Path) -> str:
    return ".".join(map(str, path))
