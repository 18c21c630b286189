"""What policies say again and again, in words of its own: each becomes decision lists, so it is explained like them.

On a rule, for those whom none of its cases took: ``tiers`` (so much for each of the first, less for each beyond) or
``share`` (part of a bill, within what is left of a month's limit). Then ``requires`` (who else is left out, and why),
``prorate`` (by days), ``taper`` (less each year), ``cap`` (at most so much), ``carry_over`` (what is left of last month
on top), ``once_per: year | lifetime``. On the document: ``exclusive`` (of several only one, the highest or the first;
some of them may be granted by other documents).
A rule ``meal`` with a cap becomes ``meal__given``, what its cases give, and ``meal``, which limits it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from songhe.core.rules.document import Member
from songhe.core.sources import Data, DataError, Path

HANDED_ON = {"en": "As worked out", "zh": "按计算结果"}
"""The reason of a rule that only hands on what another one worked out."""
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
    "carried": {"en": "with what was left", "zh": "含上月结转"},
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


def used(code: str) -> str:
    """The fact that tells what a rule gave in this month already, bill by bill."""
    return f"{code}__used"


def left(code: str) -> str:
    """The fact that tells what is left of the month before."""
    return f"{code}__left"


def records(row: Data) -> Iterator[tuple[str, Data, Data]]:
    """The facts that a rule's constructs ask for: name, what it is, and the document that tells it."""
    code = str(row["code"])
    if row.get("once_per") in PERIODS:
        yield received(code), {"en": "received before", "zh": "此前已享受"}, _PAYMENTS
    if "share" in row and "limit" in row["share"]:
        yield used(code), {"en": "received this month already", "zh": "本月已抵扣"}, _PAYMENTS
    if "carry_over" in row:
        yield (
            left(code),
            {"en": "left of last month", "zh": "上月结余"},
            {"en": "Record of use", "zh": "使用记录"},
        )


_PAYMENTS = {"en": "Record of payments", "zh": "发放记录"}


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
    yield Part(_bare(row), path, (*guards, ({"give": before, "why": HANDED_ON, "clause": clause}, path)))


def _own(row: Data, path: Path) -> list[tuple[Data, Path]]:
    found = [(case, (*path, "cases", index)) for index, case in enumerate(row.get("cases") or ())]
    counted = [name for name in _COUNTED if name in row]
    if len(counted) > 1 or (counted and "expr" in row):
        raise DataError(
            f"{row.get('code')}: only one of {', '.join((*_COUNTED, 'expr'))} can say the amount."
        )
    if counted:
        name = counted[0]
        return found + list(_COUNTED[name](str(row.get("code", "")), row, (*path, name)))
    if found:
        return found
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


def _tiers(code: str, row: Data, path: Path) -> Iterator[tuple[Data, Path]]:
    """One case for each slice: what is full of the slices before, and what reaches into this one."""
    said = _said(row, "tiers", code, ("of", "slices", "clause"))
    slices, of, full, start = said["slices"], f"({said['of']})", "", ""
    if not isinstance(slices, list) or not all(isinstance(one, Mapping) for one in slices) or not slices:
        raise DataError(f"{code}, tiers: slices must be a list of entries.")
    for place, one in enumerate(slices):
        here = (*path, "slices", place)
        if "each" not in one or "why" not in one or ("to" in one) != (place < len(slices) - 1):
            raise DataError(f"{code}, tiers: every slice says each and why, and all but the last say to.")
        inside = f"({of} - ({start}))" if start else of
        case = {"give": f"{full}{inside} * ({one['each']})", "why": one["why"], "clause": said["clause"]}
        if "to" not in one:
            yield case, here
            return
        yield {"when": f"{of} <= ({one['to']})", **case}, here
        width = f"(({one['to']}) - ({start}))" if start else f"({one['to']})"
        full, start = f"{full}{width} * ({one['each']}) + ", str(one["to"])


