"""Telephone exchanges, for whoever runs the installation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from songhe.areas.lines import actions
from songhe.areas.lines.models import Exchange, Wish
from songhe.engines.access.api import elevated
from songhe.engines.acts.api import record_read
from songhe.kit import spec
from songhe.kit.clock import now
from songhe.kit.pages import NavItem
from songhe.kit.spec import grid, panel, record, verb
from songhe.kit.who import who

WISH_TONES = {"waiting": "warn", "done": "ok", "failed": "danger"}


def _door(row: Exchange, request: HttpRequest) -> Mapping[str, Any]:
    with elevated():  # its secret, for whoever may change it; showing it was logged when the page was opened
        return {"secret": row.secret, "code": row.code, "path": reverse("telephony")}


def _shown(row: Exchange, request: HttpRequest) -> None:
    record_read("lines.read_secret", row, actor=who(request), at=now(), purpose="setting up the exchange")


def _wishes(row: Exchange, request: HttpRequest) -> list[Wish]:
    with elevated():  # what the exchange was asked for, without numbers
        return list(Wish.everywhere.filter(exchange=row).order_by("-asked_at", "-id")[:20])


exchanges = record(
    Exchange,
    slug="exchanges",
    right="lines.exchange",
    title=_("Telephone exchanges"),
    one=_("Telephone exchange"),
    columns=[
        spec.link("name", note=lambda row: row.code, sort="name"), spec.text("way"), spec.region("region"), spec.yes_no("enabled"),
    ],
    filters=[spec.region_filter(), spec.choice("way")],
    search=("name", "code"),
    order=("name", "id"),
    exports=False,
    seen=_shown,
    panels={
        _("Telephone exchange"): [
            "code", "way", spec.region("region"), spec.text("url", optional=True), spec.yes_no("enabled"), spec.when("made_at"),
        ],
        _("How it reports events"): panel("lines/door.html", query=_door),
        _("Commands sent"): grid(
            _wishes,
            [
                spec.text("kind", show=lambda row: row.get_kind_display()),
                spec.when("asked_at"),
                spec.state("state", tones=WISH_TONES),
                spec.text("fault"),
            ],
            none=_("Nothing yet."),
        ),
    },
    aside={_("History"): spec.history()},
    verbs=[
        verb(actions.open_exchange, label=_("Add an exchange"), icon="plus", primary=True),
        verb(actions.renew_secret, label=_("New secret"), ask=_("The old secret opens nothing from then on."),
             when=lambda row, user: row.enabled),
        verb(actions.close_exchange, label=_("Close"), danger=True, when=lambda row, user: row.enabled),
    ],
    nav=NavItem("system", "phone", 60),
    empty=_("No exchange yet. Add one; it is shown how to sign its events."),
)  # fmt: skip
