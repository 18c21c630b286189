"""What policies say again and again, in words of its own: each becomes decision lists, so it is explained like them.

On a rule: ``requires`` (who else is left out, and why), ``prorate`` (by days), ``taper`` (less each year), ``cap`` (at
most so much), ``once_per: year | lifetime``. On the document: ``exclusive`` (of several only one, the highest or the
first). A rule ``meal`` with a cap becomes ``meal__given``, what its cases give, and ``meal``, which limits it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from songhe.core.sources import Data, DataError, Path

PLAIN = {"en": "As worked out", "zh": "按计算结果"}
PERIODS = {
    "lifetime": {"en": "Received once already", "zh": "已享受过一次"},
    "year": {"en": "Received this year already", "zh": "本年度已享受"},
}
ALONE = re.compile(r"\balone\b")
SUFFIXES = {
    "given": {"en": "before other rules", "zh": "核算前"},
    "prorated": {"en": "by days", "zh": "按天折算"},
    "tapered": {"en": "by years", "zh": "逐年比例"},
    "limited": {"en": "within the limit", "zh": "限额内"},
    "alone": {"en": "if received alone", "zh": "单独享受时"},
}


@dataclass(frozen=True, slots=True)
class Part:
    """A rule as plain data, and where in the file it and its cases stand."""

    row: Data
    path: Path
    cases: tuple[tuple[Data, Path], ...]


def expanded(rows: Sequence[Data], exclusive: Sequence[Data]) -> Iterator[Part]:
    """Every rule with its constructs written out. DataError names what is said wrongly."""
    chains = [(row, list(_chain(row, ("rules", index)))) for index, row in enumerate(rows)]
    members = _members(exclusive, {str(row.get("code")) for row in rows})
    for row, chain in chains:
        code = str(row.get("code", ""))
        yield from chain[:-1]
        last = chain[-1]
        if code in members:
            group, path = members[code]
            yield _renamed(last, code, "alone")
            yield Part(_bare(row), last.path, tuple(_contest(code, group, path)))
        else:
            yield last


def received(code: str) -> str:
    """The fact that tells what was received of a rule before."""
    return f"{code}__received"


def periods(rows: Sequence[Data]) -> dict[str, str]:
    """The rules that are granted once in a year or a lifetime, with that period."""
    return {str(row["code"]): str(row["once_per"]) for row in rows if row.get("once_per") in PERIODS}


def _chain(row: Data, path: Path) -> Iterator[Part]:
    """The rule step by step; the last part bears the rule's own name."""
    cases = _own(row, path)
    steps = [make for name, make in _MAKERS.items() if name in row]
    guards = list(_guards(row, path))
    if not steps and not guards:
        yield Part(row, path, tuple(cases))
        return
    code = str(row.get("code", ""))
    before = f"{code}__given"
    yield Part(_named(row, "given"), path, tuple(cases))
    for make, name in zip(steps, (name for name in _MAKERS if name in row), strict=True):
        last = make is steps[-1] and not guards
        made = tuple(make(before, code, row, (*path, name)))
        if last:
            yield Part(_bare(row), path, made)
            return
        yield Part(_named(row, _AFTER[name]), path, made)
        before = f"{code}__{_AFTER[name]}"
    clause = guards[0][0].get("clause")
    yield Part(_bare(row), path, (*guards, ({"give": before, "why": PLAIN, "clause": clause}, path)))


def _own(row: Data, path: Path) -> list[tuple[Data, Path]]:
    if row.get("cases"):
        return [(case, (*path, "cases", index)) for index, case in enumerate(row["cases"])]
    return [({"give": row.get("expr"), "why": row, "clause": row.get("clause")}, path)]


def _guards(row: Data, path: Path) -> Iterator[tuple[Data, Path]]:
    code = str(row.get("code", ""))
    for index, case in enumerate(row.get("requires") or ()):
        here = (*path, "requires", index)
        if "when" not in case or "give" in case:
            raise DataError(
                f"{code}, requires: say when (what must hold), why (it is not given otherwise) and clause."
            )
        yield {**case, "when": f"not ({case['when']})", "give": "0"}, here
    period = row.get("once_per")
    if period in PERIODS:
        clause = row.get("once_clause", row.get("clause") or _first_clause(row))
        yield {"when": f"{received(code)} != 0", "give": "0", "why": PERIODS[period], "clause": clause}, path


def _first_clause(row: Data) -> object:
    return next((case.get("clause") for case in row.get("cases") or ()), None)


