"""Pauses on screen."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from songhe.areas.caring import actions, columns
from songhe.areas.caring.models import Pause
from songhe.areas.caring.screens.common import words_of
from songhe.kit import spec
from songhe.kit.clock import today
from songhe.kit.pages import NavItem
from songhe.kit.spec import panel, record, verb

TONES = {"refused": "warn", "in_hospital": "info", "away": "info", "moved": "muted"}


def _holding(rows: QuerySet[Pause], yes: bool) -> QuerySet[Pause]:
    holds = Q(until=None) | Q(until__gt=today())
    return rows.filter(holds) if yes else rows.exclude(holds)


def _holds(row: Pause, user: Any) -> bool:
    return row.holds_on(today())


pauses = record(
    Pause,
    slug="visit-pauses",
    right="caring.view",
    title=_("Visits suspended"),
    one=_("Visit pause"),
    intro=_("People who do not want visits, are in hospital or away. Those who refused are asked again on the day given."),
    columns=[
        columns.of_person(),
        spec.state("kind", tones=TONES),
        spec.region(),
        spec.day("since", sort="since"),
        spec.day("until"),
        spec.day("ask_on", sort="ask_on"),
        spec.text("by"),
    ],
    filters=[
        spec.region_filter(),
        spec.choice("kind"),
        spec.flag("holds", _("In force"), narrow=_holding),
        spec.flag("ask", _("To be asked again"), narrow=lambda rows, yes: _holding(rows, True).filter(
            **{"ask_on__lte" if yes else "ask_on__gt": today()})),
    ],
    order=("-since", "id"),
    heading=columns.name_of,
    subheading=lambda row: str(row.get_kind_display()),
    panels={_("Note on the pause"): panel("caring/words.html", query=words_of, right="caring.read", when=lambda row: bool(row.words_sealed))},
    aside={
        _("Visit pause"): [columns.person(), spec.state("kind", tones=TONES), spec.region(), "since", spec.day("until", optional=True),
                      spec.day("ask_on", optional=True), spec.text("by"), spec.when("at")],
        _("History"): spec.history(),
    },
    verbs=[
        verb(actions.pause, label=_("Pause visits"), icon="hand-stop", primary=True),
        verb(actions.end_pause, label=_("Visits resume"), icon="check", primary=True, when=_holds),
    ],
    nav=NavItem("service", "hand-stop", 53),
    empty=_("Everybody who is due is visited."),
)  # fmt: skip
