"""Tables of policies as CSV files: the parameters, and each decision list."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from songhe.areas.entitlement import queries
from songhe.areas.entitlement.rules import sheet_files, sheets
from songhe.core.refusal import Hidden, Refused
from songhe.core.sources import DataError, Source
from songhe.engines.policies.api import PolicyDraft, PolicyVersion, read_written
from songhe.kit.pages import page
from songhe.kit.who import who
from songhe.kit.words import is_chinese

OF = {"policies": PolicyVersion, "policy-drafts": PolicyDraft}


def _text(request: HttpRequest, slug: str, pk: UUID) -> tuple[str, Source]:
    """The code and text of a policy or draft that the reader may see."""
    user = who(request)
    if slug == "policies":
        row: Any = queries.policies_for(user.scope("entitlement.view")).filter(pk=pk).first()
    else:
        row = PolicyDraft.objects.within(user.scope("policies.view")).filter(pk=pk).first()
    if row is None:
        raise Hidden(
            "not_found",
            "There is no such {what} in your area. Check the address.",
            what=OF[slug]._meta.verbose_name,
        )
    try:
        return row.code, read_written(row.text)
    except DataError as error:
        raise Refused(
            "policies.unreadable",
            "One of the two texts is from an earlier time and can no longer be parsed. Read it as text.",
        ) from error


def parameters(request: HttpRequest, pk: UUID, *, slug: str) -> HttpResponse:
    """Every value of every parameter."""
    code, source = _text(request, slug, pk)
    rows = sheets.parameter_rows(source.data)
    return _file(sheet_files.written(sheets.PARAMETERS, rows, chinese=is_chinese()), f"{code}-parameters")


def cases(request: HttpRequest, pk: UUID, rule: int, *, slug: str) -> HttpResponse:
    """The lines of one decision list."""
    code, source = _text(request, slug, pk)
    rows = sheets.case_rows(source.data, rule)
    return _file(sheet_files.written(sheets.CASES, rows, chinese=is_chinese()), f"{code}-rule-{rule + 1}")


def _file(body: bytes, name: str) -> HttpResponse:
    plain = "".join(sign for sign in name if sign.isascii() and (sign.isalnum() or sign in "-_"))
    heads = {"Content-Disposition": f'attachment; filename="{plain}.csv"'}
    return HttpResponse(body, content_type="text/csv; charset=utf-8", headers=heads)


for _slug, _right in (("policies", "entitlement.view"), ("policy-drafts", "policies.view")):
    page(
        f"{_slug}.parameters_csv",
        path=f"{_slug}/<uuid:pk>/parameters.csv",
        title=_("Parameters"),
        right=_right,
        view=partial(parameters, slug=_slug),
    )
    page(
        f"{_slug}.cases_csv",
        path=f"{_slug}/<uuid:pk>/rules/<int:rule>.csv",
        title=_("Rules"),
        right=_right,
        view=partial(cases, slug=_slug),
    )


def parameter_links(slug: str, row: Any, edit: Mapping[str, Any] | None = None) -> dict[str, str]:
    """Where the parameters are taken away as a sheet and, for whoever may, brought back."""
    links = {"download": reverse(f"{slug}.parameters_csv", args=[row.pk])}
    if edit:
        upload = reverse("policy-drafts.verb", args=[row.pk, "upload_parameters"])
        links["upload"] = f"{upload}?revision={edit['revision']}"
    return links


def with_case_links(
    tables: list[dict[str, Any]],
    slug: str,
    row: Any,
    places: Mapping[str, int],
    edit: Mapping[str, Any] | None = None,
) -> list[dict[str, Any]]:
    """Rules with the addresses of their sheets, as far as the text has their lines in one place."""
    for table in tables:
        place = places.get(table["code"])
        if place is not None:
            table["download"] = reverse(f"{slug}.cases_csv", args=[row.pk, place])
            if edit:
                upload = reverse("policy-drafts.verb", args=[row.pk, "upload_cases"])
                table["upload"] = f"{upload}?revision={edit['revision']}&rule={place}"
    return tables
