"""Changing single values of a draft. Only the actions of this area call it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext, gettext_noop

from songhe.areas.entitlement.rules import amount_from, sheet_files
from songhe.core.codes.region import parse_region
from songhe.core.labels import Label
from songhe.core.refusal import Refused
from songhe.core.rules import Problem, build
from songhe.core.rules.edit import Plain, set_values
from songhe.core.sources import Data, DataError, Path
from songhe.engines.access.api import Actor
from songhe.engines.policies.api import NAME, PolicyDraft, drafts, problems_of, read_written, said
from songhe.kit.words import is_chinese


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
        "“{text}” is not an amount. Enter yuan with at most two decimals for money, else a whole number.",
        field="amount",
        text=text[:20],
    )


Sheet = Sequence[tuple[int, dict[str, str]]]
Put = Callable[[str, Data, Sheet], tuple[str, dict[Path, int]]]
MOST_TOLD = 20
_FAULTS = (
    gettext_noop("the file is not a CSV file; save it as CSV in UTF-8."),
    gettext_noop("the column is missing; download the table again and keep its first row."),
    gettext_noop("there are more than {most} rows; keep those of the table."),
    gettext_noop("{name} has no value in the sheet; keep at least one row of it."),
    gettext_noop("there is no parameter {name}; write one of {names}."),
    gettext_noop(
        "the rows of one value differ; write the same days, region and clause in all of them, or another number."
    ),
    gettext_noop(
        "“{text}” is not an amount; write yuan with at most two decimals for money, else a whole number."
    ),
    gettext_noop("this parameter is one number; leave the key empty, and write one row for each value."),
    gettext_noop("each row of a table needs a key of its own; write one."),
    gettext_noop("“{text}” is neither yes nor no; write yes, or leave it empty."),
    gettext_noop("“{text}” is not a date; write it like 2026-01-31."),
    gettext_noop("there is no clause “{name}”; write one of {names}."),
    gettext_noop("nothing is written here; fill it in."),
    gettext_noop("the last line is for everyone left; leave its condition empty."),
    gettext_noop("every line but the last needs a condition; write one."),
    gettext_noop("the sheet has no rows; keep at least the last line."),
)
"""What a sheet is told, so that it is translated: the rules that say it know no language."""


def taken_from_sheet(
    draft: PolicyDraft,
    content: bytes,
    columns: Mapping[str, Label],
    put: Put,
    *,
    revision: int,
    actor: Actor,
    at: datetime,
) -> PolicyDraft:
    """The draft with what a sheet says. Refused as a whole where anything in it is wrong, also by the static checks of
    the text that comes of it; what was wrong in the text before is told by the check as ever."""
    drafts.need_open(draft)
    drafts.need_latest(draft, revision)
    data = data_of(draft)
    try:
        text, places = put(draft.text, data, sheet_files.rows_of(drafts.decoded(content), columns))
    except sheet_files.Faulty as fault:
        raise _sheet_refused(fault.faults, columns) from fault
    except DataError as fault:
        raise cannot(fault) from fault
    before = {problem.text for problem in _problems(draft.text)}
    wrong = [problem for problem in _problems(text) if problem.text not in before]
    if wrong:
        source = read_written(text)
        rows = {source.line(path): row for path, row in places.items()}
        told = (
            sheet_files.Fault(rows.get(one.line, 0), "", "{why}", {"why": said(one.text)}) for one in wrong
        )
        raise _sheet_refused(tuple(told), columns)
    return drafts.rewrite(draft, text, revision=revision, actor=actor, at=at)


def _problems(text: str) -> tuple[Problem, ...]:
    try:
        build(read_written(text))
    except DataError as error:
        return problems_of(error)
    return ()


def _sheet_refused(faults: Sequence[sheet_files.Fault], columns: Mapping[str, Label]) -> Refused:
    """Each fault with its row and column, in the language of the reader."""
    lines = [_fault_said(one, columns) for one in faults[:MOST_TOLD]]
    if len(faults) > MOST_TOLD:
        lines.append(gettext("and {n} more").format(n=len(faults) - MOST_TOLD))
    return Refused(
        "policies.sheet",
        "Nothing was imported from the file. {faults} Correct the file and upload it again.",
        field="file",
        faults=" ".join(lines),
    )


def _fault_said(fault: sheet_files.Fault, columns: Mapping[str, Label]) -> str:
    what = gettext(fault.text).format(**fault.values)
    column = columns.get(fault.column)
    if column is None:
        return gettext("Row {row}: {what}").format(row=fault.row, what=what) if fault.row else what
    name = column.zh if is_chinese() else column.en
    if not fault.row:
        return gettext("Column “{column}”: {what}").format(column=name, what=what)
    return gettext("Row {row}, column “{column}”: {what}").format(row=fault.row, column=name, what=what)


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
        "policies.gone", "This value is no longer in the text. Open the draft again and look for it."
    )


def cannot(fault: Exception) -> Refused:
    """The text cannot be changed like this."""
    return Refused(
        "policies.cannot_edit",
        "This cannot be changed in the table: {why} Open the text and change it there.",
        why=said(str(fault).removeprefix(f"{NAME}: ")),
    )
