"""What is free: a page for whoever answers “is there a bed?”, by facility, without naming anybody."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import Facility
from songhe.areas.stays.limits import terms
from songhe.areas.stays.models import BedKind
from songhe.areas.stays.queries import vacancy
from songhe.engines.regions.models import Region
from songhe.kit.clock import today
from songhe.kit.pages import NavItem, page
from songhe.kit.places import reachable
from songhe.kit.spec import RECORDS
from songhe.kit.who import who
from songhe.kit.words import Label

KINDS: tuple[tuple[str, Label], ...] = (
    (BedKind.NURSING, _("Nursing beds")),
    (BedKind.ORDINARY, _("Ordinary beds")),
    (BedKind.SHORT, _("Short-stay beds")),
    (BedKind.DAY, _("Day beds")),
    (vacancy.PLACES, _("Day places")),
)


def _region(request: HttpRequest) -> Region | None:
    """The region asked for inside the reader's own; else the largest of them."""
    rows = reachable(who(request).scope("stays.vacancy"))
    asked = request.GET.get("region", "")
    found = rows.filter(code=int(asked)).first() if asked.isdecimal() and len(asked) == 12 else None
    return found or rows.order_by("level", "code").first()


def context(request: HttpRequest) -> dict[str, Any]:
    """Facilities with what is free, and the sums with their shares."""
    region = _region(request)
    kind = request.GET.get("kind", "")
    kinds = [code for code, _label in KINDS]
    kind = kind if kind in kinds else ""
    found = vacancy.vacancies(today(), low=region.code, high=region.upper) if region else []
    sums = vacancy.summed(found)
    rows = [
        row
        for row in found
        if (row.counts.get(kind, vacancy.NOTHING).free if kind else row.free) or not request.GET.get("free")
    ]
    shown = [(code, label) for code, label in KINDS if not kind or code == kind]
    own = Facility.objects.within(who(request).scope("providers.view")).filter(
        pk__in=[row.facility_id for row in rows]
    )
    reached = set(own.values_list("pk", flat=True))
    return {
        "region": region,
        "regions": _around(request, region),
        "kind": kind,
        "only_free": bool(request.GET.get("free")),
        "kinds": KINDS,
        "shown": shown,
        "rows": [
            {
                "row": row,
                "url": RECORDS["facilities"].url() + f"{row.facility_id}/" if row.facility_id in reached else "",
                "cells": [(label, row.counts.get(code)) for code, label in shown],
            }
            for row in rows
        ],
        "figures": list(_figures(sums)),
        "assumed": "admission" in terms().assumed,
    }  # fmt: skip


def _around(request: HttpRequest, region: Region | None) -> list[Region]:
    """The region itself, what lies right below it, and the way back up, as far as the reader reaches."""
    if region is None:
        return []
    rows = reachable(who(request).scope("stays.vacancy"))
    below = rows.filter(
        level=region.level + 1 if region.level != 4 else 4, code__gte=region.code, code__lt=region.upper
    )
    above = rows.filter(code__lt=region.code, level__lt=region.level).order_by("-level", "-code")
    up = [one for one in above[:400] if one.code <= region.code < one.upper]
    return [*reversed(up), region, *(one for one in below.order_by("code")[:80] if one.code != region.code)]


def _figures(sums: dict[str, Any]) -> Any:
    for code, label in KINDS:
        if code in sums:
            one = sums[code]
            yield label, f"{one.free:,}", gettext("free of {n}").format(n=f"{one.total:,}"), ""
    found = vacancy.shares(sums)
    target = terms().nursing_share
    if found.nursing is not None:
        tone = "ok" if found.nursing >= target else "warn"
        note = gettext(
            "{part} of {whole} registered beds; published target {target} % (one source, not verified)"
        ).format(part=f"{found.nursing_beds:,}", whole=f"{found.beds:,}", target=f"{target / 100:.1f}")
        yield _("Share of nursing beds"), f"{found.nursing / 100:.1f} %", note, tone
    if found.lived_in is not None:
        note = gettext("{part} of {whole} usable beds").format(
            part=f"{found.taken:,}", whole=f"{found.usable:,}"
        )
        yield _("Bed occupancy rate"), f"{found.lived_in / 100:.1f} %", note, ""


page(
    "stays.vacancies",
    path="vacancies/",
    title=_("Free beds and places"),
    right="stays.vacancy",
    template="stays/vacancies.html",
    context=context,
    nav=NavItem("providers", "bed", 24),
)
