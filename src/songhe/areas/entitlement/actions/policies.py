"""Verbs of the policy library: a draft is begun, changed, checked, submitted, and approved by somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement.rules import amount_from
from songhe.core.codes.region import parse_region
from songhe.core.labels import Label
from songhe.core.refusal import Forbidden, Refused
from songhe.core.rules.edit import Plain, add_row, moved, set_values
from songhe.core.sources import LONGEST, Data, DataError, Path
from songhe.engines.access.api import Actor
from songhe.engines.acts.api import act, add_detail
from songhe.engines.policies.api import NAME, PolicyDraft, PolicyVersion, drafts, read_written
from songhe.engines.regions.models import Region
from songhe.kit.fields import Field
from songhe.kit.words import is_chinese

if TYPE_CHECKING:
    Upload = UploadedFile[bytes]
else:
    Upload = UploadedFile

Revision = Annotated[int, Field(label=_("Revision"), hidden=True)]
Parameter = Annotated[str, Field(label=_("Parameter"), hidden=True)]
Note = Annotated[str, Field(label=_("Note"), long=True, size=400)]
Reason = Annotated[str, Field(label=_("Reason"), long=True, size=400)]
_TYPED = _("Money in yuan, time in minutes, everything else as a whole number.")


def _clauses(row: PolicyDraft, _user: Any) -> list[tuple[str, str]]:
    """The clauses of a draft, to choose one."""
    try:
        listed = read_written(row.text).data.get("clauses")
    except DataError:
        return []
    rows: Mapping[Any, Any] = listed if isinstance(listed, Mapping) else {}
    return [(str(code), f"{code} · {_words(words)[:60]}") for code, words in rows.items()]


def _words(data: Any) -> str:
    return str(data.get("zh" if is_chinese() else "en") or "") if isinstance(data, Mapping) else ""


Amount = Annotated[str, Field(label=_("Value"), help=_TYPED, size=20)]
Clause = Annotated[str, Field(label=_("Clause"), choices=_clauses)]
From = Annotated[date | None, Field(label=_("From"))]
Until = Annotated[date | None, Field(label=_("Until"), help=_("The first day on which it does not hold."))]
Where = Annotated[Region, Field(label=_("Region"), help=_("Where the policy will hold."))]
Elsewhere = Annotated[
    Region | None, Field(label=_("Region"), help=_("Only where it differs from the policy's."))
]
Assumed = Annotated[bool, Field(label=_("Assumed: not in the published text"))]


@act("policies.draft")
def start_draft(
    *,
    actor: Actor,
    at: datetime,
    region: Where,
    file: Annotated[
        Upload | None, Field(label=_("YAML file"), accept=".yaml,.yml,text/yaml,text/plain")
    ] = None,
    text: Annotated[
        str,
        Field(
            label=_("Text"),
            long=True,
            size=LONGEST,
            verbatim=True,
            help=_("Without a file and a text, the draft begins with an outline."),
        ),
    ] = "",
) -> PolicyDraft:
    """Begin a draft from a file, a text or the outline. A faulty text may be mended here."""
    if file is not None:
        text = drafts.decoded(file.read(drafts.LARGEST_FILE + 1))
    if not text.strip():
        outline = (settings.DATA / "nation/policy_outline.yaml").read_text(encoding="utf-8")
        text = set_values(outline, {("document", "region"): str(region.pk)})
    return drafts.begin(text, region_id=region.pk, actor=actor, at=at)


@act("policies.draft")
def copy_version(
    version: PolicyVersion,
    *,
    actor: Actor,
    at: datetime,
    effective: Annotated[date, Field(label=_("Takes effect"))],
    number: Annotated[str, Field(label=_("Number"), size=120)],
    expires: Annotated[date | None, Field(label=_("Expires"))] = None,
) -> PolicyDraft:
    """Begin a draft as a copy with other dates. Its examples move by whole years with it."""
    if not actor.scope("policies.draft").holds(version.region_id):
        raise Forbidden(
            "outside_scope",
            "This lies outside your area. Hand it to the colleague who is responsible there.",
        )
    try:
        text = moved(version.text, effective=effective, expires=expires, number=number, name=NAME)
    except (DataError, OverflowError, ValueError) as fault:
        raise _cannot(fault) from fault
    draft = drafts.begin(text, region_id=version.region_id, actor=actor, at=at, base=version)
    add_detail(draft=str(draft.pk))
    return draft


@act("policies.draft")
def write_text(
    draft: PolicyDraft,
    *,
    actor: Actor,
    at: datetime,
    revision: Revision,
    text: Annotated[str, Field(label=_("Text"), long=True, size=LONGEST, verbatim=True)],
    check: Annotated[bool, Field(label=_("Check at once"))] = False,
) -> PolicyDraft:
    """Change the text as a whole."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")  # as browsers send it
    drafts.rewrite(draft, text, revision=revision, actor=actor, at=at)
    if check:
        check_draft(draft, actor=actor, at=at)
    return draft


