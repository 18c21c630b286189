"""Workers on screen, and certificates that end."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from songhe.areas.providers import actions, columns
from songhe.areas.providers.catalogue import skill_choices
from songhe.areas.providers.models import Leave, Worker
from songhe.areas.providers.screens.common import is_here
from songhe.kit.clock import today
from songhe.kit.pages import HomeList, NavItem, home_panel, waiting
from songhe.kit.spec import (
    choice,
    date_range,
    day,
    flag,
    grid,
    link,
    minutes,
    record,
    region,
    region_filter,
    text,
    url_of,
    verb,
)
from songhe.kit.who import reads, who


def _why(row: Leave) -> str:
    """Why somebody is away; that somebody is ill is for the own organisation only."""
    return str(row.get_why_display()) if reads("providers.worker") else gettext("Leave")


def _leaves(row: Worker, request: Any) -> Any:
    rows = Leave.objects.within(who(request).scope("providers.worker")).filter(worker=row)
    return rows.order_by("-since", "id")


workers = record(
    Worker,
    slug="workers",
    right="providers.view",
    title=_("Workers"),
    one=_("Worker"),
    columns=[
        link("name", sort="name"),
        text("skill_names", _("Skills")),
        columns.organisation(_("Organisation")),
        region("region", _("Base")),
        text("phone_masked"),
        day("certificate_until"),
        day("since"),
        day("until"),
    ],
    filters=[
        region_filter(),
        choice(
            "skill",
            _("Skill"),
            options=lambda request: skill_choices(),
            narrow=lambda rows, value: rows.filter(skills__contains=[value]),
        ),
        flag("here", _("Employed"), narrow=lambda rows, yes: rows.filter(until__isnull=yes)),
    ],
    search=("name",),
    order=("name", "id"),
    subheading=lambda row: row.skill_names,
    panels={
        _("Worker"): [
            "name",
            "sex",
            text("phone_masked"),
            columns.organisation(_("Organisation")),
            region("region", _("Base")),
            "since",
            "until",
        ],
        _("Skills"): [text("skill_names", _("Skills")), "certificate_no", "certificate_until"],
        _("Hours"): [
            text("days", _("Working days"), show=lambda row: row.day_names),
            text("works_from"),
            text("works_until"),
            "travels",
            text("languages", show=lambda row: " · ".join(row.languages)),
            "break_minutes",
            minutes("weekly_minutes", optional=True),
        ],
        _("Leave"): grid(
            _leaves,
            [link("since"), text("why", _("Reason"), show=_why), day("until")],
            none=_("No leave is entered."),
        ),
    },
    verbs=[
        verb(
            actions.edit_worker,
            label=_("Edit"),
            icon="pencil",
            when=is_here,
            initial=lambda row, user: {"name": row.name, "sex": row.sex},
        ),
        verb(
            actions.certify_worker,
            label=_("Skills and certificate"),
            when=is_here,
            initial=lambda row, user: {
                n: getattr(row, n) for n in ("skills", "certificate_no", "certificate_until")
            },
        ),
        verb(
            actions.set_hours,
            label=_("Hours"),
            icon="clock",
            when=is_here,
            initial=lambda row, user: {
                "days": list(row.hours.days),
                "works_from": row.works_from,
                "works_until": row.works_until,
            },
        ),
        verb(
            actions.set_ways,
            label=_("Travel and hours"),
            icon="route",
            when=is_here,
            initial=lambda row, user: {
                "travels": row.travels,
                "languages": ", ".join(row.languages),
                "break_minutes": row.break_minutes,
                "weekly_hours": None if row.weekly_minutes is None else row.weekly_minutes // 60,
            },
        ),
        verb(
            actions.take_leave,
            label=_("Leave"),
            icon="calendar",
            when=is_here,
            initial=lambda row, user: {"since": today()},
        ),
        verb(
            actions.place_worker,
            label=_("Base location"),
            icon="map-pin",
            when=is_here,
            initial=lambda row, user: {"region": row.region_id, "lon": row.lon, "lat": row.lat},
        ),
        verb(
            actions.end_employment,
            label=_("End the employment"),
            danger=True,
            when=is_here,
            initial=lambda row, user: {"on": today()},
        ),
    ],
    nav=NavItem("providers", "users", 30),
    empty=_("No worker is entered yet. Open an organisation and take somebody on."),
)

leaves = record(
    Leave,
    slug="leaves",
    right="providers.view",
    title=_("Leave"),
    one=_("Leave"),
    columns=[
        link("since", sort="since"),
        columns.worker(_("Worker")),
        columns.organisation(_("Organisation")),
        day("until"),
    ],
    filters=[region_filter(), date_range("since")],
    order=("-since", "id"),
    panels={_("Leave"): [columns.worker(_("Worker")), text("why", _("Reason"), show=_why), "since", "until"]},
    verbs=[
        verb(
            actions.end_leave,
            label=_("Back to work"),
            primary=True,
            when=lambda row, user: row.until is None or row.until > today(),
            initial=lambda row, user: {"back": today()},
        )
    ],
    empty=_("Nobody is on leave. Enter leave on a worker's page."),
)


def _expiring(user: Any, scope: Any, at: Any) -> HomeList:
    rows = Worker.objects.within(user.scope("providers.worker")).filter(
        until=None, certificate_until__lt=today().replace(day=28)
    )
    return waiting(
        rows.order_by("certificate_until", "id"),
        lambda found: [(row.name, url_of(row), str(row.certificate_until)) for row in found],
        url=workers.url(),
        tone="warn",
    )


home_panel(
    title=_("Certificates expiring soon"),
    right="providers.worker",
    rows=_expiring,
    area="providers",
    icon="school",
    none=_("Every certificate is valid for this month."),
)
