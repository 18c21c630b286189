"""The city line, for whoever runs the installation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from songhe.areas.tickets import actions
from songhe.areas.tickets.models import CityLine
from songhe.engines.access.api import elevated
from songhe.engines.acts.api import record_read
from songhe.kit import spec
from songhe.kit.clock import now
from songhe.kit.pages import NavItem
from songhe.kit.spec import panel, record, verb
from songhe.kit.who import who


def _door(row: CityLine, request: HttpRequest) -> Mapping[str, Any]:
    with elevated():  # its secret, for whoever may change it; showing it was logged when the page was opened
        return {"secret": row.secret, "code": row.code, "path": reverse("cityline")}


def _log(row: CityLine, request: HttpRequest) -> None:
    record_read("tickets.read_secret", row, actor=who(request), at=now(), purpose="setting up the city line")


lines = record(
    CityLine,
    slug="city-lines",
    right="tickets.line",
    title=_("City lines"),
    one=_("City line"),
    columns=[
        spec.link("name", note=lambda row: row.code, sort="name"), spec.text("way"), spec.region("region"), spec.yes_no("enabled"),
    ],
    filters=[spec.region_filter()],
    search=("name", "code"),
    order=("name", "id"),
    exports=False,
    seen=_log,
    panels={
        _("City line"): ["code", "way", spec.text("url", optional=True), spec.region("region"), spec.yes_no("enabled")],
        _("How it sends its cases"): panel("tickets/door.html", query=_door),
    },
    aside={_("History"): spec.history()},
    verbs=[
        verb(actions.open_line, label=_("Connect a city line"), icon="plus", primary=True),
        verb(actions.close_line, label=_("Close"), danger=True, when=lambda row, user: row.enabled),
    ],
    nav=NavItem("system", "phone", 61),
    empty=_("12345 is not connected. Connect it, or take its cases from files."),
)  # fmt: skip
