"""Operation contracts on screen."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers import actions, columns
from songhe.areas.providers.models import Operation
from songhe.areas.providers.screens.sections import valid_column
from songhe.engines.vault.models import Attachment
from songhe.kit import spec
from songhe.kit.clock import today
from songhe.kit.pages import NavItem
from songhe.kit.spec import record, verb
from songhe.kit.who import who


def _files(row: Operation, request: HttpRequest) -> Any:
    rows = Attachment.objects.within(who(request).scope("providers.view")).filter(about_id=row.pk)
    return rows.order_by("added_at")


def _file_url(row: Attachment) -> str:
    from django.urls import reverse

    return reverse("files", args=[row.pk, "full"])


def _running(row: Operation, user: Any) -> bool:
    return row.until >= today()


def narrowed(rows: Any, value: str, day: date) -> Any:
    """The contracts that stand in one way on a day."""
    if value == "ended":
        return rows.filter(until__lt=day)
    if value == "soon":
        return rows.filter(until__gte=day, until__lte=day.fromordinal(day.toordinal() + 90))
    return rows.filter(until__gte=day)


operations = record(
    Operation,
    slug="operations",
    right="providers.view",
    title=_("Operation contracts"),
    one=_("Operation contract"),
    intro=_("Who runs which site for its owner, and until when."),
    columns=[
        spec.link("facility", _("Facility"), show=lambda row: row.facility.name, note=lambda row: row.number),
        spec.text("kind"),
        columns.organisation(_("Operator"), "operator_id"),
        spec.text("owner_name"),
        spec.region("region"),
        spec.day("since", _("Contract term"), sort="since", note=lambda row: f"– {row.until:%Y-%m-%d}"),
        spec.money("fen_per_year", _("Annual fee (yuan)"), sort="fen_per_year"),
        spec.yes_no("professional"),
        valid_column("until", "since"),
    ],
    filters=[
        spec.region_filter(),
        spec.choice("kind"),
        spec.flag("professional", _("Professional operator")),
        spec.choice(
            "standing",
            _("Validity"),
            options=[
                ("running", _("Not ended")),
                ("soon", _("Ends within 90 days")),
                ("ended", _("Has ended")),
            ],
            narrow=lambda rows, value: narrowed(rows, value, today()),
        ),
    ],
    search=("number", "owner_name", "facility.name", "operator.name"),
    order=("until", "id"),
    join=("facility",),
    heading=lambda row: row.facility.name,
    subheading=lambda row: f"{row.get_kind_display()} {row.number}".strip(),
    panels={
        _("Operation contract"): [
            spec.link("facility"),
            "kind",
            columns.organisation(_("Operator"), "operator_id"),
            "owner_name",
            "number",
            "since",
            "until",
            spec.money("fen_per_year", _("Annual fee (yuan)")),
            "professional",
            "in_effect",
            spec.text("ended_why", optional=True),
        ],
        _("Files"): spec.grid(
            _files,
            [spec.link("name", _("File name"), to=_file_url), spec.when("added_at", _("Added"))],
            none=_("No scans yet."),
        ),
    },
    aside={
        _("Entered"): ["entered_by", "entered_at"],
        _("History"): spec.history(right="providers.licence"),
    },
    verbs=[
        verb(actions.attach_to_operation, label=_("Add a scan"), icon="paperclip"),
        verb(
            actions.end_operation,
            label=_("End early"),
            danger=True,
            when=_running,
            initial=lambda row, user: {"on": today()},
        ),
    ],
    nav=NavItem("providers", "heart-handshake", 25),
    empty=_("No operation contract yet. Enter one on the page of its site."),
)
