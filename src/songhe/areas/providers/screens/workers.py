"""Workers on screen, and certificates that end."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from songhe.areas.providers import actions, columns
from songhe.areas.providers.catalogue import skill_choices
from songhe.areas.providers.models import (
    Worker,
)
from songhe.areas.providers.screens.common import is_here
from songhe.kit.clock import today
from songhe.kit.pages import HomeList, NavItem, home_panel, waiting
from songhe.kit.spec import (
    choice,
    day,
    flag,
    link,
    record,
    region,
    region_filter,
    text,
    url_of,
    verb,
)

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
        ],
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
            actions.place_worker,
            label=_("Base place"),
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
    title=_("Certificates at their end"),
    right="providers.worker",
    rows=_expiring,
    area="providers",
    icon="school",
    none=_("Every certificate is valid for this month."),
)
