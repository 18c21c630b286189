"""The month on paper for those who do not log in, and the parts of a figure for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from songhe.areas.cockpit.rules import per_cent, said, tenths
from songhe.core.measure import Figure, Indicator, Period
from songhe.engines.indicators.api import Part
from songhe.engines.regions.models import Region
from songhe.engines.regions.tree import full_name
from songhe.kit.pdf import Column, Paper

Counted = tuple[str, str, str]
"""One line of the report: what, how much, made of what."""


def report(
    region: Region,
    period: Period,
    *,
    counts: Sequence[Counted],
    parts: Sequence[Part],
    targets: Sequence[tuple[str, str, str, str]],
    at: datetime,
) -> bytes:
    """The report of a month: the city's counts, home service by region, and how every measured target stands."""
    place = full_name(region.code)
    paper = Paper(
        title=gettext("Elderly care in {period}").format(period=period),
        issuer=place,
        number=f"YB-{region.code}-{period}",
        at=at,
    )
    paper.table_of(
        [
            Column(gettext("Indicator"), 44),
            Column(gettext("Value"), 22, number=True),
            Column(gettext("Composition"), 34, number=True),
        ],
        counts,
    )
    paper.table_of(
        [
            Column(gettext("Region"), 34),
            Column(gettext("Hours delivered"), 22, number=True),
            Column(gettext("Hours granted"), 22, number=True),
            Column(gettext("Share"), 22, number=True),
        ],
        [_part(part) for part in parts],
    )
    if targets:
        paper.table_of(
            [
                Column(gettext("Target"), 44),
                Column(gettext("Target value"), 24, number=True),
                Column(gettext("Now"), 16, number=True),
                Column(gettext("Standing"), 16),
            ],
            targets,
        )
    paper.note(gettext("Unknown figures are shown as “–”; they are not counted as 0."))
    return paper.finished()


def _part(part: Part) -> list[str]:
    figure = part.shown.figure
    return [part.region.name, tenths(figure.numerator), tenths(figure.denominator), per_cent(figure.share)]


def counted(definition: Indicator, figure: Figure, *, name: str, detail: str) -> Counted:
    """One indicator as a line of the report."""
    return name, said(definition, definition.value(figure)), detail


def table(definition: Indicator, parts: Sequence[Part], period: Period) -> bytes:
    """The parts of a figure as CSV: code, name, period, both counts as they are, and the value as shown."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(
        [
            gettext("Code"),
            gettext("Region"),
            gettext("Period"),
            gettext("Numerator"),
            gettext("Denominator"),
            gettext("Value"),
        ]
    )
    for part in parts:
        figure = part.shown.figure
        writer.writerow(
            [
                part.region.code,
                part.region.name,
                period,
                _plain(figure.numerator),
                _plain(figure.denominator),
                said(definition, definition.value(figure)),
            ]
        )
    return out.getvalue().encode("utf-8-sig")


def _plain(value: int | None) -> Any:
    return "" if value is None else value
