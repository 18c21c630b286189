"""Verbs of the policy library: a draft is begun, changed, checked, submitted, and approved by somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement.drafting import Sheet as Rows
from songhe.areas.entitlement.drafting import (
    amount_of,
    cannot,
    changed,
    data_of,
    ends_then,
    entry_at,
    gone,
    no_amount,
    parameter_of,
    part_of,
    region_code,
    taken_from_sheet,
)
from songhe.areas.entitlement.rules import amount_from, sheets
from songhe.core.refusal import Forbidden, Refused
from songhe.core.rules.edit import Plain, add_row, moved, set_values
from songhe.core.rules.examples import PENDING
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
Place = Annotated[int, Field(label=_("Place"), hidden=True, least=0)]
Note = Annotated[str, Field(label=_("Note"), long=True, size=400)]
Reason = Annotated[str, Field(label=_("Reason"), long=True, size=400)]
EXPRESSION = 500
YES_NO = {"yes": True, "no": False, "是": True, "否": False}
_ASKED = _("An expression, as described in the policy reference. Leave empty for everyone else.")
_GIVEN = _("An amount in the smallest unit, a name, or an expression.")
_EXPECTED = _("Money in yuan, everything else as a whole number; leave empty while waiting for a document.")
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
Until = Annotated[
    date | None, Field(label=_("Until"), help=_("The first day on which it no longer applies."))
]
Where = Annotated[Region, Field(label=_("Region"), help=_("Where the policy will apply."))]
Elsewhere = Annotated[
    Region | None, Field(label=_("Region"), help=_("Only if it differs from the policy's."))
]
Assumed = Annotated[bool, Field(label=_("Assumed: not in the published text"))]


Sheet = Annotated[
    Upload,
    Field(
        label=_("CSV file"),
        accept=".csv,text/csv,text/plain",
        help=_("The table as it was downloaded, changed in a spreadsheet program and saved as CSV."),
    ),
]


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
    number: Annotated[str, Field(label=_("Document number"), size=120)],
    expires: Annotated[date | None, Field(label=_("Expires"))] = None,
) -> PolicyDraft:
    """Begin a draft as a copy with other dates. Its examples move by whole years with it."""
    if not actor.scope("policies.draft").holds(version.region_id):
        raise Forbidden(
            "outside_scope",
            "This is outside your area. Hand it to the colleague who is responsible there.",
        )
    try:
        text = moved(version.text, effective=effective, expires=expires, number=number, name=NAME)
    except (DataError, OverflowError, ValueError) as fault:
        raise cannot(fault) from fault
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
    number: Annotated[str, Field(label=_("Document number"), size=120)],
    title_zh: Annotated[str, Field(label=_("Title in Chinese"))],
    title_en: Annotated[str, Field(label=_("Title in English"))],
    effective: Annotated[date, Field(label=_("Takes effect"))],
    expires: Annotated[date | None, Field(label=_("Expires"))] = None,
) -> PolicyDraft:
    """Change number, title and dates."""
    head = part_of(data_of(draft), "document")
    title = head.get("title")
    wanted: dict[Path, Plain] = {
        ("document", "number"): number,
        ("document", "effective"): effective,
        ("document", "expires"): expires,
    }
    if isinstance(title, Mapping):
        wanted |= {("document", "title", "zh"): title_zh, ("document", "title", "en"): title_en}
    return changed(draft, wanted, revision=revision, actor=actor, at=at)


@act("policies.draft")
def set_value(  # noqa: PLR0913  the form asks for each
    draft: PolicyDraft,
    *,
    actor: Actor,
    at: datetime,
    revision: Revision,
    parameter: Parameter,
    place: Place,
    amount: Amount,
    clause: Clause,
    key: Annotated[str, Field(label=_("Key"), hidden=True)] = "",
    start: From = None,
    end: Until = None,
    assumed: Assumed = False,
) -> PolicyDraft:
    """Change one value of a parameter in place; nothing else of the text changes. Without a day it keeps its own."""
    given = parameter_of(draft, parameter)
    rows = given.get("values")
    if not isinstance(rows, list) or not 0 <= place < len(rows) or not isinstance(rows[place], Mapping):
        raise gone()
    row, path = rows[place], ("parameters", parameter, "values", place)
    wanted: dict[Path, Plain] = {
        (*path, "value", *([key] if key else [])): amount_of(amount, given),
        (*path, "clause"): clause,
        (*path, "to"): end,
    }
    if start is not None and not (row.get("from") is None and start == draft.start):
        wanted[*path, "from"] = start
    if bool(row.get("assumed")) != assumed:
        wanted[*path, "assumed"] = assumed
    return changed(draft, wanted, revision=revision, actor=actor, at=at)


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
    given, data = parameter_of(draft, parameter), data_of(draft)
    if given.get("shape", "number") != "number":
        raise Refused(
            "policies.table_value",
            "Add a whole table in the text. Only single entries can be changed here.",
        )
    home = region_code(part_of(data, "document").get("region"))
    place = region.pk if region and region.pk != home else None
    path: Path = ("parameters", parameter, "values")
    text = draft.text
    try:
        values = given.get("values")
        for index, row in enumerate(values if isinstance(values, list) else ()):
            if isinstance(row, Mapping) and ends_then(
                row, region_code(row.get("region")), place, start, draft
            ):
                text = set_values(text, {(*path, index, "to"): start}, name=NAME)
        row_: dict[str, Plain] = {"from": start, "value": amount_of(amount, given), "clause": clause}
        row_ |= {"to": end} if end else {}
        row_ |= {"region": str(place)} if place else {}
        row_ |= {"assumed": True} if assumed else {}
        text = add_row(text, path, row_, name=NAME)
    except DataError as fault:
        raise cannot(fault) from fault
    return drafts.rewrite(draft, text, revision=revision, actor=actor, at=at)


@act("policies.draft")
def set_case(  # noqa: PLR0913  the form asks for each
    draft: PolicyDraft,
    *,
    actor: Actor,
    at: datetime,
    revision: Revision,
    rule: Annotated[int, Field(label=_("Rule"), hidden=True)],
    place: Place,
    give: Annotated[str, Field(label=_("Gives"), size=EXPRESSION, help=_GIVEN)],
    why_zh: Annotated[str, Field(label=_("Why, in Chinese"))],
    why_en: Annotated[str, Field(label=_("Why, in English"))],
    clause: Clause,
    when: Annotated[str, Field(label=_("Condition"), size=EXPRESSION, help=_ASKED)] = "",
) -> PolicyDraft:
    """Change one line of a decision list in place. Its last line has no condition."""
    path: Path = ("rules", rule, "cases", place)
    found = entry_at(data_of(draft), path)
    given = {"give": give, "clause": clause, "when": when}
    wanted: dict[Path, Plain] = {
        (*path, name): value for name, value in given.items() if value != str(found.get(name, ""))
    }
    wanted |= {(*path, "why", "zh"): why_zh, (*path, "why", "en"): why_en}
    return changed(draft, wanted, revision=revision, actor=actor, at=at)


@act("policies.draft")
def set_expected(
    draft: PolicyDraft,
    *,
    actor: Actor,
    at: datetime,
    revision: Revision,
    place: Place,
    rule: Annotated[str, Field(label=_("Rule"), hidden=True)],
    unit: Annotated[str, Field(label=_("Unit"), hidden=True)] = "",
    amount: Annotated[str, Field(label=_("Expected result"), size=20, help=_EXPECTED)] = "",
) -> PolicyDraft:
    """Change what an example must come out as; nothing typed means that it waits for a document."""
    path: Path = ("examples", place, "expect", rule)
    before = entry_at(data_of(draft), path[:-1]).get(rule)
    wanted: Plain = PENDING if not amount.strip() else amount_from(amount, unit or None)
    if isinstance(before, bool) and amount.strip() in YES_NO:
        wanted = YES_NO[amount.strip()]
    if wanted is None:
        raise no_amount(amount)
    return changed(draft, {path: wanted}, revision=revision, actor=actor, at=at)


@act("policies.draft")
def upload_parameters(
    draft: PolicyDraft, *, actor: Actor, at: datetime, revision: Revision, file: Sheet
) -> PolicyDraft:
    """Take the values of parameters from a sheet. An unchanged one changes nothing; a faulty one nothing either."""
    put = partial(sheets.with_parameters, name=NAME)
    content = file.read(drafts.LARGEST_FILE + 1)
    return taken_from_sheet(
        draft, content, sheets.PARAMETERS, put, revision=revision, actor=actor, at=at
    )  # fmt: skip


@act("policies.draft")
def upload_cases(
    draft: PolicyDraft,
    *,
    actor: Actor,
    at: datetime,
    revision: Revision,
    rule: Annotated[int, Field(label=_("Rule"), hidden=True, least=0)],
    file: Sheet,
) -> PolicyDraft:
    """Take the lines of one decision list from a sheet."""
    entry_at(data_of(draft), ("rules", rule, "cases", 0))

    def put(text: str, data: Data, rows: Rows) -> tuple[str, dict[Path, int]]:
        return sheets.with_cases(text, data, rule, rows, name=NAME)

    content = file.read(drafts.LARGEST_FILE + 1)
    return taken_from_sheet(draft, content, sheets.CASES, put, revision=revision, actor=actor, at=at)


@act("policies.draft")
def check_draft(draft: PolicyDraft, *, actor: Actor, at: datetime) -> PolicyDraft:
    """Check a draft and keep what was found."""
    return drafts.check(draft, at=at)


@act("policies.draft")
def submit_draft(draft: PolicyDraft, *, actor: Actor, at: datetime, note: Note = "") -> PolicyDraft:
    """Ask somebody else for approval."""
    return drafts.submit(draft, actor=actor, at=at, note=note)


@act("policies.approve")
def approve_draft(
    draft: PolicyDraft, *, actor: Actor, at: datetime, revision: Revision, note: Note = ""
) -> PolicyDraft:
    """Issue a draft as it was read; it takes effect on its day and is not changed any more."""
    return drafts.approve(draft, revision=revision, actor=actor, at=at, note=note)


@act("policies.approve")
def return_draft(draft: PolicyDraft, *, actor: Actor, at: datetime, reason: Reason) -> PolicyDraft:
    """Return a draft with what is to be mended."""
    return drafts.send_back(draft, actor=actor, at=at, reason=reason)


@act("policies.draft")
def drop_draft(draft: PolicyDraft, *, actor: Actor, at: datetime, reason: Reason) -> PolicyDraft:
    """Give up a draft."""
    return drafts.drop(draft, actor=actor, at=at, reason=reason)