@act("policies.draft")
def set_head(  # noqa: PLR0913  the form asks for each
    draft: PolicyDraft,
    *,
    actor: Actor,
    at: datetime,
    revision: Revision,
    number: Annotated[str, Field(label=_("Number"), size=120)],
    title_zh: Annotated[str, Field(label=_("Title in Chinese"))],
    title_en: Annotated[str, Field(label=_("Title in English"))],
    effective: Annotated[date, Field(label=_("Takes effect"))],
    expires: Annotated[date | None, Field(label=_("Expires"))] = None,
) -> PolicyDraft:
    """Change number, title and dates."""
    head = _part(_data(draft), "document")
    title = head.get("title")
    wanted: dict[Path, Plain] = {
        ("document", "number"): number,
        ("document", "effective"): effective,
        ("document", "expires"): expires,
    }
    if isinstance(title, Mapping):
        wanted |= {("document", "title", "zh"): title_zh, ("document", "title", "en"): title_en}
    return _changed(draft, wanted, revision=revision, actor=actor, at=at)


@act("policies.draft")
def set_value(  # noqa: PLR0913  the form asks for each
    draft: PolicyDraft,
    *,
    actor: Actor,
    at: datetime,
    revision: Revision,
    parameter: Parameter,
    place: Annotated[int, Field(label=_("Place"), hidden=True)],
    amount: Amount,
    clause: Clause,
    key: Annotated[str, Field(label=_("Key"), hidden=True)] = "",
    start: From = None,
    end: Until = None,
    assumed: Assumed = False,
) -> PolicyDraft:
    """Change one value of a parameter in place; nothing else of the text changes. Without a day it keeps its own."""
    given = _parameter(draft, parameter)
    rows = given.get("values")
    if not isinstance(rows, list) or not 0 <= place < len(rows) or not isinstance(rows[place], Mapping):
        raise _gone()
    row, path = rows[place], ("parameters", parameter, "values", place)
    wanted: dict[Path, Plain] = {
        (*path, "value", *([key] if key else [])): _amount(amount, given),
        (*path, "clause"): clause,
        (*path, "to"): end,
    }
    if start is not None and not (row.get("from") is None and start == draft.start):
        wanted[*path, "from"] = start
    if bool(row.get("assumed")) != assumed:
        wanted[*path, "assumed"] = assumed
    return _changed(draft, wanted, revision=revision, actor=actor, at=at)


@act("policies.draft")
def add_value(  # noqa: PLR0913  the form asks for each
    draft: PolicyDraft,
    *,
    actor: Actor,
    at: datetime,
    revision: Revision,
    parameter: Parameter,
    amount: Amount,
    start: Annotated[date, Field(label=_("From"))],
    clause: Clause,
    region: Elsewhere = None,
    end: Until = None,
    assumed: Assumed = False,
) -> PolicyDraft:
    """Add a value from a day on. The value that holds there until then ends on that day."""
    given, data = _parameter(draft, parameter), _data(draft)
    if given.get("shape", "number") != "number":
        raise Refused(
            "policies.table_value",
            "A table is added in the text. Change single entries here.",
        )
    home = _code(_part(data, "document").get("region"))
    place = region.pk if region and region.pk != home else None
    path: Path = ("parameters", parameter, "values")
    text = draft.text
    try:
        for index, row in enumerate(given.get("values") or ()):
            if isinstance(row, Mapping) and _ends_then(row, _code(row.get("region")), place, start, draft):
                text = set_values(text, {(*path, index, "to"): start}, name=NAME)
        row_: dict[str, Plain] = {"from": start, "value": _amount(amount, given), "clause": clause}
        row_ |= {"to": end} if end else {}
        row_ |= {"region": str(place)} if place else {}
        row_ |= {"assumed": True} if assumed else {}
        text = add_row(text, path, row_, name=NAME)
    except DataError as fault:
        raise _cannot(fault) from fault
    return drafts.rewrite(draft, text, revision=revision, actor=actor, at=at)