def _prorate(before: str, code: str, row: Data, path: Path) -> Iterator[tuple[Data, Path]]:
    said = _said(row, "prorate", code, ("days", "of", "round", "why", "clause"))
    days, of = said["days"], said["of"]
    yield {"when": f"({days}) >= ({of})", "give": before, "why": PLAIN, "clause": said["clause"]}, path
    give = f'muldiv({before}, {days}, {of}, "{said["round"]}")'
    yield {"give": give, "why": said["why"], "clause": said["clause"]}, path


def _taper(before: str, code: str, row: Data, path: Path) -> Iterator[tuple[Data, Path]]:
    said = _said(row, "taper", code, ("by", "percent", "round", "why", "clause"))
    give = f'muldiv({before}, table({said["percent"]}, {said["by"]}), 100, "{said["round"]}")'
    yield {"give": give, "why": said["why"], "clause": said["clause"]}, path


def _cap(before: str, code: str, row: Data, path: Path) -> Iterator[tuple[Data, Path]]:
    said = _said(row, "cap", code, ("at", "why", "clause"))
    yield (
        {
            "when": f"{before} > ({said['at']})",
            "give": said["at"],
            "why": said["why"],
            "clause": said["clause"],
        },
        path,
    )
    yield {"give": before, "why": PLAIN, "clause": said["clause"]}, path


_MAKERS = {"prorate": _prorate, "taper": _taper, "cap": _cap}
_AFTER = {"prorate": "prorated", "taper": "tapered", "cap": "limited"}


def _said(row: Data, name: str, code: str, needed: Sequence[str]) -> Data:
    said = row[name]
    if not isinstance(said, Mapping) or (lacking := [key for key in needed if key not in said]):
        missing = ", ".join(needed if not isinstance(said, Mapping) else lacking)
        raise DataError(f"{code}, {name}: say {missing}.")
    return said


def _named(row: Data, step: str) -> Data:
    """An inner rule: it grants nothing by itself."""
    suffix = SUFFIXES[step]
    return {
        **{key: row[key] for key in ("kind", "unit", "from", "to") if key in row},
        "code": f"{row.get('code', '')}__{step}",
        "en": f"{row.get('en', '')}, {suffix['en']}",
        "zh": f"{row.get('zh', '')}({suffix['zh']})",
    }


def _bare(row: Data) -> Data:
    kept = ("code", "kind", "unit", "from", "to", "en", "zh", "grants", "payee", "once_per")
    return {key: row[key] for key in kept if key in row}


def _renamed(part: Part, code: str, step: str) -> Part:
    return Part({**_named(part.row, step), "code": f"{code}__{step}"}, part.path, part.cases)


def _members(groups: Sequence[Data], rules: set[str]) -> dict[str, tuple[Data, Path]]:
    found: dict[str, tuple[Data, Path]] = {}
    for index, group in enumerate(groups):
        path: Path = ("exclusive", index)
        for key in ("members", "take", "why", "clause"):
            if key not in group:
                raise DataError(f"exclusive {index + 1}: say {key}.")
        if group["take"] not in ("highest", "first"):
            raise DataError(f"exclusive {index + 1}: take must be highest or first.")
        for member in group["members"]:
            name, is_rule = _name(member), "fact" not in member if isinstance(member, Mapping) else True
            if is_rule and name not in rules:
                raise DataError(f"exclusive {index + 1}: there is no rule {name} here.")
            if is_rule and name in found:
                raise DataError(f"exclusive {index + 1}: {name} is in another exclusive group already.")
            if is_rule:
                found[name] = (group, path)
    return found


def _name(member: object) -> str:
    if isinstance(member, Mapping):
        return str(member.get("rule") or member.get("fact") or "")
    return str(member)


def _contest(code: str, group: Data, path: Path) -> Iterator[tuple[Data, Path]]:
    """Who of the group goes before this one: what is worth more, or the same and named earlier."""
    members: list[Any] = list(group["members"])
    names = [_name(member) for member in members]
    own = names.index(code)
    for place, member in enumerate(members):
        if place == own:
            continue
        mine, theirs = _worth(members[own]), _worth(member)
        if group["take"] == "first":
            if place > own:
                continue
            when = f"{code}__alone > 0 and {theirs} > 0"
        else:
            when = f"{code}__alone > 0 and {theirs} {'>=' if place < own else '>'} {mine}"
        case = {"when": when, "give": "0", "why": group["why"], "clause": group["clause"]}
        yield {**case, "yields": names[place]}, path
    yield {"give": f"{code}__alone", "why": PLAIN, "clause": group["clause"]}, path


def _worth(member: object) -> str:
    """What a member counts in the contest: its amount, or what its worth says of it (``alone``; hours in yuan)."""
    if isinstance(member, Mapping):
        if "worth" in member:
            return f"({ALONE.sub(f'{_name(member)}__alone', str(member['worth']))})"
        if "fact" in member:
            return str(member["fact"])
    return f"{_name(member)}__alone"