def _share(code: str, row: Data, path: Path) -> Iterator[tuple[Data, Path]]:
    """A part of a bill; with a limit, at most what the month's other bills left of it."""
    said = _said(row, "share", code, ("of", "percent", "round", "why", "clause"))
    part = f'muldiv({said["of"]}, {said["percent"]}, 100, "{said["round"]}")'
    whole = {"give": part, "why": said["why"], "clause": said["clause"]}
    if "limit" not in said:
        yield whole, path
        return
    if "why_limit" not in said:
        raise DataError(f"{code}, share: say why_limit: why no more than the limit is given.")
    rest = f"max(({said['limit']}) - {used(code)}, 0)"
    yield {"when": f"{part} <= {rest}", **whole}, path
    yield {"give": rest, "why": said["why_limit"], "clause": said["clause"]}, path


_COUNTED = {"tiers": _tiers, "share": _share}


def _prorate(before: str, code: str, row: Data, path: Path) -> Iterator[tuple[Data, Path]]:
    said = _said(row, "prorate", code, ("days", "of", "round", "why", "clause"))
    days, of = said["days"], said["of"]
    yield {"when": f"({days}) >= ({of})", "give": before, "why": HANDED_ON, "clause": said["clause"]}, path
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
    yield {"give": before, "why": HANDED_ON, "clause": said["clause"]}, path


def _carry_over(before: str, code: str, row: Data, path: Path) -> Iterator[tuple[Data, Path]]:
    """Nothing is carried to a month in which nothing is given."""
    said = _said(row, "carry_over", code, ("limit", "why", "why_limit", "clause"))
    plain = {"give": before, "why": HANDED_ON, "clause": said["clause"]}
    yield {"when": f"{before} <= 0", **plain}, path
    yield {"when": f"{left(code)} == 0", **plain}, path
    whole = {"give": f"{before} + {left(code)}", "why": said["why"], "clause": said["clause"]}
    yield {"when": f"{left(code)} <= ({said['limit']})", **whole}, path
    yield {"give": f"{before} + ({said['limit']})", "why": said["why_limit"], "clause": said["clause"]}, path


_MAKERS = {"prorate": _prorate, "taper": _taper, "cap": _cap, "carry_over": _carry_over}
_AFTER = {"prorate": "prorated", "taper": "tapered", "cap": "limited", "carry_over": "carried"}


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
        **{key: row[key] for key in ("kind", "unit", "from", "to", "beneficiary") if key in row},
        "code": f"{row.get('code', '')}__{step}",
        "en": f"{row.get('en', '')}, {suffix['en']}",
        "zh": f"{row.get('zh', '')}({suffix['zh']})",
    }


def _bare(row: Data) -> Data:
    kept = ("code", "kind", "unit", "from", "to", "en", "zh", "grants", "payee", "once_per", "beneficiary")
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
            name, is_rule = _name(member), _is_own(member)
            if is_rule and name not in rules:
                raise DataError(f"exclusive {index + 1}: there is no rule {name} here.")
            if is_rule and name in found:
                raise DataError(f"exclusive {index + 1}: {name} is in another exclusive group already.")
            if is_rule:
                found[name] = (group, path)
    return found


def member(given: object) -> Member:
    """A member of an exclusive group as it is named."""
    said = given if isinstance(given, Mapping) else {}
    return Member(_name(given), str(said.get("of", "")), "fact" in said, str(said.get("worth", "")))


def elsewhere(exclusive: Sequence[Data], units: Mapping[str, object]) -> Iterator[tuple[str, str, object]]:
    """The rules of other documents that exclusive groups name: rule, document, and the unit in which they are compared."""
    for group in exclusive:
        own = [units.get(_name(member)) for member in group["members"] if _is_own(member)]
        for member in group["members"]:
            if isinstance(member, Mapping) and "of" in member:
                unit = member.get("unit", own[0] if own else None)
                yield _name(member), str(member["of"]), unit


def _is_own(member: object) -> bool:
    return not isinstance(member, Mapping) or not {"fact", "of"} & member.keys()


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
    yield {"give": f"{code}__alone", "why": HANDED_ON, "clause": group["clause"]}, path


def _worth(member: object) -> str:
    """What a member counts in the contest: its amount, or what its worth says of it (``alone``; hours in yuan)."""
    if isinstance(member, Mapping):
        alone = f"{_name(member)}__alone" if _is_own(member) else _name(member)
        if "worth" in member:
            return f"({ALONE.sub(alone, str(member['worth']))})"
        return alone
    return f"{_name(member)}__alone"