@act("policies.draft")
def check_draft(draft: PolicyDraft, *, actor: Actor, at: datetime) -> PolicyDraft:
    """Check a draft and keep what was found."""
    return drafts.check(draft, at=at)


@act("policies.draft")
def submit_draft(draft: PolicyDraft, *, actor: Actor, at: datetime, note: Note = "") -> PolicyDraft:
    """Ask somebody else for approval."""
    return drafts.submit(draft, actor=actor, at=at, note=note)


@act("policies.approve")
def approve_draft(draft: PolicyDraft, *, actor: Actor, at: datetime, note: Note = "") -> PolicyDraft:
    """Issue a draft; it takes effect on its day and is not changed any more."""
    return drafts.approve(draft, actor=actor, at=at, note=note)


@act("policies.approve")
def return_draft(draft: PolicyDraft, *, actor: Actor, at: datetime, reason: Reason) -> PolicyDraft:
    """Return a draft with what is to be mended."""
    return drafts.send_back(draft, actor=actor, at=at, reason=reason)


@act("policies.draft")
def drop_draft(draft: PolicyDraft, *, actor: Actor, at: datetime, reason: Reason) -> PolicyDraft:
    """Give up a draft."""
    return drafts.drop(draft, actor=actor, at=at, reason=reason)


def _changed(
    draft: PolicyDraft, wanted: Mapping[Path, Plain], *, revision: int, actor: Actor, at: datetime
) -> PolicyDraft:
    """The draft with those values changed that differ."""
    drafts.need_latest(draft, revision)
    data = _data(draft)
    changes = {path: value for path, value in wanted.items() if not _is(data, path, value)}
    try:
        text = set_values(draft.text, changes, name=NAME) if changes else draft.text
    except DataError as fault:
        raise _cannot(fault) from fault
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


def _data(draft: PolicyDraft) -> Data:
    try:
        return read_written(draft.text).data
    except DataError as fault:
        raise _cannot(fault) from fault


def _part(data: Data, name: str) -> Data:
    found = data.get(name)
    if not isinstance(found, Mapping):
        raise _gone()
    return found


def _parameter(draft: PolicyDraft, code: str) -> Data:
    return _part(_part(_data(draft), "parameters"), code)


def _code(value: Any) -> int | None:
    try:
        return parse_region(value) if value is not None else None
    except Refused:
        return None


def _ends_then(row: Data, own: int | None, place: int | None, start: date, draft: PolicyDraft) -> bool:
    """Whether a value holds in the same place on the day on which a new one begins."""
    begins, ends = row.get("from") or draft.start, row.get("to")
    same = own == place or (place is None and own == draft.region_id)
    return (
        same
        and isinstance(begins, date)
        and begins < start
        and (ends is None or (isinstance(ends, date) and ends > start))
    )


def _amount(text: str, given: Data) -> int:
    unit = given.get("unit")
    found = amount_from(text, unit if isinstance(unit, str) else None)
    if found is None:
        raise Refused(
            "policies.no_amount",
            "“{text}” is no amount. Enter yuan with at most two decimals for money, else a whole number.",
            field="amount",
            text=text[:20],
        )
    return found


def _gone() -> Refused:
    return Refused(
        "policies.gone", "This value is not in the text any more. Open the draft again and look where it is."
    )


def _cannot(fault: Exception) -> Refused:
    return Refused(
        "policies.cannot_edit",
        "This cannot be changed in the table: {why} Open the text and change it there.",
        why=Label(str(fault), str(fault)),
    )
