"""What work came to, by worker, organisation, county and month."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Sum
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers.api import organisation_column, worker_column
from songhe.areas.roster.models import Level, WorkMonth
from songhe.core.measure import Figure as Counted
from songhe.kit.pages import NavItem
from songhe.kit.spec import (
    Figure,
    choice,
    date_range,
    link,
    minutes,
    number,
    record,
    region,
    region_filter,
    text,
    when,
)
from songhe.kit.who import who

COUNTS = ("visits", "due", "punctual", "known", "knowable", "service", "travel", "paid")


def share(numerator: int, denominator: int) -> str:
    """A share in per cent with one decimal; a dash where there is nothing to share."""
    found = Counted(numerator, denominator).share
    return "—" if found is None else f"{found / 100:.1f} %"


def _share(name: str, label: Any, of: Callable[[WorkMonth], tuple[int, int]]) -> Any:
    return text(
        name, label, show=lambda row: share(*of(row)), note=lambda row: "{:,} / {:,}".format(*of(row))
    )


def _figures(request: HttpRequest) -> list[Figure]:
    """The newest month, of all that the reader reaches."""
    rows = WorkMonth.objects.within(who(request).scope("roster.view")).filter(level=Level.WORKER)
    newest = rows.order_by("-month").values_list("month", flat=True).first()
    if newest is None:
        return []
    sums = rows.filter(month=newest).aggregate(**{f"all_{name}": Sum(name) for name in COUNTS})
    n = {name: sums[f"all_{name}"] or 0 for name in COUNTS}
    note = f"{newest:%Y-%m}"
    return [
        Figure(label=_("Visits completed"), value=f"{n['visits']:,}", note=note),
        Figure(label=_("Service hours"), value=f"{n['service'] / 60:,.0f}", note=note),
        Figure(label=_("On time"), value=share(n["punctual"], n["due"]), note=_("of visits due")),
        Figure(
            label=_("By a known worker"),
            value=share(n["known"], n["knowable"]),
            note=_("of visits to persons served before"),
        ),
        Figure(
            label=_("Utilisation of paid hours"),
            value=share(n["service"], n["paid"]),
            note=_("service share of paid minutes"),
        ),
        Figure(
            label=_("Between visits"),
            value=share(n["travel"], n["travel"] + n["service"]),
            note=_("of service and travel"),
        ),
    ]


work_months = record(
    WorkMonth,
    slug="work-months",
    right="roster.view",
    title=_("Work and hours"),
    one=_("Work of a month"),
    intro=_("Counted every six hours up to yesterday. Travel is the time between leaving one person and reaching the next on the same day, waiting included; paid hours follow the hours and leave as they are entered now."),
    columns=[
        link("month", _("Month"), show=lambda row: f"{row.month:%Y-%m}", sort="month"),
        text("get_level_display", _("Counted for")),
        worker_column(_("Worker")),
        organisation_column(_("Organisation")),
        region("region"),
        number("visits", sort="visits"),
        minutes("service", sort="service"),
        minutes("paid", sort="paid"),
        _share("used", _("Utilisation of paid hours"), lambda row: (row.service, row.paid)),
        _share("ways", _("Share of travel"), lambda row: (row.travel, row.travel + row.service)),
        _share("on_time", _("On time, of visits due"), lambda row: (row.punctual, row.due)),
        _share("by_known", _("By a known worker, of persons served before"), lambda row: (row.known, row.knowable)),
    ],
    filters=[choice("level"), region_filter(), date_range("month", _("Month"))],
    order=("-month", "level", "region", "id"),
    join=("region",),
    figures=_figures,
    panels={
        _("Work"): [
            worker_column(_("Worker")), organisation_column(_("Organisation")), region("region"), number("visits"), number("due"),
            number("punctual"), number("known"), number("knowable"), minutes("service"), minutes("travel"), minutes("paid"),
            when("computed_at"),
        ],
    },
    nav=NavItem("service", "chart-bar", 16),
    empty=_("Nothing is counted yet; the first completed visits appear on the next day."),
)  # fmt: skip
