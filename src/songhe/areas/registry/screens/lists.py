"""Imports on screen, for every kind of list that any area registers."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from songhe.areas.registry.actions import lists
from songhe.core.refusal import Refused
from songhe.engines.imports import api as imports
from songhe.engines.imports.api import ImportRun
from songhe.kit import spec
from songhe.kit.clock import now
from songhe.kit.history import LABELS
from songhe.kit.pages import NavItem, page
from songhe.kit.refusals import said
from songhe.kit.spec import record, verb
from songhe.kit.who import who

TONES = {
    "mapped": "warn", "checking": "info", "checked": "warn", "importing": "info", "done": "ok", "cancelled": "muted",
    "failed": "danger",
}  # fmt: skip
FAULTS_SHOWN = 20
SHEETS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
State = ImportRun.State

LABELS["registry.bad_rows"] = _("Downloaded the rows to correct")
LABELS["registry.reveal"] = _("Viewed number, telephone and address")


def _progress(row: ImportRun, _request: HttpRequest) -> Mapping[str, Any]:
    job = imports.job_of(row)
    note = imports.say(row.note["message"], row.note["values"]) if row.note else ""
    error = job.error if job and job.state == job.State.FAILED and not note else ""
    return {"job": job, "note": note or error, "earlier": imports.seen_before(row)}


def _columns(row: ImportRun, _request: HttpRequest) -> Mapping[str, Any]:
    try:
        layout, _sheets = imports.layout_of(row)
    except Refused as refused:
        return {"fault": said(refused)}
    return {"targets": [_line(target, row.columns, layout) for target in imports.spec_of(row.spec).targets]}


def _line(target: Any, columns: Mapping[str, int], layout: Any) -> dict[str, Any]:
    place = columns.get(target.name)
    if place is not None and place >= len(layout.headers):
        place = None
    guess = layout.guesses.get(target.name)
    values = [sample[place] for sample in layout.samples if place is not None and place < len(sample)]
    return {
        "target": target,
        "place": place,
        "header": (layout.headers[place] or _letter(place)) if place is not None else "",
        "sure": guess.confidence if guess and guess.column == place else None,
        "sample": _veiled(next(filter(None, values), "")),
    }


def _veiled(text: str) -> str:
    """Enough of a sample to see what the column holds, and no more."""
    return text if len(text) <= 4 else f"{text[:2]}…{text[-1:]}"


def _letter(place: int) -> str:
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _report(row: ImportRun, _request: HttpRequest) -> Mapping[str, Any]:
    if not row.rows_bad:
        return {"rows": []}
    kind = imports.spec_of(row.spec)
    try:
        bad = list(islice(imports.bad_rows(row), FAULTS_SHOWN))
    except Refused as refused:
        return {"rows": [], "fault": said(refused)}
    return {"rows": [(line.number, imports.reasons(faults, kind).split("\n")) for line, faults in bad]}


runs = record(
    ImportRun,
    slug="imports",
    right="registry.import",
    title=_("Imports"),
    one=_("Import"),
    columns=[
        spec.link("file", _("File"), show=str, to=spec.url_of),
        spec.text("spec", _("Kind of list"), show=lambda row: row.title),
        spec.region(),
        spec.number("rows_total"),
        spec.number("rows_bad"),
        spec.number("rows_made"),
        spec.state("state", tones=TONES),
        spec.when("started_at", note=lambda row: row.started_by_name, sort="started_at"),
    ],
    filters=[spec.choice("state"), spec.region_filter(), spec.date_range("started_at")],
    order=("-started_at", "-id"),
    join=("file",),
    empty=_("No list has been imported yet. Upload one, or download a blank template first."),
    nav=NavItem("people", icon="upload", order=60),
    state=spec.state("state", tones=TONES),
    subheading=lambda row: row.title,
    refresh=lambda row: row.is_busy,
    panels={
        _("State"): spec.panel("registry/import_state.html", query=_progress),
        _("Columns"): spec.panel("registry/import_columns.html", query=_columns),
        _("Rows to correct"): spec.panel("registry/import_report.html", query=_report, when=lambda row: row.rows_bad > 0),
    },
    aside={
        _("Rows"): ["rows_total", "rows_good", "rows_bad", "rows_made", "rows_changed", "rows_unchanged"],
        _("File"): [spec.text("file"), spec.text("sheet"), "header_row", spec.region(), "started_by_name"],
        _("History"): spec.history(),
    },
    verbs=[
        verb(lists.upload, label=_("Upload a list"), primary=True, icon="upload"),
        verb(
            lists.bring_in,
            label=_("Import the valid rows"),
            icon="check",
            primary=True,
            when=lambda row, user: row.rows_good > 0 and row.state in (State.CHECKED, State.CANCELLED, State.FAILED),
        ),
        verb(lists.check, label=_("Check again"), icon="refresh", when=lambda row, user: row.state == State.CHECKED),
        verb(
            lists.read_again,
            label=_("Change sheet or header"),
            icon="table",
            when=lambda row, user: row.state in (State.MAPPED, State.CHECKED),
            initial=lambda row, user: {"sheet": row.sheet, "header_row": row.header_row},
        ),
        verb(
            lists.stop, label=_("Stop"), icon="player-stop", danger=True,
            when=lambda row, user: row.state not in (State.DONE, State.CANCELLED, State.FAILED),
        ),
    ],
)  # fmt: skip


def _choose(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show which column fills which field, let it be changed, and start the check."""
    user = who(request)
    run = ImportRun.objects.take(pk, user.scope("registry.import"))
    layout, _sheets = imports.layout_of(run)
    kind, fault = imports.spec_of(run.spec), ""
    columns = dict(run.columns)
    if request.method == "POST":
        columns = {
            target.name: int(chosen)
            for target in kind.targets
            if (chosen := request.POST.get(f"column_{target.name}", "")).isdecimal() and len(chosen) < 6
        }
        try:
            lists.set_columns(run, actor=user, at=now(), columns=columns)
        except Refused as refused:
            fault = said(refused)
        else:
            return redirect(runs.url_of(run))
    choices = [
        (place, f"{_letter(place)} · {header}" if header else _letter(place))
        for place, header in enumerate(layout.headers)
    ]
    context = {
        "run": run,
        "lines": [_line(target, columns, layout) for target in kind.targets],
        "choices": choices,
        "fault": fault,
        "page_title": _("What does each column contain?"),
    }
    return render(request, "registry/import_choose.html", context, status=422 if fault else 200)


