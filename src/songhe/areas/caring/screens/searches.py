"""Searches on screen."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from songhe.areas.caring import actions, columns
from songhe.areas.caring.models import Search, SearchState
from songhe.areas.caring.screens.common import SEARCH_TONES, words_of
from songhe.kit import spec
from songhe.kit.pages import NavItem
from songhe.kit.spec import panel, record, verb

_STATE = spec.state("state", tones=SEARCH_TONES)


def _open(row: Search, user: Any) -> bool:
    return row.state != SearchState.FOUND


searches = record(
    Search,
    slug="caring-searches",
    right="caring.search",
    title=_("Persons not found"),
    one=_("Person not found"),
    intro=_("Nobody answered a visit. The village searches, then the town, then help is called."),
    columns=[
        columns.of_person(),
        spec.text("number"),
        spec.region(),
        spec.when("opened_at", sort="opened_at"),
        spec.when("due_at", sort="due_at"),
        _STATE,
    ],
    filters=[
        spec.region_filter(),
        spec.choice("state"),
        spec.flag("open", _("Not ended"), narrow=lambda rows, yes: rows.exclude(state="found") if yes else rows.filter(state="found")),
    ],
    order=("-opened_at", "id"),
    heading=columns.name_of,
    subheading=lambda row: row.number,
    state=_STATE,
    panels={_("Last record"): panel("caring/words.html", query=words_of, when=lambda row: bool(row.words_sealed))},
    aside={
        _("Search for the person"): [columns.person(), spec.link("caring"), spec.region(), spec.when("opened_at"), spec.when("due_at", optional=True),
                      spec.text("alarm", optional=True), spec.text("closed_by", optional=True), spec.when("closed_at", optional=True)],
        _("History"): spec.history(),
    },
    join=("caring",),
    verbs=[
        verb(actions.enter_search, label=_("Enter what was found out"), icon="search", primary=True, when=_open),
        verb(actions.call_for_help, label=_("Call for help"), icon="urgent", danger=True,
             when=lambda row, user: row.state in (SearchState.VILLAGE, SearchState.TOWN),
             ask=_("Where there is no alarm desk, telephone 110 and 120 yourself.")),
    ],
    nav=NavItem("service", "zoom-in", 52),
    empty=_("Everybody was found."),
)  # fmt: skip
