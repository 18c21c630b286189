"""Changing single values of a draft. Only the actions of this area call it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from songhe.areas.entitlement.rules import amount_from
from songhe.core.codes.region import parse_region
from songhe.core.refusal import Refused
from songhe.core.rules.edit import Plain, set_values
from songhe.core.sources import Data, DataError, Path
from songhe.engines.access.api import Actor
from songhe.engines.policies.api import NAME, PolicyDraft, drafts, read_written, said


def changed(
    draft: PolicyDraft, wanted: Mapping[Path, Plain], *, revision: int, actor: Actor, at: datetime
) -> PolicyDraft:
    """The draft with those values changed that differ."""
    drafts.need_latest(draft, revision)
    data = data_of(draft)
    changes = {path: value for path, value in wanted.items() if not _is(data, path, value)}
    try:
        text = set_values(draft.text, changes, name=NAME) if changes else draft.text
    except DataError as fault:
        raise cannot(fault) from fault
    return drafts.rewrite(draft, text, revision=revision, actor=actor, at=at)


def _is(data: Any, path: Path, value: Plain) -> bool:
    for step in path:
        if isinstance(data, Mapping):
            data = next((found for key, found in data.items() if str(key) == str(step)), None)
        elif isinstance(data, list) and isinstance(step, int):
            data = data[step]
        else:
            return False
    return type(data) is type(value) and data == value


def data_of(draft: PolicyDraft) -> Data:
    """A draft's text as data; refused where it cannot be read."""
    try:
        return read_written(draft.text).data
    except DataError as fault:
        raise cannot(fault) from fault


def part_of(data: Data, name: str) -> Data:
    """A part of the text; refused where it is not there."""
    found = data.get(name)
    if not isinstance(found, Mapping):
        raise gone()
    return found


def parameter_of(draft: PolicyDraft, code: str) -> Data:
    """A parameter of the text."""
    return part_of(part_of(data_of(draft), "parameters"), code)


def region_code(value: Any) -> int | None:
    """A region as the text writes it; None where it is none."""
    try:
        return parse_region(value) if value is not None else None
    except Refused:
        return None


def ends_then(row: Data, own: int | None, place: int | None, start: date, draft: PolicyDraft) -> bool:
    """Whether a value holds in the same place on the day on which a new one begins."""
    begins, ends = row.get("from") or draft.start, row.get("to")
    same = own == place or (place is None and own == draft.region_id)
    return (
        same
        and type(begins) is date  # a time of day is told by the check
        and begins < start
        and (ends is None or (type(ends) is date and ends > start))
    )


def amount_of(text: str, given: Data) -> int:
    """What was typed, in the smallest unit of the parameter."""
    unit = given.get("unit")
    found = amount_from(text, unit if isinstance(unit, str) else None)
    if found is None:
        raise no_amount(text)
    return found


def no_amount(text: str) -> Refused:
    """What was typed is no amount."""
    return Refused(
        "policies.no_amount",
        "“{text}” is no amount. Enter yuan with at most two decimals for money, else a whole number.",
        field="amount",
        text=text[:20],
    )


def entry_at(data: Data, path: Path) -> Data:
    """The entry at a place of the text."""
    found: Any = data
    for step in path:
        try:
            found = found[step]
        except (KeyError, IndexError, TypeError):
            raise gone() from None
    if not isinstance(found, Mapping):
        raise gone()
    return found


def gone() -> Refused:
    """What is changed is not in the text any more."""
    return Refused(
        "policies.gone", "This value is not in the text any more. Open the draft again and look where it is."
    )


def cannot(fault: Exception) -> Refused:
    """The text cannot be changed like this."""
    return Refused(
        "policies.cannot_edit",
        "This cannot be changed in the table: {why} Open the text and change it there.",
        why=said(str(fault).removeprefix(f"{NAME}: ")),
    )