def _bad(request: HttpRequest, pk: UUID, form: str) -> HttpResponse:
    user = who(request)
    run = ImportRun.objects.take(pk, user.scope("registry.import"))
    body = lists.bad_rows(run, form, actor=user, at=now())
    return _file(body, f"to-mend-{run.pk}.{form}", SHEETS[form])


def _template(request: HttpRequest, code: str) -> HttpResponse:
    kind = imports.spec_of(code)
    return _file(imports.template_xlsx(kind), f"{code}.xlsx", SHEETS["xlsx"])


def _file(body: bytes, name: str, media_type: str) -> HttpResponse:
    return HttpResponse(
        body, content_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


page(
    "imports.columns",
    path="imports/<uuid:pk>/columns/",
    title=_("Columns"),
    right="registry.import",
    view=_choose,
)
page(
    "imports.bad_rows",
    path="imports/<uuid:pk>/rows-to-mend.<slug:form>",
    title=_("Rows to correct"),
    right="registry.import",
    view=_bad,
)
page(
    "imports.template",
    path="imports/template/<str:code>.xlsx",
    title=_("Blank template"),
    right="registry.import",
    view=_template,
)
page(
    "imports.templates", path="imports/templates/", title=_("Blank templates"), right="registry.import", template="registry/templates.html",
    context=lambda request: {"specs": [kind for kind in imports.SPECS.values() if who(request).may(kind.right)]},
)  # fmt: skip
