"""What stays put on the home page: offers running out, who moves in, who leaves, beds out of order, rolls not taken."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from songhe.areas.stays.limits import terms
from songhe.areas.stays.models import Application, Centre, Closure, HomeBed, Offer, Stay
from songhe.areas.stays.queries import home_beds as at_home
from songhe.areas.stays.queries import living, waiting
from songhe.areas.stays.queries.beds import facility_names, names_of
from songhe.areas.stays.queries.day_care import not_taken
from songhe.areas.stays.screens.beds import beds
from songhe.areas.stays.screens.day_care import centres
from songhe.areas.stays.screens.home_beds import home_beds
from songhe.areas.stays.screens.stays import stays
from songhe.areas.stays.screens.waiting import waiting_list
from songhe.engines.access.api import Scope
from songhe.kit.pages import HomeList, home_panel
from songhe.kit.pages import waiting as some


def _offers(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = waiting.running_out(user.scope("stays.apply"))
    return some(rows, _offered, url=f"{waiting_list.url()}?state=offered", tone="warn")


def _offered(found: list[Offer]) -> Iterable[tuple[Any, ...]]:
    names = names_of(row.person_id for row in found)
    sites = facility_names(row.facility_id for row in found)
    page = waiting_list.url()
    return [
        (f"{names.get(row.person_id, '')} · {sites.get(row.facility_id, '')}", f"{page}{row.application_id}/", f"{row.answer_by:%m-%d}")
        for row in found
    ]  # fmt: skip


def _to_admit(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = waiting.accepted(user.scope("stays.admit"))
    return some(rows, _named, url=f"{waiting_list.url()}?state=accepted", tone="info")


def _named(found: list[Application]) -> Iterable[tuple[Any, ...]]:
    names = names_of(row.person_id for row in found)
    return [
        (names.get(row.person_id, ""), waiting_list.url_of(row), str(row.get_kind_display())) for row in found
    ]  # fmt: skip


def _due(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = living.due(user.scope("stays.admit"), timezone.localdate(at), terms().due_days)
    return some(rows, _ending, url=f"{stays.url()}?state=living", tone="warn")


def _ending(found: list[Stay]) -> Iterable[tuple[Any, ...]]:
    names = names_of(row.person_id for row in found)
    return [(names.get(row.person_id, ""), stays.url_of(row), f"{row.due_on:%m-%d}") for row in found]


def _unassessed(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = living.to_assess(user.scope("stays.admit"))
    return some(rows, _admitted, url=f"{stays.url()}?state=living", tone="warn")


def _admitted(found: list[Stay]) -> Iterable[tuple[Any, ...]]:
    names = names_of(row.person_id for row in found)
    return [(names.get(row.person_id, ""), stays.url_of(row), f"{row.since:%Y-%m-%d}") for row in found]


def _closed(user: Any, scope: Scope, at: datetime) -> HomeList:
    day = timezone.localdate(at)
    rows = Closure.objects.within(user.scope("stays.beds")).filter(since__lte=day).exclude(until__lte=day)
    rows = rows.select_related("bed", "bed__facility").order_by("since", "id")
    return some(rows, _shut, url=beds.url(), tone="warn")


def _shut(found: list[Closure]) -> Iterable[tuple[Any, ...]]:
    return [(f"{row.bed.facility} · {row.bed}", beds.url_of(row.bed), row.reason) for row in found]


def _rolls(user: Any, scope: Scope, at: datetime) -> HomeList:
    if timezone.localtime(at).hour < terms().roll_hour:
        return HomeList(0)
    rows = not_taken(user.scope("stays.day_care"), timezone.localdate(at))
    return some(rows, _centres, url=centres.url(), tone="warn")


def _centres(found: list[Centre]) -> Iterable[tuple[Any, ...]]:
    return [(str(row.facility), reverse("stays.roll", args=[row.facility_id])) for row in found]


def _to_accept(user: Any, scope: Scope, at: datetime) -> HomeList:
    rows = at_home.to_accept(user.scope("stays.accept"), user.pk)
    return some(rows, _drafted, url=f"{home_beds.url()}?state=draft", tone="info")


def _drafted(found: list[HomeBed]) -> Iterable[tuple[Any, ...]]:
    names = names_of(row.person_id for row in found)
    return [(names.get(row.person_id, ""), home_beds.url_of(row), f"{row.drafted_at:%m-%d}") for row in found]


panels = [
    home_panel(
        title=_("Offered beds to be answered"), right="stays.apply", rows=_offers, icon="hourglass", order=10,
        none=_("No offer waits for an answer."),
        roles=("county_officer", "town_officer", "organisation_manager", "facility_manager", "hotline_agent", "family"),
    ),
    home_panel(
        title=_("Accepted, to be admitted"), right="stays.admit", rows=_to_admit, icon="login-2", order=12,
        none=_("Everybody who accepted is admitted."),
    ),
    home_panel(
        title=_("Stays that end soon"), right="stays.admit", rows=_due, icon="door", order=14,
        none=_("No stay is planned to end soon."),
    ),
    home_panel(
        title=_("Admitted without an assessment"), right="stays.admit", rows=_unassessed, icon="clipboard-check", order=16,
        none=_("Everybody who lives here is assessed."),
    ),
    home_panel(
        title=_("Beds out of service"), right="stays.beds", rows=_closed, icon="tools", order=18,
        none=_("Every bed can be used."),
    ),
    home_panel(
        title=_("Attendance not taken today"), right="stays.day_care", rows=_rolls, icon="checklist", order=8,
        none=_("Today's attendance has been taken, or it is too early."),
    ),
    home_panel(
        title=_("Family care beds to accept"), right="stays.accept", rows=_to_accept, icon="home-heart", order=40,
        none=_("No family care bed waits to be accepted."),
    ),
]  # fmt: skip
