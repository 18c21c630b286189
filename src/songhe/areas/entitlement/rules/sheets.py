"""Parameters and decision lists of a policy as sheets that spreadsheet programs open, and read back.

A sheet holds what the text says and nothing that is worked out from it. What comes back unchanged changes nothing;
where only single cells differ, only they are changed in the text; where lines came or went, their list is written anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from songhe.areas.entitlement.rules.amounts import amount_from, typed
from songhe.areas.entitlement.rules.sheet_files import Cells, Fault, Faulty
from songhe.core.labels import Label
from songhe.core.rules.edit import set_rows, set_values
from songhe.core.sources import Data, DataError, Path
from songhe.core.text import halfwidth

PARAMETERS = {
    "parameter": Label("Parameter", "参数"),
    "name": Label("Name", "名称"),
    "no": Label("Number of the value", "值序号"),
    "key": Label("Key", "键"),
    "value": Label("Value", "数值"),
    "from": Label("From", "起"),
    "to": Label("Until", "止"),
    "region": Label("Region", "地区"),
    "clause": Label("Clause", "条款"),
    "assumed": Label("Assumed", "假定"),
}
CASES = {
    "when": Label("Condition", "条件"),
    "give": Label("Gives", "给予"),
    "why_zh": Label("Why, in Chinese", "理由(中文)"),
    "why_en": Label("Why, in English", "理由(英文)"),
    "clause": Label("Clause", "条款"),
}
YES, NO = {"yes", "是", "true", "1"}, {"", "no", "否", "false", "0"}
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_KNOWN = {"from", "to", "region", "value", "clause", "assumed", "when", "give", "why"}


def parameter_rows(data: Data) -> list[Cells]:
    """Every value of every parameter; a table has a row for each key."""
    return [tuple(row[code] for code in PARAMETERS) for row in _parameter_rows(data)]


def _parameter_rows(data: Data) -> Iterator[dict[str, str]]:
    for code, given in _entries(data.get("parameters")):
        for number, value in enumerate(_listed(given.get("values")), start=1):
            for key, amount in _amounts(value):
                yield {
                    "parameter": code,
                    "name": str(given.get("zh") or ""),
                    "no": str(number),
                    "key": key,
                    "value": typed(amount, _unit(given)) if type(amount) is int else str(amount),
                    **_around(value),
                }


def _entries(given: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for code, row in given.items() if isinstance(given, Mapping) else ():
        if isinstance(row, Mapping):
            yield str(code), row


def _listed(given: Any) -> list[Mapping[str, Any]]:
    """The entries of a list; a draft may say anything."""
    return [one for one in given if isinstance(one, Mapping)] if isinstance(given, list) else []


def _unit(given: Mapping[str, Any]) -> str | None:
    unit = given.get("unit")
    return unit if isinstance(unit, str) else None


def _amounts(value: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    amount = value.get("value")
    if isinstance(amount, Mapping):
        yield from ((str(key), one) for key, one in amount.items())
    else:
        yield "", amount


def _around(value: Mapping[str, Any]) -> dict[str, str]:
    """Everything of a value but its amounts."""
    return {
        "from": _day_said(value.get("from")),
        "to": _day_said(value.get("to")),
        "region": str(value.get("region") or ""),
        "clause": str(value.get("clause") or ""),
        "assumed": "yes" if value.get("assumed") else "",
    }


def _day_said(day: Any) -> str:
    return day.isoformat() if isinstance(day, date) else ""


def with_parameters(
    text: str, data: Data, sheet: Sequence[tuple[int, dict[str, str]]], *, name: str
) -> tuple[str, dict[Path, int]]:
    """The text with the values of a sheet, and in which row each value stands. Faulty tells every fault at once."""
    reading = _Reading({str(code) for code, _row in _entries(data.get("clauses"))})
    known = dict(_entries(data.get("parameters")))
    values = reading.values(sheet, known)
    for code in known.keys() - {code for code, _number in values}:
        reading.fault(
            0, "parameter", "{name} has no value in the sheet; keep at least one row of it.", name=code
        )
    if reading.faults:
        raise Faulty(sorted(reading.faults, key=lambda fault: fault.row))
    places: dict[Path, int] = {}
    for code, given in known.items():
        wanted = [(rows, value) for (found, _number), (rows, value) in values.items() if found == code]
        path: Path = ("parameters", code, "values")
        places |= {(*path, place): rows[0] for place, (rows, _value) in enumerate(wanted)}
        text = _with_list(text, path, given.get("values", []), [value for _rows, value in wanted], name)
    return text, places


@dataclass
class _Reading:
    """Reads the rows of a sheet and gathers what is wrong with them."""

    clauses: set[str]
    faults: list[Fault] = field(default_factory=list)

    def fault(self, row: int, column: str, what: str, /, **values: object) -> None:
        """One thing to mend."""
        self.faults.append(Fault(row, column, what, values))

    def values(
        self, sheet: Sequence[tuple[int, dict[str, str]]], known: Mapping[str, Mapping[str, Any]]
    ) -> dict[tuple[str, str], tuple[list[int], dict[str, Any]]]:
        """Each value with its rows, by parameter and number."""
        found: dict[tuple[str, str], tuple[list[int], dict[str, Any]]] = {}
        for number, row in sheet:
            given = known.get(row["parameter"])
            if given is None:
                self.fault(
                    number,
                    "parameter",
                    "there is no parameter {name}; write one of {names}.",
                    name=row["parameter"],
                    names=", ".join(known),
                )
                continue
            key = row["parameter"], row["no"]
            value = self._value(number, row)
            rows, before = found.setdefault(key, ([], value))
            if rows and {**before, "value": None} != {**value, "value": None}:
                self.fault(
                    number,
                    "no",
                    "the rows of one value differ; write the same days, region and clause in all of them, or another number.",
                )
            rows.append(number)
            self._amount(number, row, given, before)
        return found

    def _amount(
        self, number: int, row: Mapping[str, str], given: Mapping[str, Any], value: dict[str, Any]
    ) -> None:
        amount = amount_from(row["value"], _unit(given))
        if amount is None:
            self.fault(
                number,
                "value",
                "“{text}” is not an amount; write yuan with at most two decimals for money, else a whole number.",
                text=row["value"][:20],
            )
            return
        if given.get("shape", "number") == "number":
            if row["key"] or "value" in value:
                self.fault(
                    number,
                    "key",
                    "this parameter is one number; leave the key empty, and write one row for each value.",
                )
            value["value"] = amount
            return
        amounts = value.setdefault("value", {})
        if not row["key"] or row["key"] in amounts:
            self.fault(number, "key", "each row of a table needs a key of its own; write one.")
        amounts[row["key"]] = amount

    def _value(self, number: int, row: Mapping[str, str]) -> dict[str, Any]:
        value: dict[str, Any] = {}
        for name in ("from", "to"):
            if row[name]:
                value[name] = self._day(number, name, row[name])
        self._cited(number, row["clause"])
        value["clause"] = row["clause"]
        if row["region"]:
            value["region"] = row["region"]
        if row["assumed"].lower() in YES:
            value["assumed"] = True
        elif row["assumed"].lower() not in NO:
            self.fault(
                number,
                "assumed",
                "“{text}” is neither yes nor no; write yes, or leave it empty.",
                text=row["assumed"][:20],
            )
        return value

    def _day(self, number: int, column: str, text: str) -> date | None:
        found = _DAY.fullmatch(halfwidth(text))
        try:
            if found:
                return date(*map(int, found.groups()))
        except ValueError:
            pass
        self.fault(number, column, "“{text}” is not a date; write it like 2026-01-31.", text=text[:20])
        return None

    def _cited(self, number: int, clause: str) -> None:
        if clause not in self.clauses:
            self.fault(
                number,
                "clause",
                "there is no clause “{name}”; write one of {names}.",
                name=clause[:20],
                names=", ".join(sorted(self.clauses)),
            )

    def cases(self, sheet: Sequence[tuple[int, dict[str, str]]]) -> list[dict[str, Any]]:
        """Each line of a decision list."""
        found = []
        for place, (number, row) in enumerate(sheet, start=1):
            self._cited(number, row["clause"])
            for name in ("give", "why_zh", "why_en"):
                if not row[name]:
                    self.fault(number, name, "nothing is written here; fill it in.")
            if row["when"] and place == len(sheet):
                self.fault(number, "when", "the last line is for everyone left; leave its condition empty.")
            if not row["when"] and place < len(sheet):
                self.fault(number, "when", "every line but the last needs a condition; write one.")
            when = {"when": row["when"]} if row["when"] else {}
            why = {"en": row["why_en"], "zh": row["why_zh"]}
            found.append({**when, "give": row["give"], "why": why, "clause": row["clause"]})
        if not found:
            self.fault(0, "", "the sheet has no rows; keep at least the last line.")
        return found


def case_rows(data: Data, rule: int) -> list[Cells]:
    """The lines of one rule."""
    return [
        tuple(_case_cells(row)[code] for code in CASES) for row in _listed(_rule(data, rule).get("cases"))
    ]


def _rule(data: Data, rule: int) -> Mapping[str, Any]:
    rows: Any = data.get("rules")
    found: Any = rows[rule] if isinstance(rows, list) and 0 <= rule < len(rows) else {}
    return found if isinstance(found, Mapping) else {}


def _case_cells(row: Any) -> dict[str, str]:
    given: Mapping[str, Any] = row if isinstance(row, Mapping) else {}
    why: Mapping[str, Any] = given["why"] if isinstance(given.get("why"), Mapping) else {}
    return {
        "when": _said(given.get("when")),
        "give": _said(given.get("give")),
        "why_zh": str(why.get("zh") or ""),
        "why_en": str(why.get("en") or ""),
        "clause": str(given.get("clause") or ""),
    }


def _said(value: Any) -> str:
    """An expression as it stands; YAML reads some as numbers."""
    return "" if value is None else str(value).strip()


def with_cases(
    text: str, data: Data, rule: int, sheet: Sequence[tuple[int, dict[str, str]]], *, name: str
) -> tuple[str, dict[Path, int]]:
    """The text with the lines of a sheet in one rule, and in which row each line stands."""
    reading = _Reading({str(code) for code, _row in _entries(data.get("clauses"))})
    wanted = reading.cases(sheet)
    if reading.faults:
        raise Faulty(reading.faults)
    path: Path = ("rules", rule, "cases")
    places: dict[Path, int] = {(*path, place): number for place, (number, _row) in enumerate(sheet)}
    return _with_list(text, path, _rule(data, rule).get("cases", []), wanted, name), places


def _with_list(
    text: str, path: Path, before: Sequence[Any], wanted: Sequence[dict[str, Any]], name: str
) -> str:
    """A list of the text as it is wanted: cell by cell where it has as many entries, else written anew."""
    if _listed(before) != before:
        raise DataError(f"{'.'.join(map(str, path))} is no list of entries.")
    merged = [_merged(before, place, one) for place, one in enumerate(wanted)]
    if len(before) != len(merged) or any(
        _keys(one) != _keys(other) for one, other in zip(before, merged, strict=True)
    ):
        return text if list(before) == merged else set_rows(text, path, merged, name=name)
    changes = {
        (*path, place, *inner): value
        for place, (one, other) in enumerate(zip(before, merged, strict=True))
        for inner, value in _leaves(other)
        if _leaf(one, inner) != value
    }
    return set_values(text, changes, name=name) if changes else text


def _merged(before: Sequence[Any], place: int, wanted: dict[str, Any]) -> dict[str, Any]:
    """An entry as wanted, with what it says already written as it was: names in their order, numbers as numbers."""
    same = next((one for one in (*before[place : place + 1], *before) if _alike(_told(one), wanted)), None)
    if same is not None:
        return dict(same)
    old: Mapping[str, Any] = before[place] if place < len(before) else {}
    return {
        **{
            key: _kept(old[key], wanted.get(key, old[key]))
            for key in old
            if key in wanted or key not in _KNOWN
        },
        **{key: value for key, value in wanted.items() if key not in old},
    }


def _told(entry: Any) -> Any:
    """What of an entry a sheet tells."""
    return (
        {key: value for key, value in entry.items() if key in _KNOWN} if isinstance(entry, Mapping) else entry
    )


def _kept(old: Any, new: Any) -> Any:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        keys = {str(key): key for key in old}
        return {
            keys.get(str(key), key): _kept(old.get(keys.get(str(key), key)), value)
            for key, value in new.items()
        }
    return old if _said(old) == _said(new) else new


def _alike(one: Any, other: Any) -> bool:
    return bool(_flat(one) == _flat(other))


def _flat(given: Any) -> Any:
    """What is said, whether as number or as text, and without what says nothing."""
    if isinstance(given, Mapping):
        said = ((str(key), value) for key, value in given.items() if value is not None and value != "")
        return {key: _flat(value) for key, value in said if not (key == "assumed" and value is False)}
    return _said(given)


def _keys(given: Any) -> Any:
    if isinstance(given, Mapping):
        return {str(key): _keys(value) for key, value in given.items()}
    return None


def _leaves(given: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(given, Mapping):
        for key, value in given.items():
            yield from _leaves(value, (*path, str(key)))
    else:
        yield path, given


def _leaf(given: Any, path: Path) -> Any:
    for step in path:
        given = next((value for key, value in given.items() if str(key) == str(step)), None)
    return given
